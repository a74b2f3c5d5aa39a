"""What a rule pack holds: entries, each with the day from which it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.rules.authority import Separation
from engine.rules.deadlines import Term
from engine.rules.requirements import Requirement, WaiverRule
from storage.vocabulary import (
    Bound,
    Capacity,
    HoldEffect,
    HoldTrigger,
    KeptBy,
    Leave,
    Material,
    Moment,
    Operation,
    Post,
    RecordForm,
    Requester,
    RetentionClass,
    Subject,
    TermUnit,
)

Value = str | int | bool | tuple[str, ...]
Key = tuple[Any, ...]

#: What else the clauses of an entry say, in their own words: what, and the words.
Says = tuple[tuple[str, bool | tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class RecordEntry:
    """One record asked for at one activity, from one day on."""

    at: str
    requirement: Requirement
    since: date
    mark: str = ""
    says: Says = ()

    @property
    def cites(self) -> tuple[str, ...]:
        """Return the clauses that ask for the record."""
        return self.requirement.cites


@dataclass(frozen=True, kw_only=True)
class WaiverEntry:
    """When a record may be missing; None in `at` and `code`: any."""

    at: str | None
    form: RecordForm
    code: str | None
    rule: WaiverRule
    since: date
    mark: str = ""
    says: Says = ()
    nationwide: bool = False  #: whether it stands in the national base

    @property
    def cites(self) -> tuple[str, ...]:
        """Return the clauses that allow the waiver."""
        return self.rule.cites


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A value that conditions and commands read."""

    name: str
    value: Value
    unit: str
    since: date
    cites: tuple[str, ...] = ()
    source: str = "national"
    mark: str = ""
    label: str = ""
    settles: str = ""  #: the settled point whose switch it is, such as ``d-13``
    choices: tuple[str, ...] = ()  #: what a switch may be set to
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class PostEntry:
    """Which posts carry a capacity; None in `matter`: in every matter."""

    capacity: Capacity
    matter: str | None
    posts: tuple[Post, ...]
    since: date
    cites: tuple[str, ...] = ()
    mark: str = ""
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class AccessEntry:
    """Who may do what with which records, and by whose leave."""

    requester: Requester
    material: Material
    operations: tuple[Operation, ...]
    leave: Leave
    approvers: tuple[Post, ...]  #: in order, when it needs approval
    since: date
    cites: tuple[str, ...]
    mark: str = ""
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class RetentionEntry:
    """How long a class of records is kept; None in `length`: the text says not."""

    covers: RetentionClass
    trigger: HoldTrigger | None
    since: date
    cites: tuple[str, ...]
    length: int | None = None
    unit: TermUnit | None = None
    bound: Bound | None = None
    effect: HoldEffect | None = None  #: of a trigger: whether it holds by itself
    as_case_file: bool = False  #: as long as the file that it is evidence in
    mark: str = ""
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class AnnouncementEntry:
    """Words that an officer speaks while recording."""

    code: str
    at: tuple[str, ...]  #: activities; empty: wherever there is a recording
    moment: Moment
    text: str  #: verbatim; empty: the text gives no sentence
    since: date
    cites: tuple[str, ...]
    mark: str = ""
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class DutyEntry:
    """What else the authority must do, and by what the product keeps it."""

    code: str
    subject: Subject
    kept_by: KeptBy
    since: date
    cites: tuple[str, ...]
    at: tuple[str, ...] = ()  #: activities; empty: not tied to a step
    documents: tuple[str, ...] = ()  #: document codes that it is about
    when: str | None = None
    mark: str = ""
    label: str = ""
    says: Says = ()


@dataclass(frozen=True, kw_only=True)
class Jurisdiction:
    """One authority's rule pack."""

    issuer: str
    name: str
    file: str
    since: date
    instrument: str = ""
    prefix: str = ""
    records: tuple[RecordEntry, ...] = ()
    waivers: tuple[WaiverEntry, ...] = ()
    terms: tuple[Term, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    posts: tuple[PostEntry, ...] = ()
    separations: tuple[Separation, ...] = ()
    access: tuple[AccessEntry, ...] = ()
    retentions: tuple[RetentionEntry, ...] = ()
    announcements: tuple[AnnouncementEntry, ...] = ()
    duties: tuple[DutyEntry, ...] = ()
    titles: Mapping[Post, str] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)
    #: On which line of the file each entry begins, by kind and key.
    lines: Mapping[tuple[str, Key], int | None] = field(
        default_factory=dict, compare=False
    )

    @property
    def term_codes(self) -> frozenset[str]:
        """Return the code of every term."""
        return frozenset(term.code for term in self.terms)

    @property
    def parameter_names(self) -> frozenset[str]:
        """Return the name of every parameter."""
        return frozenset(parameter.name for parameter in self.parameters)

    def keyed(self) -> Iterator[tuple[str, list[tuple[Key, object]]]]:
        """Yield each kind of entry with what tells its entries apart."""
        yield (
            "record",
            [
                ((e.at, e.requirement.key, e.requirement.when, e.since), e)
                for e in self.records
            ],
        )
        yield "waiver", [((e.at, e.form, e.code, e.since), e) for e in self.waivers]
        yield "deadline", [((e.code, e.since), e) for e in self.terms]
        yield "parameter", [((e.name, e.since), e) for e in self.parameters]
        yield "capacity", [((e.capacity, e.matter, e.since), e) for e in self.posts]
        yield "separation", [((e.rule, e.since), e) for e in self.separations]
        yield (
            "access",
            [
                ((e.requester, e.material, e.operations, e.since), e)
                for e in self.access
            ],
        )
        yield (
            "retention",
            [((e.covers, e.trigger, e.since), e) for e in self.retentions],
        )
        yield "announcement", [((e.code, e.since), e) for e in self.announcements]
        yield "duty", [((e.code, e.since), e) for e in self.duties]
