"""The arithmetic of a deadline, for whoever wants to check it day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from engine.commands.recounting import exclusions_of, extensions_of, stored_term
from engine.rules.arithmetic import Run, runs
from engine.rules.calendar import Calendar
from engine.rules.deadlines import SHANGHAI
from engine.rules.errors import CalendarUnknown, TermSuspended
from engine.rules.jurisdiction import Ruleset
from storage.models import Deadline, Person
from storage.vocabulary import TermUnit
from webapp.database import session


@dataclass(frozen=True)
class Account:
    """How a deadline was counted."""

    runs: tuple[Run, ...] = ()
    hours: bool = False  #: True: by the minute, through nights and holidays
    drawn: bool = False  #: True: as the diagram says, by ISO 8601
    stopped: bool = False  #: True: it stands still, and has no end to count to
    provisional: tuple[int, ...] = ()  #: years whose holidays are not announced yet


def account_of(deadline: Deadline, rules: Ruleset, calendar: Calendar) -> Account:
    """Return how *deadline* was counted; nothing where it cannot be told."""
    if deadline.unit is TermUnit.SECOND:
        return Account(drawn=True)
    if deadline.unit is TermUnit.HOUR:
        return Account(hours=True)
    try:
        found = runs(
            stored_term(deadline, rules.terms),
            deadline.base_at.astimezone(SHANGHAI),
            calendar,
            exclusions=exclusions_of(deadline),
            extensions=extensions_of(deadline),
        )
    except TermSuspended:
        return Account(stopped=True)
    except CalendarUnknown:
        return Account()
    years = {day.year for run in found for day in (run.first, run.last)}
    awaited = sorted(y for y in years if calendar.notices[y].provisional)
    return Account(runs=found, provisional=tuple(awaited))


def people_told(deadlines: Iterable[Deadline]) -> Mapping[str, str]:
    """Return the names of those who were warned, by their ids as events keep them."""
    ids = {
        UUID(person)
        for deadline in deadlines
        for entry in deadline.warned or ()
        for line in entry["told"]
        for person in line["people"]
    }
    if not ids:
        return {}
    found = session().execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {str(row.id): row.name for row in found}
