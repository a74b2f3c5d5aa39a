"""What the law asks at one step of one case: why, since when, who can waive it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.bpmn.errors import ExpressionFailed
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Node
from engine.commands import facts as case_facts
from engine.commands import gates
from engine.commands.pinned import pinned_to
from engine.commands.standing import standing_in
from engine.commands.work import LIVE, Work
from engine.errors import NotFound
from engine.rules.explain import Statement, at_step, decisions
from engine.rules.gates import Line
from engine.rules.jurisdiction import Ruleset
from engine.rules.requirements import Requirement
from storage.models import Case, Task
from storage.transaction import Transaction
from webapp import rulebook
from webapp.clock import now
from webapp.database import session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One record that may be asked for, whether it is, and where it stands."""

    requirement: Requirement
    since: tuple[date, ...]  #: of each entry behind it; empty: the diagram alone
    holds: bool | None  #: whether its condition holds; None: not known yet
    line: Line | None  #: what the gate says of it; None: the step is not open


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One step of one case with the rules that the case is pinned to."""

    case: Case
    node: Node
    task: Task | None  #: the visit; None: the case is not there
    rules: Ruleset
    asked: tuple[Asked, ...]
    said: tuple[Statement, ...]  #: what else is said about the activity
    decisions: tuple[Statement, ...]  #: who may decide what no step does
    points: dict[str, Any]

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, clauses verbatim."""
        activity = self.node.activity or ""
        return {
            **rulebook.explanation(self.rules, activity),
            "case_id": str(self.case.id),
            "case_number": self.case.number,
            "step": self.node.id,
            "records": [self._record(each) for each in self.asked],
        }

    def _record(self, each: Asked) -> dict[str, Any]:
        told = rulebook.demand(each.requirement, each.since)
        return {
            **told,
            "holds": each.holds,
            "state": each.line.state.value if each.line else None,
        }


def of_task(task: Task, case: Case) -> Explained:
    """Explain the step that a task visits; its gate is asked while it is live."""
    work = _work(case, task)
    return _explained(work, work.node, task)


def of_steps(case: Case, wanted: str | None) -> Iterator[Explained]:
    """Explain the live steps of a case, or all its steps that are called *wanted*.

    A step is called by the id of its element or by its activity. Raises NotFound
    when the case's diagrams have no such step.
    """
    live = {
        (task.process, task.element): task
        for task in session()
        .query(Task)
        .where(Task.case_id == case.id, Task.status.in_(LIVE))
    }
    if wanted is None:
        for task in live.values():
            yield of_task(task, case)
        return
    work = _work(case, None)
    nodes = [
        node
        for model in work.pinned.bundle.models.values()
        for node in model.nodes.values()
        if wanted in {node.id, node.activity}
    ]
    if not nodes:
        raise NotFound("step", wanted)
    for node in nodes:
        visit = live.get((node.process, node.id))
        yield of_task(visit, case) if visit else _explained(work, node, None)


def _work(case: Case, task: Task | None) -> Work:
    tx = Transaction(session(), now())
    held = standing_in(tx, case.id)
    pinned = pinned_to(session(), case.requirement_set_id)
    return Work(tx, case, pinned, held, task)


def _explained(work: Work, node: Node, task: Task | None) -> Explained:
    moment = task.opened_at if task is not None else work.tx.now
    rules = work.pinned.rules(moment)
    lines = _lines(work) if task is not None and task.status in LIVE else {}
    said = at_step(rules, node.activity) if node.activity else ()
    return Explained(
        case=work.case,
        node=node,
        task=task,
        rules=rules,
        asked=tuple(
            Asked(
                requirement=each,
                since=tuple(rulebook.since_of(rules, node.activity or "", each)),
                holds=_holds(work, each, moment),
                line=lines.get(each.key),
            )
            for each in work.pinned.requirements(node, moment)
        ),
        said=tuple(each for each in said if each.kind not in {"record", "waiver"}),
        decisions=decisions(rules),
        points=rulebook.points_about(clause for each in said for clause in each.cites),
    )


def _lines(work: Work) -> dict[str, Line]:
    found = gates.verdict(work, case_facts.view(work, now()))
    return {line.requirement.key: line for line in found.lines}


def _holds(work: Work, asked: Requirement, moment: datetime) -> bool | None:
    if asked.when is None:
        return True
    facts = case_facts.view(work, moment)
    try:
        found = compile_expression(asked.when)(facts, case_facts.functions(work))
    except ExpressionFailed:
        return None  # what it compares is not known yet
    return bool(found)


def case_called(number: str) -> Case:
    """Return the case of that number; raises NotFound."""
    case = session().query(Case).where(Case.number == number).one_or_none()
    if case is None:
        raise NotFound("case", number)
    return case
