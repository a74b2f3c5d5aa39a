"""What a rule pack holds: entries, each with the day from which it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.rules.authority import Separation
from engine.rules.deadlines import Term
from engine.rules.requirements import Requirement, WaiverRule
from storage.vocabulary import Capacity, Post, RecordForm

Value = str | int | bool | tuple[str, ...]
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class RecordEntry:
    """One record asked for at one activity, from one day on."""

    at: str
    requirement: Requirement
    since: date
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class WaiverEntry:
    """When a record may be missing; None in `at` and `code`: any."""

    at: str | None
    form: RecordForm
    code: str | None
    rule: WaiverRule
    since: date
    mark: str = ""


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


@dataclass(frozen=True, kw_only=True)
class PostEntry:
    """Which posts carry a capacity; None in `matter`: in every matter."""

    capacity: Capacity
    matter: str | None
    posts: tuple[Post, ...]
    since: date
    cites: tuple[str, ...] = ()
    mark: str = ""


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
    titles: Mapping[Post, str] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)

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
