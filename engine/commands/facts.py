"""What conditions and guards may look at: the facts of a case at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from engine.commands import owing as debts
from engine.commands.pinned import SHANGHAI
from engine.commands.work import Work
from engine.errors import Invalid
from engine.rules import calls
from engine.rules.facts import FactCatalogue, FactRefused
from storage.digest import plain
from storage.models import Document, Person
from storage.prepared import Prepared
from storage.vocabulary import Capacity, DocumentStatus

#: Built once: to build a statement costs more than to carry it out.
_CODES = select(Document.code).where(
    Document.case_id == bindparam("case_id"),
    or_(
        Document.status == DocumentStatus.PREPARED,
        Document.status == DocumentStatus.FINAL,
    ),
)
_WRITTEN = Prepared(_CODES)
_FIELDS = Prepared(
    _CODES.with_only_columns(Document.fields)
    .where(Document.code == bindparam("asked"))
    .order_by(Document.id.desc())
    .limit(1)
)


def view(work: Work, acted_at: datetime, scope: str | None = None) -> dict[str, Any]:
    """Return the facts as expressions see them: typed, complete, with parameters.

    They are seen from the call of the task at hand, or from another one by its *scope*.
    """
    if scope is None:
        scope = work.task.scope if work.task is not None else calls.OWN
    facts = dict(calls.seen(everywhere(work, acted_at), chain_of(work, scope)))
    facts.pop(calls.CALLS, None)
    return facts


def chain_of(work: Work, scope: str) -> calls.Chain:
    """Return the calls around a step, the case's own diagram first."""
    found = calls.chain_of(work.case.facts, scope)
    return work.instance.chain(scope) if found is None else found


def as_answered(work: Work) -> dict[str, Any]:
    """Return the facts as they are stored, seen from the call of the task at hand."""
    stored = work.case.facts
    scope = work.task.scope if work.task is not None else calls.OWN
    facts = dict(calls.seen(stored, chain_of(work, scope)))
    facts.pop(calls.CALLS, None)
    return facts


def everywhere(work: Work, acted_at: datetime) -> dict[str, Any]:
    """Return the facts as a move sees them: also what each call knows."""
    stored = work.case.facts
    if work.typed is None or work.typed[0] is not stored:
        work.typed = (stored, _typed(work.pinned.facts, stored))
    facts = work.typed[1].copy()
    facts["case"] = {**stored.get("case", {}), "due": Running(work)}
    facts["param"] = work.rules.parameters
    facts["document"] = Written(work)
    facts["acted_at"] = acted_at
    facts["about"] = work.task.subject if work.task is not None else None
    return facts


def _typed(catalogue: FactCatalogue, stored: Mapping[str, Any]) -> dict[str, Any]:
    facts = catalogue.typed(stored)
    facts["outcome"] = stored.get("outcome", {})
    if calls.CALLS in stored:
        facts[calls.CALLS] = {
            scope: {**kept, "facts": catalogue.typed_of(kept["facts"])}
            for scope, kept in stored[calls.CALLS].items()
        }
    facts["subject"] = {
        subject: catalogue.typed(values)
        for subject, values in stored.get("subject", {}).items()
    }
    return facts


class Written(Mapping[str, Mapping[str, Any]]):
    """The answers in the newest frozen document of each kind; asked for when used."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def _codes(self) -> frozenset[str]:
        rows = self._work.tx.rows(_WRITTEN, case_id=self._work.case.id)
        return frozenset(row.code for row in rows)

    def __getitem__(self, code: str) -> Mapping[str, Any]:
        """Return the answers of a document by their field names."""
        found = self._known.get(code)
        if found is None:
            case_id = self._work.case.id
            rows = self._work.tx.rows(_FIELDS, case_id=case_id, asked=code)
            if not rows:
                raise KeyError(code)
            found = self._known[code] = rows[0].fields
        return found

    def __iter__(self) -> Iterator[str]:
        """Go through the codes."""
        return iter(self._codes)

    def __len__(self) -> int:
        """Return of how many kinds there are documents."""
        return len(self._codes)


class Running(Mapping[str, datetime]):
    """The last moments of the running deadlines by code; asked for only when used."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @cached_property
    def _due(self) -> dict[str, datetime]:
        return {clock.code: clock.due_at for clock in self._work.running()}

    def __getitem__(self, code: str) -> datetime:
        """Return the last moment that is still in time."""
        return self._due[code]

    def __iter__(self) -> Iterator[str]:
        """Go through the codes."""
        return iter(self._due)

    def __len__(self) -> int:
        """Return how many run."""
        return len(self._due)


def functions(work: Work) -> Mapping[str, Callable[..., Any]]:
    """Return the calls that need the law or the case."""

    def term_end(code: str, start: datetime | date | None) -> date | None:
        """Return the last day of a term; one that begins with a day, at its start."""
        if start is None:
            return None
        if not isinstance(start, datetime):
            start = datetime.combine(start, time(), SHANGHAI)
        term = work.rules.terms[code]
        due = term.due(start, work.calendar)
        return due.astimezone(SHANGHAI).date()

    def holders(capacity: str) -> int:
        return len(work.standing.chosen(Capacity(capacity)))

    def may(person_id: str | None, capacity: str) -> bool:
        """Say whether somebody of the agency is in a post that carries a capacity."""
        if person_id is None:
            return False
        person = work.tx.session.get(Person, UUID(person_id))
        if person is None or not person.active:
            return False
        posts = work.rules.posts(Capacity(capacity))
        mine = person.agency_id == work.case.agency_id
        return mine and any(held.post in posts for held in person.posts)

    def owing(what: str, until: date | None) -> int | None:
        """Return the fen still owed of the fine or of the surcharge on a day."""
        return debts.owing(work, what, until)

    return {"term_end": term_end, "holders": holders, "may": may, "owing": owing}


def accept(work: Work, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return *inputs* in stored form, checked against the node's questions.

    Raises:
        Invalid: an answer is missing, unknown or not of its type.
    """
    asked = {question.fact: question for question in work.node.inputs}
    errors: dict[str, Any] = {
        name: ["unknown_field"] for name in inputs if name not in asked
    }
    values: dict[str, Any] = {}
    for name, question in asked.items():
        given = inputs.get(name)
        if given is None or given in ("", []):
            if question.required:
                errors[name] = ["required"]
            # What an earlier visit answered must not speak for this one.
            values[name] = None
            continue
        try:
            values[name] = plain(work.pinned.facts.coerce(name, given))
        except FactRefused as refused:
            errors[name] = [refused.reason]
    if errors:
        raise Invalid(errors)
    return values


def remember(work: Work, values: Mapping[str, Any], outcome: str | None = None) -> None:
    """Store answers and outcome of the task among the facts of the case."""
    task = work.the_task
    told = {} if outcome is None else {task.element: outcome}
    chain = chain_of(work, task.scope)
    facts = calls.keep(work.case.facts, chain, values, told)
    if task.subject is not None:
        subjects = dict(facts.get("subject", {}))
        subjects[task.subject] = {**subjects.get(task.subject, {}), **values}
        facts["subject"] = subjects
    work.case.facts = facts
