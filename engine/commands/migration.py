"""Carry a running case over to another published version of its process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require, require_today
from engine.commands.definitions import newest_set
from engine.commands.outlook import drawn_codes, outlook
from engine.commands.pinned import Pinned, pinned_to
from engine.commands.returning import trails_of
from engine.commands.shown import as_shown, moves_on
from engine.commands.work import LIVE, Work, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import calls
from engine.rules.posts import Reserved
from engine.runtime import past
from engine.runtime.errors import MoveUnsafe
from engine.runtime.history import pack
from engine.runtime.instance import Instance
from engine.runtime.migration import Obstacle, Plan, move
from storage.models import Deadline, Task
from storage.transaction import Transaction
from storage.vocabulary import TaskKind


@dataclass(frozen=True, kw_only=True)
class Order:
    """Where cases are to be carried, and why."""

    requirement_set: UUID
    reason: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    try_only: bool = False
    migration_id: UUID | None = None  #: the order for many cases that this is part of


@act("cases.migrate")
def migrate(  # what may be said of a migration
    tx: Transaction,
    case_id: UUID,
    reason: str,
    renamed: Mapping[str, str] | None = None,
    try_only: bool = False,  # noqa: FBT001, FBT002  # a parameter of the act
    to: int | None = None,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Pin a case to a version of its process and its rules, and carry it over.

    Tasks keep their ids, claims, drafts and members; deadlines, documents, recordings
    and assignments are not touched. What a step that is already done would need under
    the new rules is named in the answer and the event, and is not asked for again.

    Args:
        tx: the transaction.
        case_id: the case.
        reason: why; kept in the chain of the case.
        renamed: ``process:element`` of the old version → element of the new one.
        try_only: nothing changes, and the answer says what would.
        to: the number of the version; the newest that takes new cases when not given.
        version: of the case, as it was shown.
        actor: who decides.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
        MoveUnsafe: something would be lost, doubled or changed under somebody's hands.
    """
    work = on_case(tx, case_id, actor)
    require(work, actor, "cases.migrate", Reserved.MIGRATION)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    as_shown(work, version)
    issuer = work.pinned.issuer.issuer
    target = newest_set(tx, work.case.process_key, issuer, to)
    if target is None:
        raise NotFound("process", work.case.process_key)
    order = Order(
        requirement_set=target.id,
        reason=reason.strip(),
        renamed=dict(renamed or {}),
        try_only=try_only,
    )
    return carry(work, order, by=actor.id)


def require_migrator(tx: Transaction, actor: Actor, name: str) -> None:
    """Refuse who holds no post that migrates cases today; raises NotAllowed."""
    require_today(tx, actor, name, Reserved.MIGRATION)


def carry(work: Work, order: Order, *, by: UUID | None) -> Result:
    """Carry a locked case over; raises MoveUnsafe, and nothing has changed."""
    case, old = work.case, work.pinned
    new = pinned_to(work.tx.session, order.requirement_set)
    plan = Plan(new.bundle, renamings(order.renamed))
    found = outlook(work, new, plan)
    if found.obstacles:
        raise MoveUnsafe([_named(old, each) for each in found.obstacles])
    answer: dict[str, Any] = {
        "from": old.version,
        "to": new.version,
        "requirement_set": str(new.id),
        "newly_asked": list(found.newly_asked),
        "not_timed": list(found.not_timed),
        "moved": new.id != old.id and not order.try_only,
    }
    if not answer["moved"]:
        return answer
    moved = move(work.instance, plan)
    _carry_past(work, plan)
    _redraw(work, moved, new)
    case.requirement_set_id = new.id
    case.state = moved.save()
    moves_on(work)
    work.tx.log(
        EventTag.CASE_MIGRATED,
        case,
        by=by,
        subject=order.migration_id,
        facts={
            **answer,
            "replaced": str(old.id),
            "reason": order.reason,
            "renamed": dict(order.renamed),
        },
        result=answer,
    )
    return answer


def _named(old: Pinned, found: Obstacle) -> dict[str, str]:
    """Return an obstacle with the name of its step as it was drawn."""
    model = old.bundle.models.get(found.process)
    node = model.nodes.get(found.element) if model is not None else None
    return {**found.facts(), "name": node.name if node is not None else ""}


def renamings(given: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return which element of which process gets which name; raises Invalid."""
    found = {}
    for place, element in given.items():
        process, colon, old = place.partition(":")
        if not colon or not isinstance(element, str):
            raise Invalid({"renamed": ["not_of_type"]})
        found[process, old] = element
    return found


def _carry_past(work: Work, plan: Plan) -> None:
    """Let what was done be known under the names of the new version."""
    if not plan.renamed:
        return
    case, tx = work.case, work.tx
    trails = trails_of(work)
    for task in trails.tasks.values():
        held = [
            e
            for e, at in zip(trails.events, trails.holders, strict=True)
            if at == task.id
        ]
        if held:
            task.trail = pack(past.renamed(held, plan), trails.orders[task.id])
        task.element = plan.element(task.process, task.element)
        task.path = "/".join(_path(work, task.path, plan))
    renamed_ids = {old: new for (_, old), new in plan.renamed.items()}
    case.facts = calls.rename_outcomes(case.facts, renamed_ids)
    for (process, element), new in plan.renamed.items():
        tx.session.execute(
            update(Deadline)
            .where(
                Deadline.case_id == case.id,
                Deadline.origin == f"{process}/{element}",
            )
            .values(origin=f"{process}/{new}")
        )
    for old_code, code in drawn_codes(plan).items():
        tx.session.execute(
            update(Deadline)
            .where(Deadline.case_id == case.id, Deadline.code == old_code)
            .values(code=code)
        )


def _path(work: Work, path: str, plan: Plan) -> list[str]:
    """Return the calls around a task in the names of the new version."""
    found, process = [], work.pinned.bundle.root
    for call in path.split("/") if path else ():
        found.append(plan.element(process, call))
        process = work.pinned.bundle.node(process, call).called or ""
    return found


def _redraw(work: Work, moved: Instance, new: Pinned) -> None:
    """Let the rows of open tasks say what the new version calls their steps."""
    rows = work.tx.session.scalars(
        select(Task).where(Task.case_id == work.case.id, Task.status.in_(LIVE))
    )
    standing = {item.id: item for item in moved.open_tasks()}
    for row in rows:
        item = standing[row.id]
        node = new.bundle.node(item.process, item.element)
        row.element, row.name, row.activity = item.element, node.name, node.activity
        row.path = "/".join(item.path)
        if item.kind is not TaskKind.TIMER:
            row.capacity = node.capacity
        row.version += 1
