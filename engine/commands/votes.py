"""Votes of several members: count the voices, and let the result speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine.bpmn.model import Node
from engine.commands import facts as case_facts
from engine.commands.errors import OneVoice
from engine.commands.work import Work
from engine.rules import calls
from engine.rules.votes import Tally, Vote
from engine.runtime.instance import Delta, Instance, OpenTask
from storage.models import Task
from storage.prepared import Prepared
from storage.vocabulary import TaskStatus

#: Built once: to build a statement costs more than to carry it out.
_VOICES = Prepared(
    select(Task.inputs, Task.closed_by_id).where(
        Task.case_id == bindparam("case"),
        Task.panel_id == bindparam("panel"),
        Task.status == TaskStatus.DONE,
        Task.undone_at.is_(None),
    )
)


def cast(work: Work, values: Mapping[str, Any], actor_id: UUID) -> dict[str, Any]:
    """Count the voice that completes the task at hand; returns the facts of it.

    Raises:
        OneVoice: the same person has spoken in this sitting, for somebody else.
    """
    node, task = work.node, work.the_task
    if task.panel_id is None:
        return {}
    spoken = _spoken(work, task.panel_id)
    if any(row.closed_by_id == actor_id for row in spoken):
        raise OneVoice(task.element)
    if node.vote is None:
        return {}
    given = [row.inputs.get(node.vote.fact) for row in spoken]
    voices = [*given, values.get(node.vote.fact)]
    tally = _tally(node.vote, voices, _left(work, node, work.instance, task.id))
    return _speak(work, node, node.vote, tally)


def leave(work: Work, instance: Instance, item: Task | OpenTask) -> dict[str, Any]:
    """Count anew without a member who leaves without having spoken."""
    node = work.pinned.bundle.node(item.process, item.element)
    panel = item.panel_id if isinstance(item, Task) else item.panel
    if node.vote is None or panel is None:
        return {}
    given = [row.inputs.get(node.vote.fact) for row in _spoken(work, panel)]
    tally = _tally(node.vote, given, _left(work, node, instance, item.id))
    return _speak(work, node, node.vote, tally)


def _spoken(work: Work, panel: UUID) -> list[Any]:
    return work.tx.rows(_VOICES, case=work.case.id, panel=panel)


def _tally(vote: Vote, voices: Iterable[Any], left: int) -> Tally:
    given = list(voices)
    assent, dissent = given.count(vote.assent), given.count(vote.dissent)
    return Tally(assent, dissent, len(given) - assent - dissent, left)


def _left(work: Work, node: Node, instance: Instance, task_id: UUID) -> int:
    """Return how many are still to speak once the task is over."""
    total, gone = instance.sitting(task_id)
    if node.loop is None or not node.loop.sequential:
        return total - gone - 1
    # Of those who come later some may have been recused meanwhile.
    people = work.case.facts.get(node.members or "") or []
    later = people[gone + 1 : total]
    return sum(1 for person in later if UUID(person) not in work.standing.recused)


def _speak(work: Work, node: Node, vote: Vote, tally: Tally) -> dict[str, Any]:
    """Let the result be the outcome of the step; an earlier one speaks no more."""
    result = vote.result(tally)
    told = {node.id: None if result is None else result.value}
    chain = case_facts.chain_of(work, work.the_task.scope)
    work.case.facts = calls.keep(work.case.facts, chain, {}, told)
    return {
        "rule": vote.rule,
        "result": result,
        "needed": vote.needed(tally.entitled),
        "assent": tally.assent,
        "dissent": tally.dissent,
        "abstained": tally.abstained,
        "left": tally.left,
    }


def without_recused(work: Work, instance: Instance, delta: Delta) -> Delta:
    """Let members leave whose turn has come and who were recused meanwhile."""
    while gone := next(
        (item for item in delta.opened if _is_recused(work, item)), None
    ):
        leave(work, instance, gone)
        facts = case_facts.everywhere(work, work.tx.now)
        then = instance.drop(gone.id, facts, functions=case_facts.functions(work))
        over = {gone.id, *then.closed}
        known = {item.id for item in delta.opened}
        delta = Delta(
            opened=(*(i for i in delta.opened if i.id not in over), *then.opened),
            closed=(*delta.closed, *(over - known)),
            entered=delta.entered + then.entered,
            finished=then.finished,
            facts={**delta.facts, **then.facts},
            noted=delta.noted + then.noted,
            trail=delta.trail + then.trail,
        )
    return delta


def _is_recused(work: Work, item: OpenTask) -> bool:
    if item.panel is None or not work.standing.recused:
        return False
    person = member(work, item)
    return person is not None and person in work.standing.recused


def member(work: Work, item: OpenTask) -> UUID | None:
    """Return whose voice a task of a multi-instance is; None: nobody's by name."""
    node = work.pinned.bundle.node(item.process, item.element)
    if node.members is None or item.index is None:
        return None
    people = work.case.facts.get(node.members) or []
    return UUID(people[item.index]) if item.index < len(people) else None
