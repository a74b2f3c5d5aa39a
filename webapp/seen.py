"""What whoever is signed in may see; everything else does not exist for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.commands import facts, gates, times
from engine.commands.errors import Recused
from engine.commands.work import LIVE, on_task
from engine.errors import NotFound
from storage.models import Case, Recusal, Task
from storage.transaction import Transaction
from storage.vocabulary import RecusalStatus
from webapp.auth.current import current_actor
from webapp.auth.visibility import Part, visible_case, visible_part
from webapp.clock import now
from webapp.database import session
from webapp.sittings import sitting


def case(case_id: UUID) -> Case:
    """Return a case; raises NotFound when it is none of the reader's business.

    Who was recused from it is told so, with Recused.
    """
    try:
        return visible_case(session(), current_actor(), case_id)
    except NotFound:
        _tell_the_recused(case_id)
        raise


def part(kind: type[Part], id_: UUID) -> Part:
    """Return a task, document, recording … of a case that the reader may see."""
    try:
        return visible_part(session(), current_actor(), kind, id_)
    except NotFound:
        hidden = session().get(kind, id_)
        if hidden is not None:
            _tell_the_recused(hidden.case_id)
        raise


def _tell_the_recused(case_id: UUID) -> None:
    """Raise Recused if the reader once had to leave the case: that is no secret."""
    number = session().scalar(
        select(Case.number)
        .join(Recusal, Recusal.case_id == Case.id)
        .where(
            Case.id == case_id,
            Recusal.person_id == current_actor().id,
            Recusal.status == RecusalStatus.GRANTED,
        )
    )
    if number is not None:
        raise Recused(number)


def gate(task: Task) -> dict[str, Any]:
    """Return a task's gate as the command would judge it now: its lines, its locks.

    With it comes the sitting of a panel that the step belongs to or comes after.
    """
    if task.status not in LIVE:
        return {"gate": [], "locks": [], "coherence": [], "sitting": None}
    # Only reading: the session is rolled back at the end of the request.
    work = on_task(Transaction(session(), now()), task.id, None)
    found = gates.verdict(work, facts.view(work, now()))
    panel = sitting(work)
    return {
        "sitting": panel and panel.told(),
        "gate": [line.facts() for line in found.lines],
        "locks": [lock.facts() for lock in found.locks],
        "coherence": [each.facts() for each in times.told(work, found)],
    }
