"""The event chain: one per stream, each link holds the digest of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from storage.digest import plain, sha256

#: What the first event of a stream points back to.
GENESIS = "0" * 64

#: The fields of an event that its digest covers, beside the link before it.
SEALED = (
    "id",
    "stream_id",
    "seq",
    "tag",
    "subject_id",
    "actor_id",
    "acted_at",
    "recorded_at",
    "command_id",
    "payload",
)


def seal(previous: str, body: Mapping[str, Any]) -> str:
    """Return the digest that chains *body* to the event before it."""
    # What an event holds is plain already: to make it so again would cost much.
    parts = {
        name: body[name] if name == "payload" else plain(body[name]) for name in SEALED
    }
    return sha256(orjson.dumps([previous, parts], option=orjson.OPT_SORT_KEYS))


@dataclass(frozen=True)
class Break:
    """The first place where a stream does not agree with its digests."""

    seq: int
    reason: str  #: ``gap``, ``previous`` or ``digest``


def verify(events: Iterable[Mapping[str, Any]]) -> Break | None:
    """Return the first break of one stream's events in order; None if there is none."""
    previous, expected = GENESIS, 1
    for body in events:
        if body["seq"] != expected:
            return Break(expected, "gap")
        if body["previous"] != previous:
            return Break(expected, "previous")
        if seal(previous, body) != body["digest"]:
            return Break(expected, "digest")
        previous, expected = body["digest"], expected + 1
    return None
