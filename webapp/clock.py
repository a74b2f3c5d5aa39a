"""The only clock of the product."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)
_offset = timedelta()


def now() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    standing = _standing.get()
    return standing if standing is not None else _machine_time() + _offset


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Stop the clock at *instant*, an aware datetime, for tests and scenarios."""
    if instant.tzinfo is None:
        msg = "the clock needs an aware datetime"
        raise ValueError(msg)
    token = _standing.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _standing.reset(token)


def start_at(instant: datetime | None, kept: Path | None = None) -> None:
    """Let the clock run on from *instant*; from the machine's time when None.

    With *kept*, a file, every process of an installation runs on from the moment at
    which the first of them was started with this instant, whenever it starts itself.
    """
    global _offset  # noqa: PLW0603 - there is one clock in a process
    if instant is None:
        _offset = timedelta()
        return
    began = _machine_time() if kept is None else _first_start(instant, kept)
    _offset = instant - began


def is_set() -> bool:
    """Say whether the clock shows another time than the machine."""
    return bool(_offset)


def _first_start(instant: datetime, kept: Path) -> datetime:
    wanted = instant.astimezone(UTC).isoformat()
    began = _machine_time().isoformat()
    with suppress(FileNotFoundError, ValueError):
        setting, found = kept.read_text("ascii").split()
        if setting == wanted:
            return datetime.fromisoformat(found)
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
    fresh.write_text(f"{wanted} {began}", "ascii")
    fresh.replace(kept)
    return datetime.fromisoformat(began)


def _machine_time() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
