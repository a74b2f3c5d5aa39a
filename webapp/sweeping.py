"""Let deadlines take effect when their instant has passed."""

from __future__ import annotations

from uuid import UUID

from engine.commands import deadlines
from engine.errors import CaseError
from storage.transaction import Transaction
from webapp.clock import now
from webapp.database import session, transaction
from webapp.logs import log

#: So many are looked up at a time.
BATCH = 200


def sweep() -> int:
    """Fire every deadline that is due, one transaction each; returns how many."""
    fired = 0
    tried = set[UUID]()
    while found := _due() - tried:
        tried |= found
        fired += sum(_fire(deadline_id) for deadline_id in found)
    return fired


def _fire(deadline_id: UUID) -> bool:
    """Fire one deadline; a case that cannot move on does not stop the others."""
    try:
        with transaction() as tx:
            deadlines.fire(tx, deadline_id)
    except CaseError as refusal:
        facts = {"deadline_id": str(deadline_id), "code": refusal.code}
        log.warning("deadline_not_fired", extra={"facts": facts})
        return False
    return True


def _due() -> set[UUID]:
    found = set(deadlines.due(Transaction(session(), now()), BATCH))
    session().rollback()
    return found
