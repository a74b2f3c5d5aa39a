"""The only clock of the product."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
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


def start_at(instant: datetime | None) -> None:
    """Let the clock run on from *instant*; from the machine's time when None."""
    global _offset  # noqa: PLW0603 - there is one clock in a process
    _offset = timedelta() if instant is None else instant - _machine_time()


def _machine_time() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
