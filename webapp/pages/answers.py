"""What a step asks for when it ends: questions, and how answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import session as cookie
from werkzeug.datastructures import MultiDict

from engine.commands.pinned import SHANGHAI
from engine.commands.work import Work
from engine.errors import Invalid
from engine.rules.facts import Fact, FactRefused, FactType
from storage.digest import plain

#: What was entered for a step is kept in the session while records are made;
#: a cookie holds no more than this many characters of it.
MOST = 1500


@dataclass(frozen=True)
class Question:
    """One fact that a step asks for, with what is known so far."""

    fact: Fact
    required: bool
    value: Any
    errors: list[str]


@dataclass
class Entered:
    """What somebody filled in: as typed, and as far as it could be read."""

    raw: dict[str, Any]
    values: dict[str, Any]
    errors: dict[str, list[str]]
    opinion: str = ""


def read(work: Work, form: MultiDict[str, str]) -> Entered:
    """Return the answers in a submitted form, each of its fact's type."""
    catalogue = work.pinned.facts
    entered = Entered({}, {}, {}, form.get("opinion", ""))
    for asked in work.node.inputs:
        fact = catalogue[asked.fact]
        given = [text for text in form.getlist(f"in.{fact.name}") if text.strip()]
        if not given:
            continue
        many = fact.type is FactType.PERSONS
        entered.raw[fact.name] = given if many else given[0]
        try:
            entered.values[fact.name] = catalogue.read(fact.name, ",".join(given))
        except FactRefused as refused:
            entered.errors[fact.name] = [refused.reason]
    return entered


def questions(work: Work, entered: Entered | None) -> list[Question]:
    """Return what the step asks, with the answers entered so far.

    What an earlier step of the same kind was told is not offered again: a date of
    service, say, would be the wrong one.
    """
    found = []
    for asked in work.node.inputs:
        fact = work.pinned.facts[asked.fact]
        value = entered.raw.get(fact.name) if entered else None
        wrong = entered.errors.get(fact.name, []) if entered else []
        found.append(Question(fact, asked.required, value, wrong))
    return found


def keep(task_id: UUID, entered: Entered) -> None:
    """Remember what was entered, in this browser session, for one step at a time."""
    size = len(str(entered.raw)) + len(entered.opinion)
    if size <= MOST:
        kept = {"task": str(task_id), "raw": entered.raw, "opinion": entered.opinion}
        cookie["entered"] = plain(kept)


def kept(work: Work) -> Entered | None:
    """Return what was entered for this step before; None: nothing was."""
    found: Mapping[str, Any] = cookie.get("entered", {})
    if found.get("task") != str(work.the_task.id):
        saved = work.the_task.saved
        if not saved:
            return None
        found = {"raw": saved["inputs"], "opinion": saved["opinion"]}
    form: MultiDict[str, str] = MultiDict()
    for name, value in found["raw"].items():
        given = value if isinstance(value, list) else [value]
        form.setlist(f"in.{name}", [str(each) for each in given])
    form["opinion"] = found["opinion"]
    return read(work, form)


def instant(text: str, name: str) -> datetime:
    """Return a moment as browsers send it; raises Invalid for the field *name*."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid({name: ["invalid_datetime"]}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def forget() -> None:
    """Forget what was entered: the step is done."""
    cookie.pop("entered", None)
