"""What the rules say, entry by entry, in a form that can be shown and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.rules.authority import Separation
from engine.rules.deadlines import Term
from engine.rules.entries import (
    AccessEntry,
    AnnouncementEntry,
    DutyEntry,
    Parameter,
    PostEntry,
    RecordEntry,
    RetentionEntry,
    Says,
    WaiverEntry,
)
from engine.rules.jurisdiction import Ruleset
from engine.rules.packs import DECIDERS

Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One entry in force: where it applies, what it says, by which clauses."""

    kind: str  #: of entry: ``record``, ``waiver``, ``deadline`` …
    name: str
    at: tuple[str, ...]  #: activities; empty: not tied to a step
    source: str  #: the pack that it stands in
    since: date
    cites: tuple[str, ...]
    mark: str = ""
    label: str = ""
    facts: Facts = field(default_factory=dict)  #: words of the vocabulary, numbers
    says: Says = ()  #: in the words of the clauses


def statements(rules: Ruleset) -> tuple[Statement, ...]:
    """Return every entry in force for an authority, its own before the nation's."""
    return tuple(_made(rules))


def at_step(rules: Ruleset, activity: str) -> tuple[Statement, ...]:
    """Return what is said about one activity."""
    return tuple(each for each in statements(rules) if activity in each.at)


def decisions(rules: Ruleset) -> tuple[Statement, ...]:
    """Return who may decide what no step does; the entry that holds of each alone."""
    return tuple(
        each
        for each in statements(rules)
        if each.kind == "parameter"
        and each.name.endswith(DECIDERS)
        and each.source == rules.cited[each.name].source
    )


def _made(rules: Ruleset) -> Iterator[Statement]:
    for source, kind, entry in rules.in_force:
        name, at, facts = _TOLD[kind](entry)
        yield Statement(
            kind=kind,
            name=name,
            at=at,
            source=source,
            since=entry.since,
            cites=entry.cites,
            mark=entry.mark,
            label=getattr(entry, "label", ""),
            facts={key: value for key, value in facts.items() if value not in _EMPTY},
            says=getattr(entry, "says", ()),
        )


_EMPTY: tuple[Any, ...] = (None, (), "")

_Told = tuple[str, tuple[str, ...], Facts]


def _record(entry: RecordEntry) -> _Told:
    asked = entry.requirement
    facts = {
        "form": asked.form,
        "codes": asked.codes,
        "level": asked.level,
        "due": asked.due,
        "count": asked.count,
        "signed_by": asked.signed_by,
        "when": asked.when,
    }
    return asked.key, (entry.at,), facts


def _waiver(entry: WaiverEntry) -> _Told:
    facts = {
        "form": entry.form,
        "code": entry.code,
        "grounds": entry.rule.grounds,
        "approvers": entry.rule.approvers,
        "after": entry.rule.after or None,
    }
    return entry.code or entry.form, (entry.at,) if entry.at else (), facts


def _term(entry: Term) -> _Told:
    facts = {
        "length": entry.length,
        "unit": entry.unit,
        "starts": entry.starts,
        "procedures": entry.procedures,
        "extends": entry.extends or None,
        "extended_by": entry.extended_by,
    }
    return entry.code, (), facts


def _parameter(entry: Parameter) -> _Told:
    facts = {
        "value": entry.value,
        "unit": entry.unit,
        "settles": entry.settles,
        "choices": entry.choices,
    }
    return entry.name, (), facts


def _posts(entry: PostEntry) -> _Told:
    at = (entry.matter,) if entry.matter else ()
    return entry.capacity, at, {"posts": entry.posts}


def _separation(entry: Separation) -> _Told:
    facts = {
        "capacities": tuple(sorted(entry.capacities)),
        "apart_from": tuple(sorted(entry.apart_from)),
    }
    return entry.rule, (), facts


def _access(entry: AccessEntry) -> _Told:
    facts = {
        "requester": entry.requester,
        "material": entry.material,
        "operations": entry.operations,
        "leave": entry.leave,
        "approvers": entry.approvers,
    }
    return entry.requester, (), facts


def _retention(entry: RetentionEntry) -> _Told:
    facts = {
        "covers": entry.covers,
        "trigger": entry.trigger,
        "effect": entry.effect,
        "length": entry.length,
        "unit": entry.unit,
        "bound": entry.bound,
        "as_case_file": entry.as_case_file or None,
    }
    return entry.covers, (), facts


def _announcement(entry: AnnouncementEntry) -> _Told:
    return entry.code, entry.at, {"moment": entry.moment, "text": entry.text}


def _duty(entry: DutyEntry) -> _Told:
    facts = {
        "subject": entry.subject,
        "kept_by": entry.kept_by,
        "documents": entry.documents,
        "when": entry.when,
    }
    return entry.code, entry.at, facts


_TOLD: Mapping[str, Callable[[Any], _Told]] = {
    "record": _record,
    "waiver": _waiver,
    "deadline": _term,
    "parameter": _parameter,
    "capacity": _posts,
    "separation": _separation,
    "access": _access,
    "retention": _retention,
    "announcement": _announcement,
    "duty": _duty,
}
