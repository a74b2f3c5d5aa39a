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
    BEGINS_BEFORE = "begins_before"
    ENDS_AFTER = "ends_after"


@dataclass(frozen=True, kw_only=True)
class TimeSpan:
    """From when to when something went on."""

    start: datetime
    end: datetime

    def corrected(self, offset: timedelta) -> TimeSpan:
        """Return the true times of what a clock tells that is ahead by *offset*."""
        return TimeSpan(start=self.start - offset, end=self.end - offset)


@dataclass(frozen=True, kw_only=True)
class Incoherence:
    """One stretch that a written record and the recordings do not both tell of."""

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


def overruns(
    written: TimeSpan,
    recorded: Iterable[TimeSpan],
    *,
    tolerance: timedelta = timedelta(),
) -> tuple[Incoherence, ...]:
    """Return how far the envelope of all segments goes beyond what was *written*.

    Which of several segments begins or ends last does not matter; what is missing
    between them is a gap and told by `incoherences`.
    """
    spans = [(_minute(span.start), _minute(span.end)) for span in recorded]
    if not spans:
        return ()
    start, end = _minute(written.start), _minute(written.end)
    first, last = min(opens for opens, _ in spans), max(closes for _, closes in spans)
    found: list[Incoherence] = []
    if start - first > tolerance:
        kind = Mismatch.BEGINS_BEFORE
        found.append(Incoherence(kind=kind, start=first, end=min(start, last)))
    if last - end > tolerance:
        kind = Mismatch.ENDS_AFTER
        found.append(Incoherence(kind=kind, start=max(end, first), end=last))
    return tuple(found)


def unexplained(
    found: Iterable[Incoherence], told: Iterable[TimeSpan]
) -> tuple[Incoherence, ...]:
    """Return what no explanation accounts for from its first minute to its last.

    That nothing at all was recorded is not explained away: it needs a waiver.
    """
    spans = tuple(told)
    return tuple(
        each
        for each in found
        if each.kind is Mismatch.NO_RECORDING
        or not covers(TimeSpan(start=each.start, end=each.end), spans)
    )


def overlapping(one: TimeSpan, other: TimeSpan) -> bool:
    """Say whether two spans have a minute in common; what only touches has none."""
    return _minute(one.start) < _minute(other.end) and _minute(other.start) < _minute(
        one.end
    )


def checked_before(
    use: datetime, checks: Iterable[datetime], earlier: Iterable[datetime]
) -> bool:
    """Say whether a device was checked before *use*, after each *earlier* use ended.

    Several segments of one act are one use: leave them out of *earlier*.
    """
    ended = max((end for end in earlier if end <= use), default=None)
    return any(
        _minute(check) <= use and (ended is None or check >= _minute(ended))
        for check in checks
    )


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
