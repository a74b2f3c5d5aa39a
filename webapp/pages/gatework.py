"""Gates as pages show them: asked without locking, for one step or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.bpmn.errors import ExpressionFailed
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Guard
from engine.commands import facts as case_facts
from engine.commands import gates
from engine.commands.pinned import pinned_to
from engine.commands.standing import Standing, standing_in
from engine.commands.work import Work
from engine.rules.gates import (
    Judged,
    Line,
    LineState,
    RecordFact,
    Verdict,
    Waived,
    evaluate,
)
from storage.models import Case, Task
from storage.queries import desk
from storage.transaction import Transaction
from storage.vocabulary import RecordForm
from webapp.clock import now
from webapp.database import session

#: A case of which nobody asks who acts in it.
NOBODY = Standing((), frozenset())
#: Lines in these count as done with; an optional record is not counted at all.
_DONE = frozenset({LineState.SATISFIED, LineState.WAIVED, LineState.OWED})


@dataclass(frozen=True)
class Progress:
    """How far the records of one step have come."""

    verdict: Verdict

    @property
    def needed(self) -> int:
        """How many records the step asks for."""
        return sum(line.state is not LineState.OPTIONAL for line in self.verdict.lines)

    @property
    def met(self) -> int:
        """How many of them are there, waived, or lawfully owed."""
        blocking = self.verdict.blocking
        return sum(
            line.state in _DONE and line not in blocking for line in self.verdict.lines
        )


@dataclass
class _Records:
    """What the gates of one case look at."""

    facts: list[RecordFact] = field(default_factory=list)
    judged: dict[UUID, list[Judged]] = field(default_factory=lambda: defaultdict(list))
    waived: list[Waived] = field(default_factory=list)


def work_on(task: Task, case: Case) -> Work:
    """Return a step with its law, for reading only: nothing is locked."""
    tx = Transaction(session(), now())
    return _work(tx, task, case, standing_in(tx, case.id))


def _work(tx: Transaction, task: Task, case: Case, held: Standing) -> Work:
    pinned = pinned_to(session(), case.requirement_set_id)
    return Work(tx, case, pinned, held, task)


def progress(pairs: Iterable[tuple[Task, Case]]) -> dict[UUID, Progress]:
    """Return how far each step has come, in a fixed number of statements."""
    steps = list(pairs)
    records = _records({case.id for _, case in steps})
    tx = Transaction(session(), now())
    found: dict[UUID, Progress] = {}
    for task, case in steps:
        # Who holds what is asked by guards, not by gates.
        work = _work(tx, task, case, NOBODY)
        kept = records[case.id]
        facts = facts_with(work, {}, None)
        found[task.id] = Progress(
            evaluate(
                (
                    *gates.asked(work, facts),
                    *gates.work_records(work, facts, kept.waived),
                ),
                task_id=task.id,
                scope=task.scope,
                records=kept.facts,
                judgements=kept.judged[task.id],
                waivers=kept.waived,
                now=now(),
                checkpoint=gates.at_checkpoint(work, case_facts.view(work, now())),
                deposits=gates.waits_for_deposits(work),
                outer=frozenset({""}),
                remedies=gates.remedies(work),
            )
        )
    return found


def facts_with(
    work: Work, values: Mapping[str, Any], outcome: str | None
) -> dict[str, Any]:
    """Return the facts as they would be if the step ended so.

    What an earlier visit answered does not count: it is asked again.
    """
    facts = case_facts.view(work, now())
    task = work.the_task
    facts |= {asked.fact: values.get(asked.fact) for asked in work.node.inputs}
    facts["outcome"] = {**facts["outcome"], task.element: outcome}
    if task.subject is not None:
        known = facts["subject"].get(task.subject, {})
        facts["subject"] = {**facts["subject"], task.subject: {**known, **values}}
    return facts


def verdict_if(work: Work, values: Mapping[str, Any], outcome: str | None) -> Verdict:
    """Return what the gate would say if the step ended so."""
    return gates.verdict(work, facts_with(work, values, outcome))


def broken_guards(
    work: Work, values: Mapping[str, Any], outcome: str | None
) -> tuple[Guard, ...]:
    """Return the legal preconditions that would not hold if the step ended so."""
    facts = facts_with(work, values, outcome)
    calls = case_facts.functions(work)
    return tuple(
        guard for guard in work.node.guards if not _holds(guard.require, facts, calls)
    )


def _holds(require: str, facts: Mapping[str, Any], calls: Mapping[str, Any]) -> bool:
    try:
        return bool(compile_expression(require)(facts, calls))
    except ExpressionFailed:
        return True  # what it compares is not answered yet; the command will ask


def merged(verdicts: Iterable[Verdict]) -> list[Line]:
    """Return each line once, in order, over several possible ends of a step."""
    lines: dict[tuple[str, tuple[UUID, ...]], Line] = {}
    for verdict in verdicts:
        for line in verdict.lines:
            lines.setdefault((line.requirement.key, line.records), line)
    return list(lines.values())


def _records(cases: set[UUID]) -> dict[UUID, _Records]:
    kept: dict[UUID, _Records] = defaultdict(_Records)
    documents, recordings, judgements, waivers = desk.gate_rows(session(), cases)
    for document in documents:
        kept[document.case_id].facts.append(
            RecordFact(
                id=document.id,
                form=RecordForm.DOCUMENT,
                code=document.code,
                task_id=document.task_id,
                scope=document.scope,
                status=document.status.value,
                signed_by=frozenset(document.signed_by),
                deposited=True,
            )
        )
    for recording in recordings:
        kept[recording.case_id].facts.append(
            RecordFact(
                id=recording.id,
                form=RecordForm.RECORDING,
                code=recording.medium.value,
                task_id=recording.task_id,
                scope=recording.scope,
                status=recording.status.value,
                started_at=recording.started_at,
                ended_at=recording.ended_at,
                deposited=recording.deposited_at is not None,
                due_at=recording.deposit_due_at,
            )
        )
    for judged in judgements:
        kept[judged.case_id].judged[judged.task_id].append(
            Judged(judged.requirement, needed=judged.needed, reason=judged.reason)
        )
    for waiver in waivers:
        kept[waiver.case_id].waived.append(
            Waived(
                waiver.requirement,
                waiver.status,
                waiver.task_id,
                waiver.ground,
                after=waiver.after,
            )
        )
    return kept
