"""文号 and serials: how a number is written; which one is next is a row's business."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import Refusal

PLACE = re.compile(r"\{([a-z_]+)(?::0(\d))?\}")


@dataclass(eq=False)
class MalformedNumber(Refusal):
    """A pattern asks for a word that nobody supplies, or does not count."""

    pattern: str
    missing: str
    code: ClassVar[str] = "malformed_number"


def write(
    pattern: str, *, year: int, sequence: int, words: Mapping[str, str] | None = None
) -> str:
    """Return the number that *pattern* gives.

    Places are ``{year}``, ``{sequence}``, ``{sequence:04}`` and the *words*.

    Raises:
        MalformedNumber: the pattern has no sequence, or a word is not supplied.
    """
    return _fill(pattern, year=year, sequence=sequence, words=words or {})


def series(pattern: str, *, year: int, words: Mapping[str, str] | None = None) -> str:
    """Return the name of the series a number is drawn from: one counter for each."""
    return _fill(pattern, year=year, sequence=None, words=words or {})


def _fill(
    pattern: str, *, year: int, sequence: int | None, words: Mapping[str, str]
) -> str:
    def place(match: re.Match[str]) -> str:
        name, width = match.groups()
        if name == "sequence":
            return "#" if sequence is None else str(sequence).zfill(int(width or 0))
        known = {**words, "year": str(year)}
        if name not in known:
            raise MalformedNumber(pattern, name)
        return known[name]

    if "{sequence" not in pattern:
        raise MalformedNumber(pattern, "sequence")
    return PLACE.sub(place, pattern)
