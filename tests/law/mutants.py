"""Every pack entry left out, and every key of it changed, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from engine.rules.entries import Jurisdiction
from engine.rules.requirements import Requirement
from storage.vocabulary import Capacity, Post, RecordForm, TermUnit

#: Values that no text of law has.
_NOBODYS = (TermUnit.SECOND,)

#: Where each kind of entry stands in a pack.
PLACES = {
    "record": "records",
    "waiver": "waivers",
    "deadline": "terms",
    "parameter": "parameters",
    "capacity": "posts",
    "separation": "separations",
    "access": "access",
    "retention": "retentions",
    "announcement": "announcements",
    "duty": "duties",
}
#: What is no key of the law: the name by which an entry is found, a heading, how
#: sure we are of the text, and what the reader fills in by itself.
NOT_LAW = frozenset(
    {"code", "name", "key", "rule", "label", "mark", "source", "nationwide"}
    | {"waiver", "beyond", "besides", "cites", "says", "requirement"}
)
#: Names that are keys of the law in one kind of entry.
_LAW = {("WaiverEntry", "code"), ("WaiverEntry", "rule")}
#: Lists whose order is the law's: one after the other.
_ORDERED = {"approvers", "posts", "otherwise"}
#: Keys that only a paper has.
_OF_PAPERS = {"signed_by", "prepared"}
#: Values to put where an entry names nothing.
_STRANGE: dict[str, Any] = {
    "signed_by": ("handler",),
    "approvers": (Post.FINANCE,),
    "extended_by": (Post.FINANCE,),
    "extends": 1,
    "extend_times": 1,
    "after": True,
}


@dataclass(frozen=True)
class Mutant:
    """A pack that differs in one respect from the one that is shipped."""

    name: str
    pack: Jurisdiction
    cites: tuple[str, ...]
    kind: str
    what: str


def mutants(pack: Jurisdiction) -> Iterator[Mutant]:
    """Yield every mutant of a pack, always in the same order."""
    for kind, place in PLACES.items():
        entries = getattr(pack, place)
        replaced = _replaced(pack, kind)
        for index, entry in enumerate(entries):
            if id(entry) in replaced:
                continue
            for what, changed in _changes(entry):
                others = entries[:index] + changed + entries[index + 1 :]
                yield Mutant(
                    f"{pack.issuer} {kind} {_name(entry)}: {what}",
                    replace(pack, **{place: others}),
                    entry.cites,
                    kind,
                    what,
                )


def _replaced(pack: Jurisdiction, kind: str) -> set[int]:
    """Return the entries that a later one has replaced: they are history."""
    pairs = dict(pack.keyed())[kind]
    last = {key[:-1]: key[-1] for key, _ in sorted(pairs, key=lambda p: p[0][-1])}
    return {id(entry) for key, entry in pairs if last[key[:-1]] != key[-1]}


def _name(entry: Any) -> str:
    keys = ("code", "rule", "name", "capacity", "matter", "at", "requester", "covers")
    parts = [getattr(entry, key, "") for key in keys]
    key = getattr(getattr(entry, "requirement", None), "key", "")
    named = (part for part in (*parts, key) if part and not is_dataclass(part))
    return " ".join(str(part) for part in named)


def _changes(entry: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "left out", ()
    for clause in entry.cites:
        yield f"without {clause}", (_without(entry, clause),)
    for index, (key, value) in enumerate(getattr(entry, "says", ())):
        for other in _others(value):
            says = (*entry.says[:index], (key, other), *entry.says[index + 1 :])
            yield f"says.{key}", (replace(entry, says=says),)
        less = entry.says[:index] + entry.says[index + 1 :]
        yield f"without says.{key}", (replace(entry, says=less),)
    for inner in ("requirement", "rule"):
        if is_dataclass(part := getattr(entry, inner, None)):
            for what, other in _keys(part):
                yield what, (replace(entry, **{inner: other}),)
    yield from ((what, (other,)) for what, other in _keys(entry))


def _without(entry: Any, clause: str) -> Any:
    rest = tuple(each for each in entry.cites if each != clause)
    for inner in ("requirement", "rule"):
        if is_dataclass(part := getattr(entry, inner, None)):
            return replace(entry, **{inner: replace(part, cites=rest)})
    return replace(entry, cites=rest)


def _keys(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield an entry, or what stands in it, with one of its keys changed."""
    kind = type(part).__name__
    for name in (field.name for field in fields(part)):
        if name in NOT_LAW and (kind, name) not in _LAW:
            continue
        value = getattr(part, name)
        if is_dataclass(value):
            continue
        found = _instead(part, name, value)
        for number, other in enumerate(found):
            if other not in (value, None) or (name == "when" and value):
                yield (
                    f"{name} {number}" if len(found) > 1 else name,
                    _with(part, name, other),
                )


def _instead(part: Any, name: str, value: Any) -> list[Any]:
    """Return what to put in the place of the value of a key."""
    if name in _OF_PAPERS and part.form is not RecordForm.DOCUMENT:
        return []
    if name == "prepared" and part.signed_by:
        return []  # whose signatures suffice is said; nothing else would change
    if name == "when":
        return [None, f"not ({value})"] if value else []
    if name == "count":
        return [value + 1]
    if name == "otherwise":
        return list(_readings(value))
    found = list(_others(value)) or [_STRANGE.get(name)]
    if name in _ORDERED and len(value) > 1:
        found.append(tuple(reversed(value)))
    if name in {"codes", "grounds"}:
        found = [other for other in found if other]
    return found


def _readings(value: tuple[tuple[str, tuple[Any, ...]], ...]) -> Iterator[Any]:
    """Yield who reviews a waiver under other readings, one left out or exchanged."""
    for index, (reading, posts) in enumerate(value):
        yield value[:index] + value[index + 1 :]
        for other in _others(posts):
            yield (*value[:index], (reading, other), *value[index + 1 :])


def _with(part: Any, name: str, other: Any) -> Any:
    if isinstance(part, Requirement) and name in {"form", "codes"}:
        changed = replace(part, **{name: other})
        key = f"{changed.form}:{'|'.join(changed.codes)}"
        return replace(changed, key=key)
    return replace(part, **{name: other})


def _others(value: Any) -> Iterator[Any]:
    """Yield values that are not *value*, of its own kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1) if value else ()
    elif isinstance(value, date):
        yield from (value + timedelta(days=1), value - timedelta(days=1))
    elif isinstance(value, StrEnum):
        yield from (each for each in type(value) if each not in (value, *_NOBODYS))
    elif isinstance(value, str) and value:
        yield value + "x"
    elif isinstance(value, frozenset):
        yield from (value - {each} for each in sorted(value))
        yield (
            value | {Capacity.PUBLISHER}
            if Capacity.PUBLISHER not in value
            else set(Capacity)
        )
    elif isinstance(value, tuple) and value:
        yield from _lists(value)


def _lists(value: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield a list without each of its items, and with one exchanged or turned."""
    for index, item in enumerate(value):
        yield value[:index] + value[index + 1 :]
        other = next(_others(item), None)
        if other is not None:
            yield (*value[:index], other, *value[index + 1 :])
