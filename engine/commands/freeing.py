"""Steps for which nobody stands any more: whoever may take them finds them again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from engine.commands.work import LIVE
from storage.models import Task
from storage.transaction import Transaction


def look_again(tx: Transaction, case_id: UUID) -> None:
    """Let a case's live steps be looked for by post: somebody gave up a capacity."""
    tx.session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.status.in_(LIVE), Task.held)
        .values(held=False)
    )
