"""Names on the screen, in the reader's language: steps, records, forms, facts."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from engine.bpmn.timers import DRAWN
from engine.commands.pinned import pinned_to
from engine.errors import NotFound
from forms import registry
from storage.models import Case, Deadline, Task
from storage.vocabulary import Medium, TermUnit
from webapp.database import session
from webapp.i18n import gettext as _
from webapp.i18n import locale, word

ACTIVITIES = Path(__file__).parent.parent.parent / "processes" / "activities.toml"


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    for name in (step_name, document_name, record_name, record_names):
        app.add_template_global(name)
    for told in (deadline_word, deadline_length, drawn_time):
        app.add_template_global(told)
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


def deadline_word(deadline: Deadline) -> str:
    """Return what a deadline is called: a timer's own is called as its event."""
    if not deadline.code.startswith(DRAWN):
        return word(deadline.code, "deadline")
    task = session().get(Task, deadline.task_id) if deadline.task_id else None
    return step_name(task) if task is not None and task.name else _("timer.unnamed")


def deadline_length(deadline: Deadline) -> str:
    """Return how long a deadline is; seconds as days, hours and minutes."""
    if deadline.unit is not TermUnit.SECOND:
        return f"{deadline.length} {word(deadline.unit, 'term_unit')}"
    minutes, seconds = divmod(deadline.length, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = (
        (days, _("length.days", n=days)),
        (hours, _("length.hours", n=hours)),
        (minutes, _("length.minutes", n=minutes)),
        (seconds, _("length.seconds", n=seconds)),
    )
    return " ".join(told for number, told in parts if number) or parts[-1][1]


def drawn_time(deadline: Deadline) -> str:
    """Return what the diagram of a case says of a timer; empty: nothing any more."""
    case = session().get_one(Case, deadline.case_id)
    terms = pinned_to(session(), case.requirement_set_id).bundle.terms
    term = terms.get(deadline.code)
    return term.timer.text if term is not None and term.timer is not None else ""


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
