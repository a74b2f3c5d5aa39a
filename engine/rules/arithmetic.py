"""How a term was counted, day by day, for whoever wants to check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.rules.calendar import ONE_DAY, Calendar
from engine.rules.deadlines import SHANGHAI, Exclusion, Extension, Term, add_months
from storage.vocabulary import TermUnit

_RUNNING = frozenset({TermUnit.HOUR, TermUnit.SECOND})
_MONTHS = {TermUnit.MONTH: 1, TermUnit.YEAR: 12}


class DayKind(StrEnum):
    """Why a day counts, or does not."""

    START = "start"  #: the day of the event, never counted
    COUNTED = "counted"
    MADE_UP = "made_up"  #: a weekend day that is worked instead of another
    REST = "rest"  #: a weekend or a holiday in a count of working days
    EXCLUDED = "excluded"  #: left out by law: testing, a suspension
    ROLLED = "rolled"  #: a rest day at the end, over which a right moves on
    LAST = "last"  #: the worked day to which it moved


@dataclass(frozen=True, kw_only=True)
class Run:
    """Consecutive days that count alike."""

    first: date
    last: date
    kind: DayKind
    numbers: tuple[int, int] | None = None  #: first and last number counted
    part: int = 0  #: 0: the term itself; 1 and up: its extensions
    name: str = ""  #: of the holiday, or the reason why the days do not count


def runs(
    term: Term,
    start: datetime,
    calendar: Calendar,
    *,
    exclusions: Iterable[Exclusion] = (),
    extensions: Iterable[Extension] = (),
) -> tuple[Run, ...]:
    """Return every day from *start* to the end of *term* in runs, in order.

    Empty for a term in hours or seconds, which runs through every day alike, and for
    one that is counted backwards. Refuses with CalendarUnknown when the count leaves
    the calendar, and with TermSuspended while an exclusion has no end.
    """
    if term.unit in _RUNNING or term.before:
        return ()
    excluded: dict[date, str] = {}
    for exclusion in exclusions:
        excluded |= dict.fromkeys(exclusion.days(term.code), exclusion.reason)
    parts = (Extension(length=term.length, unit=term.unit), *extensions)
    day = start.astimezone(SHANGHAI).date()
    found = [Run(first=day, last=day, kind=DayKind.START)]
    for number, part in enumerate(parts):
        for run in _part(day, part, calendar, excluded):
            found.append(replace(run, part=number))
            day = run.last
    if term.rolls:
        found += _roll(day, calendar)
    return tuple(_joined(found))


def _part(
    day: date, part: Extension, calendar: Calendar, excluded: dict[date, str]
) -> Iterator[Run]:
    working = part.unit is TermUnit.WORKING_DAY
    length = part.length
    if part.unit in _MONTHS:
        length = (add_months(day, length * _MONTHS[part.unit]) - day).days
    number = 0
    while number < length:
        day += ONE_DAY
        if day in excluded:
            yield _one(day, DayKind.EXCLUDED, name=excluded[day])
        elif working and not calendar.is_working_day(day):
            yield _one(day, DayKind.REST, name=calendar.names.get(day, ""))
        else:
            number += 1
            made_up = working and day in calendar.makeup
            kind = DayKind.MADE_UP if made_up else DayKind.COUNTED
            yield _one(day, kind, numbers=(number, number))


def _roll(day: date, calendar: Calendar) -> Iterator[Run]:
    if calendar.is_working_day(day):
        return
    last = calendar.next_working_day(day)
    rest = day + ONE_DAY
    while rest < last:
        yield _one(rest, DayKind.ROLLED, name=calendar.names.get(rest, ""))
        rest += ONE_DAY
    yield _one(last, DayKind.LAST)


def _one(
    day: date, kind: DayKind, *, numbers: tuple[int, int] | None = None, name: str = ""
) -> Run:
    return Run(first=day, last=day, kind=kind, numbers=numbers, name=name)


def _joined(days: Iterable[Run]) -> Iterator[Run]:
    held: Run | None = None
    for run in days:
        if held is not None and _alike(held, run):
            numbers = held.numbers
            if numbers is not None and run.numbers is not None:
                numbers = (numbers[0], run.numbers[1])
            held = replace(held, last=run.last, numbers=numbers)
        else:
            if held is not None:
                yield held
            held = run
    if held is not None:
        yield held


def _alike(one: Run, other: Run) -> bool:
    return (
        one.kind is other.kind
        and one.name == other.name
        and one.part == other.part
        and one.last + timedelta(days=1) == other.first
    )
