"""Terms, and the last moment that is still in time.

A term given in hours starts at the recorded minute and runs through nights and
holidays. Any other term starts on the day after, and ends at the end of its last
day in Shanghai. A party's right rolls over rest days at its end; an agency's
duty and a restraint on a party do not.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.rules.calendar import ONE_DAY, Calendar
from engine.rules.errors import TermSuspended
from engine.rules.timers import Timer
from storage.vocabulary import Capacity, ClockStart, TermUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LAST_SECOND = time(23, 59, 59)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Days on which a term does not run: a deduction or a suspension."""

    first: date
    last: date | None = None  #: None: still suspended
    reason: str = ""

    def days(self, term: str) -> frozenset[date]:
        """Return the days; refuse while the end is not known."""
        if self.last is None:
            raise TermSuspended(term, self.first)
        span = (self.last - self.first).days + 1
        return frozenset(self.first + n * ONE_DAY for n in range(span))


@dataclass(frozen=True, kw_only=True)
class Extension:
    """More time, counted from where the term would have ended."""

    length: int
    unit: TermUnit


@dataclass(frozen=True, kw_only=True)
class Term:
    """How long something may take, and the clauses that say so."""

    code: str
    length: int
    unit: TermUnit
    rolls: bool = False  #: True: the last day moves on to a worked day
    right: bool = False  #: True: a party's right, which lapses; else a duty
    cites: tuple[str, ...] = ()
    since: date = date.min
    label: str = ""
    warn: tuple[int, ...] = ()  #: hours before the end, or days before it
    deducts: tuple[str, ...] = ()  #: grounds on which time is not counted
    in_writing: tuple[str, ...] = ()  #: of these, those told to the party in writing
    extends: int = 0  #: longest extension, in its unit; 0: no length is given
    extend_times: int = 0  #: how often it may be extended; 0: no number is given
    extended_by: tuple[str, ...] = ()  #: posts that may extend it; empty: none
    locks: bool = False  #: True: nobody may move its end, and past it all is locked
    source: str = "national"
    mark: str = ""  #: c certain, k checked, v to be verified by the legal office
    starts: ClockStart | None = None  #: what it is counted from; None: the diagram says
    says: tuple[tuple[str, bool | tuple[str, ...]], ...] = ()
    procedures: tuple[str, ...] = ()  #: the only ones it holds in; empty: in all
    fixed: bool = False  #: True: nothing ever moves the moment at which it began
    before: bool = False  #: True: it ends that long before its base, not after
    warned: tuple[Capacity, ...] = ()  #: who is warned before the end
    escalates: tuple[Capacity, ...] = ()  #: who is told when it has run out
    timer: Timer | None = None  #: what a diagram says instead of length and unit

    def holds_in(self, procedure: str) -> bool:
        """Say whether the term holds in a procedure, by the key of its process."""
        return not self.procedures or procedure in self.procedures

    def last_day(
        self,
        start: datetime,
        calendar: Calendar,
        *,
        exclusions: Iterable[Exclusion] = (),
        extensions: Iterable[Extension] = (),
    ) -> date:
        """Return the last day in Shanghai that is still in time."""
        end = self.due(start, calendar, exclusions=exclusions, extensions=extensions)
        return end.astimezone(SHANGHAI).date()

    def due(
        self,
        start: datetime,
        calendar: Calendar,
        *,
        exclusions: Iterable[Exclusion] = (),
        extensions: Iterable[Extension] = (),
    ) -> datetime:
        """Return the last second that is still in time, in Shanghai.

        Refuses with CalendarUnknown when the count leaves the calendar, and with
        TermSuspended while a suspension has no end.
        """
        if self.timer is not None:
            return self.timer.due(start)
        start = start.astimezone(SHANGHAI)
        if self.before:
            return _count_back(start, self, calendar)
        excluded: frozenset[date] = frozenset()
        for exclusion in exclusions:
            excluded |= exclusion.days(self.code)
        parts = (Extension(length=self.length, unit=self.unit), *extensions)
        end = start
        for part in parts:
            end = _count(end, part, calendar, excluded)
        if self.rolls and self.unit is not TermUnit.HOUR:
            last = calendar.next_working_day(end.date())
            end = datetime.combine(last, _LAST_SECOND, SHANGHAI)
        return end

    def length_of(self, base: datetime, due: datetime) -> int:
        """Return how long it is, in its unit, from *base* to *due*."""
        if self.timer is None:
            return self.length
        return max(0, int((due - base).total_seconds()))

    def next_warning(self, due: datetime, after: datetime) -> datetime | None:
        """Return the first instant later than *after* at which to warn, or None."""
        return next((at for at in self.warnings(due) if at > after), None)

    def warnings(self, due: datetime) -> tuple[datetime, ...]:
        """Return the instants before *due* at which to warn, earliest first."""
        if self.unit is TermUnit.HOUR:
            steps = [timedelta(hours=length) for length in self.warn]
        else:
            steps = [timedelta(days=length) for length in self.warn]
        return tuple(sorted(due - step for step in steps))


def is_overdue(due: datetime, now: datetime) -> bool:
    """Say whether *due* has passed: its own second is still in time."""
    return now.replace(microsecond=0) > due


def _count(
    start: datetime, part: Extension, calendar: Calendar, excluded: frozenset[date]
) -> datetime:
    if part.unit is TermUnit.HOUR:
        end = _run(start, timedelta(hours=part.length), excluded)
        return end.replace(second=59, microsecond=0)
    if part.unit is TermUnit.SECOND:
        return start + timedelta(seconds=part.length)
    day = start.date()
    if part.unit is TermUnit.WORKING_DAY:
        last = calendar.add_working_days(day, part.length, excluded)
    elif part.unit is TermUnit.DAY:
        last = _add_days(day, part.length, excluded)
    else:
        a_year = part.unit is TermUnit.YEAR
        end_month = add_months(day, part.length * (_MONTHS_A_YEAR if a_year else 1))
        last = _add_days(day, (end_month - day).days, excluded)
    return datetime.combine(last, _LAST_SECOND, SHANGHAI)


def _count_back(base: datetime, term: Term, calendar: Calendar) -> datetime:
    if term.unit is TermUnit.HOUR:
        end = base - timedelta(hours=term.length)
        return end.replace(second=59, microsecond=0)
    day = base.date()
    if term.unit is TermUnit.WORKING_DAY:
        last = calendar.subtract_working_days(day, term.length)
    elif term.unit is TermUnit.DAY:
        last = day - timedelta(days=term.length)
    else:
        a_year = term.unit is TermUnit.YEAR
        last = add_months(day, -term.length * (_MONTHS_A_YEAR if a_year else 1))
    return datetime.combine(last, _LAST_SECOND, SHANGHAI)


def _run(moment: datetime, left: timedelta, excluded: frozenset[date]) -> datetime:
    for day in sorted(excluded):
        midnight = datetime.combine(day, time(), SHANGHAI)
        after = midnight + ONE_DAY
        if after <= moment:
            continue
        if moment + left < midnight:
            break
        left -= max(midnight - moment, timedelta())
        moment = after
    return moment + left


def _add_days(day: date, count: int, excluded: frozenset[date]) -> date:
    while count > 0:
        day += ONE_DAY
        if day not in excluded:
            count -= 1
    return day


def add_months(day: date, count: int) -> date:
    """Return the same day *count* months on, or the last of a shorter month."""
    index = day.month - 1 + count
    year, month = day.year + index // _MONTHS_A_YEAR, index % _MONTHS_A_YEAR + 1
    return day.replace(
        year=year, month=month, day=min(day.day, months.monthrange(year, month)[1])
    )
