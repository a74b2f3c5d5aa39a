"""The working calendar: holidays, make-up days, and the years it covers."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from engine.rules.errors import CalendarUnknown, InvalidCalendar

ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The notice from which one year of the calendar comes."""

    title: str
    number: str = ""
    issued: date | None = None
    provisional: bool = False  #: True: the year's notice has not been seen yet


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which days are worked, for the years that it covers."""

    holidays: frozenset[date]
    makeup: frozenset[date]  #: weekend days that are worked
    notices: Mapping[int, Notice]
    names: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str) -> Calendar:
        """Read a calendar from TOML; refuse with InvalidCalendar.

        Each ``[[year]]`` comes from a notice. What an installation adds stands after
        them: a ``[[replace]]`` in place of a whole year, or of one not there yet, and
        a ``[[day]]`` that is worked or not whatever its year says.
        """
        try:
            found = tomllib.loads(text)
            tables = _by_year(found["year"], found.get("replace", []))
            notices = {year: _notice_of(table) for year, table in tables.items()}
            names: dict[date, str] = {}
            makeup: set[date] = set()
            for year, table in tables.items():
                names.update(_off(table))
                makeup.update(_days(year, table["working"]))
            for day in found.get("day", []):
                _override(day, notices, names, makeup)
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise InvalidCalendar("year", str(error)) from error
        wrong = sorted(makeup & names.keys())
        if wrong:
            raise InvalidCalendar(str(wrong[0]), "both a holiday and worked")
        weekdays = sorted(day for day in makeup if day.weekday() < _SATURDAY)
        if weekdays:
            raise InvalidCalendar(str(weekdays[0]), "a weekday needs no make-up")
        return cls(
            holidays=frozenset(names),
            makeup=frozenset(makeup),
            notices=notices,
            names=names,
        )

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years covered, oldest first."""
        return tuple(sorted(self.notices))

    def is_provisional(self, day: date) -> bool:
        """Say whether *day* lies in a year whose notice is still awaited."""
        return self._notice(day).provisional

    def is_working_day(self, day: date) -> bool:
        """Say whether *day* is worked; refuse a year that is not covered."""
        self._notice(day)
        if day in self.holidays:
            return False
        return day in self.makeup or day.weekday() < _SATURDAY

    def next_working_day(self, day: date) -> date:
        """Return *day* if it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(
        self, day: date, count: int, excluded: Collection[date] = frozenset()
    ) -> date:
        """Return the *count*-th worked day after *day*, leaving out *excluded*."""
        while count > 0:
            day += ONE_DAY
            if self.is_working_day(day) and day not in excluded:
                count -= 1
        return day

    def subtract_working_days(self, day: date, count: int) -> date:
        """Return the *count*-th worked day before *day*."""
        while count > 0:
            day -= ONE_DAY
            if self.is_working_day(day):
                count -= 1
        return day

    def days_off(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days between *first* and *last*, both in, that rest."""
        span = (last - first).days + 1
        days = (first + n * ONE_DAY for n in range(span))
        return tuple(day for day in days if not self.is_working_day(day))

    def _notice(self, day: date) -> Notice:
        try:
            return self.notices[day.year]
        except KeyError:
            raise CalendarUnknown(day, self.years) from None


def _by_year(
    shipped: list[dict[str, Any]], own: list[dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    tables: dict[int, dict[str, Any]] = {}
    for given in (shipped, own):
        years = [table["year"] for table in given]
        twice = sorted(year for year in years if years.count(year) > 1)
        if twice:
            raise InvalidCalendar(str(twice[0]), "the year is given twice")
        tables.update({table["year"]: table for table in given})
    return dict(sorted(tables.items()))


def _notice_of(table: Mapping[str, Any]) -> Notice:
    return Notice(
        title=table["notice"],
        number=table.get("number", ""),
        issued=table.get("issued"),
        provisional=table.get("provisional", False),
    )


def _override(
    table: Mapping[str, Any],
    notices: Mapping[int, Notice],
    names: dict[date, str],
    makeup: set[date],
) -> None:
    day: date = table["date"]
    if day.year not in notices:
        raise InvalidCalendar(str(day), "its year is not in the calendar")
    if not table["notice"]:
        raise InvalidCalendar(str(day), "it names no notice")
    names.pop(day, None)
    makeup.discard(day)
    if not table["working"]:
        names[day] = table["name"]
    elif day.weekday() >= _SATURDAY:
        makeup.add(day)


def _off(table: Mapping[str, Any]) -> Iterator[tuple[date, str]]:
    for holiday in table["holiday"]:
        for day in _days(table["year"], holiday["days"]):
            yield day, holiday["name"]


def _days(year: int, days: list[date]) -> list[date]:
    for day in days:
        if day.year != year:
            raise InvalidCalendar(str(day), f"not a day of {year}")
    return days
