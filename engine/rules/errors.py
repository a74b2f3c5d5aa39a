"""What the law's own arithmetic refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class CalendarUnknown(Refusal):
    """A day was asked for whose year the working calendar does not hold."""

    day: date
    years: tuple[int, ...]
    code: ClassVar[str] = "calendar_unknown"


@dataclass(eq=False)
class InvalidCalendar(Refusal):
    """The calendar's text contradicts itself or says too little."""

    entry: str
    reason: str
    code: ClassVar[str] = "invalid_calendar"


@dataclass(eq=False)
class TermUnknown(Refusal):
    """No authority gives a term of this code on that day."""

    term: str
    issuer: str
    on: date
    code: ClassVar[str] = "term_unknown"


@dataclass(eq=False)
class TermSuspended(Refusal):
    """Time does not run now, so nobody can say when the term ends."""

    term: str
    since: date
    code: ClassVar[str] = "term_suspended"


@dataclass(eq=False)
class InvalidPack(Refusal):
    """A rule pack holds something that cannot be law."""

    file: str
    line: int | None
    entry: str
    reason: str
    code: ClassVar[str] = "invalid_pack"


@dataclass(eq=False)
class InvalidCatalogue(Refusal):
    """The catalogue of facts holds something that cannot be asked."""

    entry: str
    reason: str
    code: ClassVar[str] = "invalid_catalogue"


@dataclass(eq=False)
class SeparationOfDuties(Refusal):
    """One person may not act in both capacities in one case."""

    capacity: str
    conflicts_with: str
    rule: str
    cites: tuple[str, ...]
    code: ClassVar[str] = "separation_of_duties"


@dataclass(eq=False)
class PersonRecused(Refusal):
    """Somebody who was recused from the case may not act in it."""

    capacity: str
    cites: tuple[str, ...]
    code: ClassVar[str] = "person_recused"


@dataclass(eq=False)
class PostNotHeld(Refusal):
    """The capacity belongs to a post that the person does not hold."""

    capacity: str
    posts: tuple[str, ...]
    code: ClassVar[str] = "post_not_held"


@dataclass(eq=False)
class TooFewOfficers(Refusal):
    """Fewer officers act than the law asks for."""

    have: int
    need: int
    cites: tuple[str, ...]
    code: ClassVar[str] = "too_few_officers"


@dataclass(eq=False)
class CertificateInvalid(Refusal):
    """An officer's certificate does not cover the day of the act."""

    persons: tuple[str, ...]
    on: date
    cites: tuple[str, ...]
    code: ClassVar[str] = "certificate_invalid"


@dataclass(eq=False)
class QuorumMissing(Refusal):
    """Too few members are present to decide together."""

    present: int
    need: int
    cites: tuple[str, ...]
    code: ClassVar[str] = "quorum_missing"
