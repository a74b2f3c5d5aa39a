"""Do recordings and written records tell the same times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Mismatch(StrEnum):
    """In what way a recording fails to bear out a written record."""

    NO_RECORDING = "no_recording"
    STARTS_LATE = "starts_late"
    ENDS_EARLY = "ends_early"
    GAP = "gap"


@dataclass(frozen=True, kw_only=True)
class TimeSpan:
    """From when to when something went on."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Incoherence:
    """One stretch of a written record that no recording covers."""

    kind: Mismatch
    start: datetime
    end: datetime


def incoherences(
    written: TimeSpan,
    recorded: Iterable[TimeSpan],
    *,
    tolerance: timedelta = timedelta(),
) -> tuple[Incoherence, ...]:
    """Return the stretches of *written* that are not *recorded*, in order.

    Times are compared in whole minutes, because written records know no seconds.
    A stretch no longer than *tolerance* is let pass.
    """
    start, end = _minute(written.start), _minute(written.end)
    spans = sorted((_minute(span.start), _minute(span.end)) for span in recorded)
    if not spans:
        return (Incoherence(kind=Mismatch.NO_RECORDING, start=start, end=end),)
    found: list[Incoherence] = []
    reached = start
    for opens, closes in spans:
        if min(opens, end) - reached > tolerance:
            kind = Mismatch.STARTS_LATE if reached == start else Mismatch.GAP
            found.append(Incoherence(kind=kind, start=reached, end=min(opens, end)))
        reached = max(reached, closes)
    if end - reached > tolerance:
        found.append(Incoherence(kind=Mismatch.ENDS_EARLY, start=reached, end=end))
    return tuple(found)


def covers(
    written: TimeSpan,
    recorded: Iterable[TimeSpan],
    *,
    tolerance: timedelta = timedelta(),
) -> bool:
    """Say whether the recordings cover the written record."""
    return not incoherences(written, recorded, tolerance=tolerance)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
