"""The conditions of rules in the reader's words: facts, outcomes and switches."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from engine.bpmn.model import Outcome
from engine.bpmn.reader import read
from engine.commands.times import EVERYWHERE
from engine.errors import NotFound
from engine.rules.facts import FactCatalogue
from forms import registry
from webapp import rulebook
from webapp.i18n import _, phrase, word
from webapp.pages.words import document_name, said
from webapp.steps import step_names

PROCESSES = Path(__file__).parent.parent.parent / "processes"
_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "is",
    ast.NotEq: "is_not",
    ast.In: "among",
    ast.NotIn: "not_among",
}


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    app.add_template_filter(condition)
    app.add_template_filter(choice)


def condition(text: str) -> str:
    """Return a condition of a rule as people say it, in the reader's language.

    What it is made of (comparisons, both, either, not) is what rule packs use; any
    other construct stands as it is written.
    """
    return _told(ast.parse(text, mode="eval").body)


def choice(value: Any) -> str:
    """Return the value of a switch or parameter, code or plain, in words."""
    if not isinstance(value, str):
        return str(value)
    if value == EVERYWHERE:
        return word("everywhere", "choice")
    for table in ("choice", "post", "clock_start"):
        if (found := word(value, table)) != value:
            return found
    try:
        return said(registry.get(value))
    except NotFound:
        pass
    if value in rulebook.activities():
        return said(rulebook.activities()[value])
    catalogue = _facts()
    return said(catalogue[value]) if value in catalogue else value


def _told(node: ast.expr) -> str:
    match node:
        case ast.BoolOp(op=operation, values=parts):
            joint = "both" if isinstance(operation, ast.And) else "either"
            return phrase("condition", joint).join(_told(part) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _("condition.denied", what=_told(operand))
        case ast.Compare(left=left, ops=[compared], comparators=[right]) if (
            type(compared) in _COMPARED
        ):
            return _comparison(left, _COMPARED[type(compared)], right)
        case ast.Name() | ast.Attribute():
            return _("condition.holds", what=_name(node))
    return ast.unparse(node)


def _comparison(left: ast.expr, how: str, right: ast.expr) -> str:
    values = right.elts if isinstance(right, ast.Tuple | ast.List) else [right]
    first = values[0]
    if isinstance(first, ast.Constant) and first.value in (None, 0):
        key = {"is": "condition.absent", "is_not": "condition.known"}[how]
        return _(key, what=_name(left))
    told = [
        _value(left, each.value) for each in values if isinstance(each, ast.Constant)
    ]
    key = {"among": "is", "not_among": "is_not"}.get(how, how)
    joint = phrase("condition", "or")
    message = f"condition.{key}"
    return _(message, what=_name(left), value=joint.join(told))


def _name(node: ast.expr) -> str:
    match ast.unparse(node).split("."):
        case ["outcome", step]:
            return _("condition.outcome", step=_step(step))
        case ["param", name]:
            return _label(name)
        case ["document", code, name]:
            field = _field(code, name)
            return f"{document_name(code)} · {said(field.label)}"
        case [name] if name in _facts():
            return said(_facts()[name])
    return ast.unparse(node)


def _value(left: ast.expr, value: Any) -> str:
    match ast.unparse(left).split("."):
        case ["outcome", step]:
            return said(_outcomes().get(step, {}).get(value, value))
        case ["document", code, name]:
            choices = {each.value: each for each in _field(code, name).choices}
            return said(choices[value].label) if value in choices else str(value)
        case [name] if name in _facts():
            labels = {each.value: each for each in _facts()[name].choices}
            return said(labels[value]) if value in labels else choice(value)
    return choice(value)


def _step(element: str) -> str:
    known = step_names().get(element)
    return said(dict(known)) if known else element


def _label(name: str) -> str:
    labels = {
        entry.name: entry.label
        for pack in rulebook.packs().values()
        for entry in pack.parameters
    }
    return labels.get(name, name)


def _field(code: str, name: str) -> Any:
    return next(each for each in registry.get(code).fields if each.name == name)


@cache
def _facts() -> FactCatalogue:
    return FactCatalogue.load((PROCESSES / "facts.toml").read_text("utf-8"))


@cache
def _outcomes() -> Mapping[str, Mapping[str, Outcome]]:
    """Return the ways in which each shipped step may end, by its element."""
    return {
        node.id: {each.value: each for each in node.outcomes}
        for path in sorted(PROCESSES.glob("*/*.bpmn"))
        for node in read(path.read_bytes()).nodes.values()
        if node.outcomes
    }
