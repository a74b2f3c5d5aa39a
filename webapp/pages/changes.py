"""What changed between two versions, as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.model import Node
from engine.commands.comparing import Change
from engine.commands.pinned import Pinned
from webapp.clock import now
from webapp.i18n import comma, gettext, locale, name_of, phrase, word
from webapp.pages.rules import activity_name
from webapp.pages.words import record_name, said, step_name

#: The version in which a thing is looked up first, and the other.
_Sides = tuple[Pinned, Pinned]


@dataclass(frozen=True)
class Told:
    """One change in words."""

    how: str
    topic: str
    sentence: str


def told_by_process(
    changes: Iterable[Change], old: Pinned, new: Pinned
) -> dict[str, list[Told]]:
    """Return the changes as sentences, by the process that they are drawn in."""
    found: dict[str, list[Told]] = {}
    for change in changes:
        told = Told(change.how, change.topic, _sentence(change, old, new))
        found.setdefault(change.process, []).append(told)
    return found


def _sentence(change: Change, old: Pinned, new: Pinned) -> str:
    sides = (old, new) if change.how != "added" else (new, old)
    how = change.how
    law = change.topic in {"term", "parameter"}
    if law and how == "changed" and change.old == change.new:
        how = "details"
    message = f"change.{change.topic}.{how}"
    return gettext(
        message,
        step=_place(change, sides),
        what=_what(change, sides),
        old=_value(change, change.old),
        new=_value(change, change.new),
    )


def _place(change: Change, sides: _Sides) -> str:
    """Return the step or decision table that a change is about."""
    if change.topic == "rule":
        return _table(change.element, sides)
    return _step(change.process, change.element, sides)


def _table(key: str, sides: _Sides) -> str:
    for side in sides:
        table = side.bundle.tables.get(key)
        if table is not None:
            return table.name or key
    return key


def _step(process: str, element: str, sides: _Sides) -> str:
    """Return what a node is called in the first version that has it."""
    node = _node(process, element, sides)
    if node is None:
        return element
    return step_name(node) if node.name or locale() == "en" else element


def _node(process: str, element: str, sides: _Sides) -> Node | None:
    for side in sides:
        model = side.bundle.models.get(process)
        node = model.nodes.get(element) if model is not None else None
        if node is not None:
            return node
    return None


def _what(change: Change, sides: _Sides) -> str:
    """Return the name of what changed at a step, or for the whole authority."""
    name = _NAMES.get(change.topic)
    return change.what if name is None else name(change, sides)


def _target(change: Change, sides: _Sides) -> str:
    return _step(change.process, change.what, sides)


def _record(change: Change, _both: _Sides) -> str:
    form, _colon, codes = change.what.partition(":")
    return " / ".join(record_name(form, code) for code in codes.split("|"))


def _fact(change: Change, sides: _Sides) -> str:
    what = change.what
    return said(next((s.facts[what] for s in sides if what in s.facts), what))


def _outcome(change: Change, sides: _Sides) -> str:
    node = _node(change.process, change.element, sides)
    outcomes = node.outcomes if node is not None else ()
    return said(next((o for o in outcomes if o.value == change.what), change.what))


def _parameter(change: Change, sides: _Sides) -> str:
    for side in sides:
        entry = side.rules(now()).cited.get(change.what)
        if entry is not None and entry.label:
            return entry.label
    return change.what


def _condition(value: str) -> str:
    always, otherwise = "change.always", "change.otherwise"
    known = {"": gettext(always), "*": gettext(otherwise)}
    return known.get(value, f"`{value}`")


def _length(value: str) -> str:
    length, _blank, unit = value.partition(" ")
    return f"{length} {word(unit, 'term_unit')}"


#: How what changed is named, by the topic of the change; else by its code.
_NAMES: Mapping[str, Callable[[Change, _Sides], str]] = {
    "flow": _target,
    "condition": _target,
    "record": _record,
    "level": _record,
    "cites": _record,
    "input": _fact,
    "fact": _fact,
    "outcome": _outcome,
    "parameter": _parameter,
    "table": lambda change, sides: _table(change.what, sides),
    "guard": lambda change, _sides: phrase("guard", change.what),
    "term": lambda change, _sides: word(change.what, "deadline"),
    "deadline": lambda change, _sides: word(change.what, "deadline"),
    "process": lambda change, _sides: word(change.what, "process"),
}
#: How what was there before and is now is told; else as it is written.
_VALUES: Mapping[str, Callable[[str], str]] = {
    "capacity": lambda value: word(value, "capacity"),
    "level": lambda value: word(value, "level"),
    "call": lambda value: word(value, "process"),
    "cites": lambda value: comma().join(map(name_of, value.split())),
    "source": lambda value: comma().join(map(name_of, value.split())),
    "term": _length,
    "activity": activity_name,
}


def _value(change: Change, value: str) -> str:
    """Return what was there before, or is now, in the reader's language."""
    if change.topic == "condition":
        return _condition(value)
    told = _VALUES.get(change.topic)
    return told(value) if told is not None and value else value
