"""Every refusal travels, has a status and says its sentence; events are used."""

from __future__ import annotations

import ast
import importlib
import pickle
import pkgutil
import re
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

from engine.errors import CaseError, Refusal
from engine.events import EventTag
from tests.architecture.tree import PACKAGES, ROOT, name, parsed, python_files
from webapp.config import LOCALES
from webapp.errors import STATUS

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAMPLES = {
    str: "some",
    int: 3,
    bool: True,
    float: 0.5,
    datetime: MOMENT,
    date: MOMENT.date(),
    UUID: UUID(int=7),
    typing.Any: "anything",
    object: "anything",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def _every(kind):
    for child in kind.__subclasses__():
        yield child
        yield from _every(child)


def _refusals():
    """Return every class of refusal that the product defines."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if ".migrations" not in module.name and "__main__" not in module.name:
                importlib.import_module(module.name)
    kinds = {kind for kind in _every(CaseError) if kind is not Refusal}
    ours = [kind for kind in kinds if kind.__module__.split(".")[0] in PACKAGES]
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__qualname__))


REFUSALS = _refusals()


def _sample(hint):
    """Return some value of the type that *hint* names."""
    made = typing.get_origin(hint) or hint
    arguments = typing.get_args(hint)
    if made in (typing.Union, types.UnionType):
        return _sample(arguments[0])
    if made in SAMPLES or made is typing.Literal:
        return SAMPLES.get(made) or arguments[0]
    if isinstance(made, type) and issubclass(made, Enum):
        return next(iter(made))
    if made in (list, set, frozenset, tuple):
        return made([_sample(each) for each in arguments[:1]])
    return {"key": "value"}


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__qualname__)
def test_a_refusal_survives_pickling(kind):
    """A refusal raised in another process keeps its facts and its text."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    refusal = kind(**{each: _sample(hints[each]) for each in names})

    travelled = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own bytes

    assert type(travelled) is kind
    assert travelled.facts() == refusal.facts()
    assert set(names) <= refusal.facts().keys()
    assert str(travelled) == str(refusal)


def test_codes_are_unique():
    """A code names one reason: clients and translations rely on it."""
    codes = [kind.code for kind in REFUSALS]

    assert sorted(codes) == sorted(set(codes))


def test_every_refusal_has_a_status():
    """Each class stands in the table by itself: nothing gets a status by accident."""
    unmapped = [kind.__qualname__ for kind in REFUSALS if kind not in STATUS]

    assert unmapped == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_has_a_sentence(locale):
    """Each refusal says its sentence in both languages, from facts that it has."""
    path = ROOT / "webapp" / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalog = read_po(file)
    silent = []
    for kind in REFUSALS:
        message = catalog.get(f"refusal.{kind.code}")
        if message is None or not message.string or message.fuzzy:
            silent.append(kind.code)
            continue
        facts = {field.name for field in fields(kind)} if is_dataclass(kind) else set()
        strange = set(PLACEHOLDER.findall(str(message.string))) - facts
        silent += [f"{kind.code}: {each} is no fact of it" for each in sorted(strange)]

    assert silent == []


def test_every_event_is_logged():
    """Each event tag is used where something happens; none is left over."""
    used = {
        node.attr
        for path in python_files()
        if name(path) != "engine/events.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "EventTag"
    }

    assert EventTag.__members__.keys() - used == set()
