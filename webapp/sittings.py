"""The sittings of panels as pages and the API show them: who has spoken, what for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import Node
from engine.commands.work import LIVE, Work
from engine.rules.votes import Tally
from storage.models import Task
from storage.vocabulary import TaskStatus
from webapp.database import session


@dataclass(frozen=True)
class Sitting:
    """One sitting of a panel: its voices, and what they come to."""

    node: Node
    voices: Sequence[Task]  #: in the order of the members
    tally: Tally
    result: str | None  #: none: it is open, or the step is no vote
    recused: Sequence[UUID]  #: members who may not speak here

    @property
    def over(self) -> bool:
        """Say whether nobody is waited for; before, nobody sees another's voice."""
        return not any(task.status in LIVE for task in self.voices)

    @property
    def needed(self) -> int | None:
        """Return how many must assent; none: the step is no vote."""
        vote = self.node.vote
        return None if vote is None else vote.needed(self.tally.entitled)

    @property
    def spoken(self) -> list[Task]:
        """Return the voices that were given."""
        return [task for task in self.voices if task.status is TaskStatus.DONE]

    @property
    def waiting(self) -> list[Task]:
        """Return the voices that are waited for now."""
        return [task for task in self.voices if task.status in LIVE]

    @property
    def absent(self) -> list[Task]:
        """Return the members who left without a voice."""
        return [
            task
            for task in self.voices
            if task.status is TaskStatus.CANCELLED and task.opinion
        ]

    def told(self) -> dict[str, Any]:
        """Return it as JSON; the voices stay untold until the sitting is over."""
        vote, tally = self.node.vote, self.tally
        told: dict[str, Any] = {
            "element": self.node.id,
            "rule": None if vote is None else vote.rule.value,
            "share": None if vote is None or vote.share is None else str(vote.share),
            "entitled": tally.entitled,
            "spoken": tally.voted,
            "needed": self.needed,
            "over": self.over,
            "result": self.result,
        }
        if self.over and vote is not None:
            told["assent"], told["dissent"] = tally.assent, tally.dissent
            told["abstained"] = tally.abstained
        return told


def sitting(work: Work) -> Sitting | None:
    """Return the newest sitting that a step belongs to, or comes after in its call."""
    task = work.the_task
    query = select(Task).where(
        Task.case_id == task.case_id,
        Task.process == task.process,
        Task.scope == task.scope,
        Task.panel_id.is_not(None),
        Task.undone_at.is_(None),
    )
    rows = session().scalars(query.order_by(Task.opened_at, Task.member_index)).all()
    panel = task.panel_id or (rows[-1].panel_id if rows else None)
    voices = [row for row in rows if row.panel_id == panel]
    return None if panel is None or not voices else _made(work, voices)


def _made(work: Work, rows: Sequence[Task]) -> Sitting:
    node = work.pinned.bundle.node(rows[0].process, rows[0].element)
    newest: dict[int | None, Task] = {}
    for row in sorted(rows, key=lambda each: (each.opened_at, each.status in LIVE)):
        newest[row.member_index] = row
    voices = sorted(newest.values(), key=lambda each: each.member_index or 0)
    vote = node.vote
    tally = _tally(node, voices, _left(work, node, voices))
    live = any(row.status in LIVE for row in voices)
    result = None if vote is None or live else vote.result(tally)
    away = [row.assignee_id for row in voices if row.status is TaskStatus.CANCELLED]
    recused = [who for who in away if who is not None and who in work.standing.recused]
    return Sitting(node, voices, tally, result, recused)


def _left(work: Work, node: Node, voices: Sequence[Task]) -> int:
    """Return how many have not spoken: waited for, to come, or spared by the result."""
    live = [row for row in voices if row.status in LIVE]
    spared: list[Task] = []
    if node.vote is not None and node.vote.early and not live:
        gone = [row for row in voices if row.status is TaskStatus.CANCELLED]
        recused = work.standing.recused
        spared = [r for r in gone if not r.opinion and r.assignee_id not in recused]
    later = 0
    if node.loop is not None and node.loop.sequential and (live or node.vote):
        people = work.case.facts.get(node.members or "") or []
        last = max(row.member_index or 0 for row in voices)
        away = {str(person) for person in work.standing.recused}
        later = sum(1 for person in people[last + 1 :] if person not in away)
    return len(live) + len(spared) + later


def _tally(node: Node, voices: Sequence[Task], left: int) -> Tally:
    given = [
        row.inputs.get(node.vote.fact) if node.vote is not None else None
        for row in voices
        if row.status is TaskStatus.DONE
    ]
    if node.vote is None:
        return Tally(abstained=len(given), left=left)
    assent = given.count(node.vote.assent)
    dissent = given.count(node.vote.dissent)
    return Tally(assent, dissent, len(given) - assent - dissent, left)
