"""Every pack entry left out or changed in one legal respect, one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from engine.rules.entries import Jurisdiction
from engine.rules.requirements import Requirement, WaiverRule
from storage.vocabulary import DueAt, Post, RecordForm

#: Where each kind of entry stands in a pack.
PLACES = {
    "record": "records",
    "waiver": "waivers",
    "deadline": "terms",
    "parameter": "parameters",
    "capacity": "posts",
    "access": "access",
    "retention": "retentions",
    "announcement": "announcements",
    "duty": "duties",
}
#: What says nothing about the law: names, order, how sure we are, and how a diagram
#: of ours hands papers on (`carried`, `prepared`, and `when` on outcomes). A switch
#: (`when` on a parameter) has a test of its own.
_NOT_LAW = {
    *("code", "name", "key", "rule", "label", "mark", "source", "says", "cites"),
    *("warn", "rolls", "right", "deducts", "extends", "settles", "choices"),
    *("extend_times", "locks", "before", "warned", "escalates", "extended_by"),
    *("carried", "prepared", "when", "kept_by", "requirement", "capacity", "matter"),
    *("nationwide", "waiver", "documents", "codes", "subject", "unit", "since"),
    *("warned", "escalates", "locks", "before", "in_writing", "extend_times", "fixed"),
}


@dataclass(frozen=True)
class Mutant:
    """A pack that differs in one respect from the one that is shipped."""

    name: str
    pack: Jurisdiction
    cites: tuple[str, ...]


def mutants(pack: Jurisdiction) -> Iterator[Mutant]:
    """Yield every mutant of a pack, always in the same order."""
    for kind, place in PLACES.items():
        entries = getattr(pack, place)
        for index, entry in enumerate(entries):
            for what, changed in _changes(entry):
                others = entries[:index] + changed + entries[index + 1 :]
                yield Mutant(
                    f"{pack.issuer} {kind} {_name(entry)}: {what}",
                    replace(pack, **{place: others}),
                    entry.cites,
                )


def _name(entry: Any) -> str:
    parts = [getattr(entry, key, "") for key in ("code", "name", "at", "requester")]
    key = getattr(getattr(entry, "requirement", None), "key", "")
    return " ".join(str(part) for part in (*parts, key) if part)


def _changes(entry: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "left out", ()
    for clause in entry.cites:
        yield f"without {clause}", (_without(entry, clause),)
    if entry.mark != "v":  # the text has a day of its own
        yield "since", (replace(entry, since=entry.since + timedelta(days=1)),)
    for key, value in getattr(entry, "says", ()):
        for other in _others(value):
            says = tuple((k, other if k == key else v) for k, v in entry.says)
            yield f"says.{key}", (replace(entry, says=says),)
    for name in (field.name for field in fields(entry)):
        for other in () if name in _NOT_LAW else _others(getattr(entry, name)):
            yield name, (replace(entry, **{name: other}),)
    yield from _inner(entry)


def _inner(entry: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(asked := getattr(entry, "requirement", None), Requirement):
        for what, other in _records(asked):
            yield what, (replace(entry, requirement=other),)
    if isinstance(rule := getattr(entry, "rule", None), WaiverRule):
        for what, other in _rules(rule):
            yield what, (replace(entry, rule=other),)


def _without(entry: Any, clause: str) -> Any:
    rest = tuple(each for each in entry.cites if each != clause)
    if hasattr(entry, "requirement"):
        return replace(entry, requirement=replace(entry.requirement, cites=rest))
    if isinstance(getattr(entry, "rule", None), WaiverRule):
        return replace(entry, rule=replace(entry.rule, cites=rest))
    return replace(entry, cites=rest)


def _records(asked: Requirement) -> Iterator[tuple[str, Requirement]]:
    for level in type(asked.level):
        if level is not asked.level:
            yield f"level {level}", replace(asked, level=level)
    strange = "another" if asked.form is RecordForm.DOCUMENT else "nothing"
    for index in range(len(asked.codes)):
        codes = (*asked.codes[:index], *asked.codes[index + 1 :]) or (strange,)
        yield "code", _keyed(asked, codes)
    if asked.when and not re.search(r"outcome\.|param\.", asked.when):
        yield "when", replace(asked, when=None)
    if asked.due is DueAt.DEPOSIT:
        yield "due", replace(asked, due=DueAt.COMPLETION)


def _keyed(asked: Requirement, codes: tuple[str, ...]) -> Requirement:
    return replace(asked, codes=codes, key=f"{asked.form}:{'|'.join(codes)}")


def _rules(rule: WaiverRule) -> Iterator[tuple[str, WaiverRule]]:
    for index in range(len(rule.grounds)):
        grounds = rule.grounds[:index] + rule.grounds[index + 1 :]
        yield "grounds", replace(rule, grounds=grounds)
    for other in _others(rule.approvers or (Post.FINANCE,)):
        if other != rule.approvers:
            yield "approvers", replace(rule, approvers=other)
    yield "after", replace(rule, after=not rule.after)
    for index, (value, posts) in enumerate(rule.otherwise):
        for other in _others(posts):
            changed = (*rule.otherwise[:index], (value, other))
            yield (
                f"otherwise {value}",
                replace(rule, otherwise=(*changed, *rule.otherwise[index + 1 :])),
            )


def _others(value: Any) -> Iterator[Any]:
    """Yield values that are not *value*, of its own kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, StrEnum):
        kinds = list(type(value))
        yield kinds[(kinds.index(value) + 1) % len(kinds)]
    elif isinstance(value, str) and value:
        yield value + "x"
    elif isinstance(value, tuple) and value:
        yield value[1:]
        first = next(_others(value[0]))
        yield (first, *value[1:])
