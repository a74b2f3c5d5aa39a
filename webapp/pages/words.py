"""Names on the screen, in the reader's language: steps, records, forms, facts."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from engine.errors import NotFound
from forms import registry
from storage.vocabulary import Medium
from webapp.i18n import locale, word

ACTIVITIES = Path(__file__).parent.parent.parent / "processes" / "activities.toml"


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    for name in (step_name, document_name, record_name, record_names):
        app.add_template_global(name)
    app.add_template_filter(said)


def said(thing: Any) -> str:
    """Return a label, outcome, choice or fact in the reader's language."""
    if thing is None:
        return ""
    if isinstance(thing, dict):
        return str(thing.get(_short(), thing.get("zh", "")))
    return str(getattr(thing, _short(), None) or getattr(thing, "zh", thing))


def step_name(step: Any) -> str:
    """Return the name of a task or a node; diagrams are drawn in Chinese."""
    if locale() == "en" and step.activity in _activities():
        return str(_activities()[step.activity]["en"])
    return str(step.name)


def document_name(code: str) -> str:
    """Return the title of a kind of document."""
    try:
        return said(registry.get(code))
    except NotFound:
        return word(code, "document")


def record_name(form: str, code: str) -> str:
    """Return the name of a record: a document's title, a medium, a kind of data."""
    if form == "recording" or code in frozenset(Medium):
        return word(code, "medium")
    if form == "data":
        return word(code, "data")
    return document_name(code)


def record_names(form: str, codes: tuple[str, ...]) -> list[str]:
    """Return the names of records any of which will do."""
    return [record_name(form, code) for code in codes]


def _short() -> str:
    return "en" if locale() == "en" else "zh"


@cache
def _activities() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(ACTIVITIES.read_text("utf-8"))["activity"]
    return found
