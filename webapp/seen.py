"""What whoever is signed in may see; everything else does not exist for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.commands import facts, gates
from engine.commands.work import LIVE, on_task
from storage.models import Case, Task
from storage.transaction import Transaction
from webapp.auth.current import current_actor
from webapp.auth.visibility import Part, visible_case, visible_part
from webapp.clock import now
from webapp.database import session


def case(case_id: UUID) -> Case:
    """Return a case; raises NotFound when it is none of the reader's business."""
    return visible_case(session(), current_actor(), case_id)


def part(kind: type[Part], id_: UUID) -> Part:
    """Return a task, document, recording … of a case that the reader may see."""
    return visible_part(session(), current_actor(), kind, id_)


def gate(task: Task) -> list[Mapping[str, Any]]:
    """Return the lines of a task's gate as the command would judge them now."""
    if task.status not in LIVE:
        return []
    # Only reading: the session is rolled back at the end of the request.
    work = on_task(Transaction(session(), now()), task.id, None)
    found = gates.verdict(work, facts.view(work, now()))
    return [line.facts() for line in found.lines]
