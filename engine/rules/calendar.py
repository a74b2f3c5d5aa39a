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
        """Read a calendar from TOML; refuse with InvalidCalendar."""
        try:
            tables = tomllib.loads(text)["year"]
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise InvalidCalendar("year", str(error)) from error
        notices: dict[int, Notice] = {}
        names: dict[date, str] = {}
        makeup: set[date] = set()
        for table in tables:
            year = table["year"]
            if year in notices:
                raise InvalidCalendar(str(year), "the year is given twice")
            notices[year] = Notice(
                title=table["notice"],
                number=table.get("number", ""),
                issued=table.get("issued"),
                provisional=table.get("provisional", False),
            )
            names.update(_off(table))
            makeup.update(_days(year, table["working"]))
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


def _off(table: Mapping[str, Any]) -> Iterator[tuple[date, str]]:
    for holiday in table["holiday"]:
        for day in _days(table["year"], holiday["days"]):
            yield day, holiday["name"]


def _days(year: int, days: list[date]) -> list[date]:
    for day in days:
        if day.year != year:
            raise InvalidCalendar(str(day), f"not a day of {year}")
    return days
