"""The acts of a case as a reader follows them: who did what to which thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from engine.commands.pinned import Pinned
from storage.models import Deadline, Document, Event, Task
from storage.queries import case_view, desk
from webapp.database import session
from webapp.i18n import word
from webapp.pages.words import deadline_word, document_name, said, step_name

#: Acts of the machine that tell a reader nothing.
SILENT = frozenset({"document.rendered", "document.revised"})
#: An act entered later than this after it took place says so.
LATE_ENTRY = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class ShownAct:
    """One act with its words ready."""

    tag: str
    actor: str | None
    at: datetime
    entered_at: datetime | None  #: only when noticeably later
    thing: str
    facts: Mapping[str, Any]
    outcome: str
    opinion: str
    people: list[str]
    target: str  #: the step that a case went back to
    behalf: str  #: for whom a deputy acted
    digest: str
    seq: int


def acts_of(
    case_id: UUID,
    pinned: Pinned,
    tasks: Sequence[Task],
    documents: Iterable[Document],
    recordings: Iterable[Any],
    deadlines: Iterable[Deadline],
) -> list[ShownAct]:
    """Return the newest acts of a case, newest first."""
    by_id: dict[UUID | None, Task] = {task.id: task for task in tasks}
    things = {task.id: step_name(task) for task in tasks}
    things |= {each.id: document_name(each.code) for each in documents}
    things |= {
        row.Recording.id: word(row.Recording.medium, "medium") for row in recordings
    }
    things |= {each.id: deadline_word(each) for each in deadlines}
    rows = [
        row
        for row in case_view.events(session(), case_id)
        if row.Event.tag not in SILENT
    ]
    people = desk.names_of(session(), _people(row.Event for row in rows))
    return [_shown(row.Event, row.actor, things, by_id, pinned, people) for row in rows]


def _shown(
    event: Event,
    actor: str | None,
    things: Mapping[UUID, str],
    tasks: Mapping[UUID | None, Task],
    pinned: Pinned,
    people: Mapping[UUID, str],
) -> ShownAct:
    facts = event.payload.get("facts", {})
    late = event.recorded_at - event.acted_at > LATE_ENTRY
    return ShownAct(
        tag=event.tag,
        actor=actor,
        at=event.acted_at,
        entered_at=event.recorded_at if late else None,
        thing=things.get(event.subject_id, "") if event.subject_id else "",
        facts=facts,
        outcome=_outcome(tasks.get(event.subject_id), facts.get("outcome"), pinned),
        opinion=str(facts.get("opinion") or facts.get("reason") or ""),
        target=things.get(_id(facts.get("to_task")) or event.id, ""),
        behalf=people.get(_id(facts.get("behalf_of")) or event.id, ""),
        people=[people[each] for each in _named(facts) if each in people],
        digest=event.digest,
        seq=event.seq,
    )


def _outcome(task: Task | None, value: str | None, pinned: Pinned) -> str:
    if task is None or not value:
        return ""
    node = pinned.bundle.node(task.process, task.element)
    return next((said(each) for each in node.outcomes if each.value == value), "")


def _people(events: Iterable[Event]) -> set[UUID]:
    given = [event.payload.get("facts", {}) for event in events]
    behalf = (_id(facts.get("behalf_of")) for facts in given)
    named = {each for facts in given for each in _named(facts)}
    return named | {each for each in behalf if each is not None}


def _named(facts: Mapping[str, Any]) -> list[UUID]:
    """Return the people whom an act names."""
    given = [facts.get("to"), facts.get("person"), *(facts.get("people") or [])]
    return [found for each in given if (found := _id(each)) is not None]


def _id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
