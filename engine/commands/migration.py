"""Carry running cases over to the newest published version of their process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.definitions import newest_set
from engine.commands.errors import NotAllowed
from engine.commands.pinned import Pinned, pinned_to
from engine.commands.work import LIVE, Work, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.runtime.instance import Instance
from engine.runtime.migration import Plan, move
from storage.models import Task
from storage.transaction import Transaction
from storage.vocabulary import Level, Post, TaskKind

#: Who may carry a running case over to another version.
MIGRATORS = (Post.PROCESS_DESIGNER, Post.ADMINISTRATOR)


@act("cases.migrate")
def migrate(
    tx: Transaction,
    case_id: UUID,
    reason: str,
    renamed: Mapping[str, str] | None = None,
    try_only: bool = False,  # noqa: FBT001, FBT002  # a parameter of the act
    *,
    actor: Actor,
) -> Result:
    """Pin a case to the newest version of its process and rules, and carry it over.

    Tasks keep their ids, claims and members; deadlines, documents, recordings and
    assignments are not touched. What a step that is already done would need under the
    new rules is named in the answer and the event, and is not asked for again.

    With *renamed*, ``process:element`` of the old version becomes an element of the
    new one; with *try_only* nothing changes and the answer says what would.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
        MoveUnsafe: a token would be lost, doubled or changed under somebody's hands.
    """
    if not actor.holds(*MIGRATORS):
        raise NotAllowed("cases.migrate", [post.value for post in MIGRATORS])
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    work = on_case(tx, case_id, actor)
    case, old = work.case, work.pinned
    target = newest_set(tx, case.process_key, old.issuer.issuer)
    if target is None:
        raise NotFound("process", case.process_key)
    new = pinned_to(tx.session, target.id)
    moved = move(work.instance, Plan(new.bundle, _renamed(renamed or {})))
    answer: dict[str, Any] = {
        "from": old.version,
        "to": new.version,
        "requirement_set": str(new.id),
        "newly_asked": _newly_asked(work, moved, new),
        "moved": new.id != old.id and not try_only,
    }
    if not answer["moved"]:
        return answer
    _redraw(tx, case.id, moved, new)
    case.requirement_set_id = new.id
    case.state = moved.save()
    case.lock_version += 1
    tx.log(
        EventTag.CASE_MIGRATED,
        case,
        by=actor.id,
        facts={
            **answer,
            "replaced": str(old.id),
            "reason": reason.strip(),
            "renamed": dict(renamed or {}),
        },
        result=answer,
    )
    return answer


def _renamed(given: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found = {}
    for place, element in given.items():
        process, colon, old = place.partition(":")
        if not colon or not isinstance(element, str):
            raise Invalid({"renamed": ["not_of_type"]})
        found[process, old] = element
    return found


def _newly_asked(work: Work, moved: Instance, new: Pinned) -> list[str]:
    """Return the records that steps already done would need under the new rules."""
    found = []
    reached = moved.reached()
    for (path, element), state in sorted(moved.states().items()):
        process = reached.get(path)
        if state != "done" or process is None:
            continue
        node = new.bundle.node(process, element)
        before = work.pinned.bundle.models.get(process)
        known = before.nodes.get(element) if before is not None else None
        asked = set()
        if known is not None:
            asked = {r.key for r in work.pinned.requirements(known, work.tx.now)}
        found += [
            f"{process}:{element} {record.key}"
            for record in new.requirements(node, work.tx.now)
            if record.level is Level.MANDATORY and record.key not in asked
        ]
    return found


def _redraw(tx: Transaction, case_id: UUID, moved: Instance, new: Pinned) -> None:
    """Let the rows of open tasks say what the new version calls their steps."""
    rows = tx.session.scalars(
        select(Task).where(Task.case_id == case_id, Task.status.in_(LIVE))
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
