"""Flags of a case that raise what is asked for: grave, important, likely disputed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.deciding import not_allowed
from engine.commands.errors import NotAllowed
from engine.commands.gates import REMEDIAL
from engine.commands.shown import as_shown, moves_on
from engine.commands.work import Work, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.jurisdiction import Ruleset
from engine.rules.posts import Deciders, carriers, may_decide
from engine.rules.requirements import Requirement, merge_held
from storage.models import Case, Task
from storage.transaction import Transaction
from storage.vocabulary import Capacity, Level, TaskKind, TaskStatus

#: The parameter that names the facts which are flags.
FLAGS = "case_flags"


def flags(case: Case, named: object) -> dict[str, bool]:
    """Return which flags a case may carry, and whether it does."""
    names = named if isinstance(named, tuple) else ()
    return {name: case.facts.get(name) is True for name in names}


@act("cases.flag")
def flag(
    tx: Transaction,
    case_id: UUID,
    name: str,
    raised: bool,  # noqa: FBT001  # it is the answer itself
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Raise or lower a flag, with the reason; open and future steps follow at once.

    A step that is done stays done: for each record that it would have needed, a
    remedial note is asked for.

    Raises:
        NotAllowed: the post neither reviews nor approves.
    """
    work = on_case(tx, case_id, actor)
    as_shown(work, version)
    named = who_flags(work.rules)
    if not may_decide(actor, named):
        raise not_allowed("cases.flag", named)
    known = flags(work.case, work.rules.parameters.get(FLAGS))
    if name not in known:
        raise Invalid({"name": ["not_a_choice"]})
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if known[name] is raised:
        return {"flag": name, "raised": raised, "remedial": []}
    moves_on(work)
    before = dict(work.case.facts)
    work.case.facts = {**before, name: raised}
    notes = _owed(work, before) if raised else []
    work.case.facts = {
        **work.case.facts,
        REMEDIAL: [*work.case.facts.get(REMEDIAL, []), *notes],
    }
    result = {"flag": name, "raised": raised, "remedial": notes}
    tx.log(
        EventTag.CASE_FLAGGED,
        work.case,
        by=actor.id,
        subject=work.case.id,
        facts={**result, "reason": reason.strip()},
        result=result,
    )
    return result


def who_flags(rules: Ruleset) -> Deciders:
    """Return the posts that raise and lower flags: those that review and approve."""
    return carriers(rules, Capacity.REVIEWER, Capacity.APPROVER)


@act("cases.note_remedy")
def note_remedy(
    tx: Transaction,
    case_id: UUID,
    task_id: UUID,
    requirement: str,
    note: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Write how a record was made good that a step done earlier would have needed."""
    work = on_case(tx, case_id, actor)
    as_shown(work, version)
    if actor.id not in work.standing.holders(Capacity.HANDLER):
        named = carriers(work.rules, Capacity.HANDLER)
        raise NotAllowed(
            "cases.note_remedy", [Capacity.HANDLER.value], list(named.cites)
        )
    if not note.strip():
        raise Invalid({"note": ["required"]})
    entries = [dict(each) for each in work.case.facts.get(REMEDIAL, [])]
    found = next(
        (
            each
            for each in entries
            if (each["task_id"], each["requirement"]) == (str(task_id), requirement)
        ),
        None,
    )
    if found is None:
        raise NotFound("requirement", requirement)
    moves_on(work)
    found |= {"note": note.strip(), "noted_at": tx.now.isoformat()}
    work.case.facts = {**work.case.facts, REMEDIAL: entries}
    result = {"task_id": str(task_id), "requirement": requirement}
    tx.log(
        EventTag.REMEDY_NOTED,
        work.case,
        by=actor.id,
        subject=task_id,
        facts={**result, "note": note.strip()},
        result=result,
    )
    return result


def _owed(work: Work, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what steps that are done would have needed, had the flag stood then."""
    after = work.case.facts
    done = work.tx.session.scalars(
        select(Task)
        .where(
            Task.case_id == work.case.id,
            Task.status == TaskStatus.DONE,
            Task.kind == TaskKind.USER,
        )
        .order_by(Task.opened_at, Task.id)
    ).all()
    notes = []
    for task in done:
        work.case.facts = dict(before)
        known = {asked.key for asked in _asked(work, task)}
        work.case.facts = dict(after)
        notes += [
            {
                "task_id": str(task.id),
                "task": task.element,
                "requirement": asked.key,
                "cites": list(asked.cites),
                "note": "",
            }
            for asked in _asked(work, task)
            if asked.key not in known
        ]
    return notes


def _asked(work: Work, task: Task) -> list[Requirement]:
    node = work.pinned.bundle.node(task.process, task.element)
    facts = case_facts.view(work, task.opened_at)
    calls = case_facts.functions(work)
    held = [
        asked
        for asked in work.pinned.requirements(node, task.opened_at)
        if asked.when is None or compile_expression(asked.when)(facts, calls)
    ]
    return [a for a in merge_held(held) if a.level is Level.MANDATORY]
