"""Which free slots of a document the reader may fill; asked without locking."""

from __future__ import annotations

from engine.actor import Actor
from engine.commands.errors import NotYours
from engine.commands.pinned import pinned_to
from engine.commands.signing import ANYBODY, OUTSIDE, ROLE_CAPACITY, signatures_of
from engine.commands.standing import standing_in
from engine.commands.work import Work, check_may_act, stands_in_for
from engine.rules.errors import SeparationOfDuties
from storage.models import Case, Document, Task
from storage.transaction import Transaction
from storage.vocabulary import Capacity, CaseStatus, DocumentStatus
from webapp.clock import now
from webapp.database import session

#: In these a case takes signatures; in the others it is at rest.
AWAKE = frozenset({CaseStatus.OPEN, CaseStatus.CLOSED})


def fillable(document: Document, task: Task, case: Case, actor: Actor) -> list[str]:
    """Return the roles in which *actor* may sign, or note that outsiders did.

    The command asks the same again; whether a certificate is valid it asks alone.
    """
    if document.status is not DocumentStatus.PREPARED or case.status not in AWAKE:
        return []
    tx = Transaction(session(), now())
    # Without a task: a signature is judged by the law of the day it is given.
    pinned = pinned_to(session(), case.requirement_set_id)
    work = Work(tx, case, pinned, standing_in(tx, case.id))
    signed = {
        role for role, who, _name in signatures_of(tx, document) if who == actor.id
    }
    return [
        slot["role"]
        for slot in document.signatories
        if slot["role"] not in {*document.signed_by, *signed}
        and _may_fill(work, slot["role"], slot["people"], task, actor)
    ]


def _may_fill(
    work: Work, role: str, people: list[str], task: Task, actor: Actor
) -> bool:
    if role == "agency":
        return _may_act(work, actor, Capacity.HANDLER, Capacity.APPROVER)
    if role in OUTSIDE:
        return _may_act(work, actor, task.capacity or Capacity.HANDLER)
    if role in ANYBODY:
        return True
    if people:
        return str(actor.id) in people
    capacity = ROLE_CAPACITY.get(role) or Capacity(role)
    return _may_act(work, actor, capacity) or _stands_in(work, role, actor)


def _stands_in(work: Work, role: str, actor: Actor) -> bool:
    """Say whether *actor* may sign as a standing deputy."""
    if role in ROLE_CAPACITY:
        return False
    chosen = work.standing.chosen(Capacity(role))
    try:
        return stands_in_for(work, actor, Capacity(role), chosen) is not None
    except (NotYours, SeparationOfDuties):
        return False


def _may_act(work: Work, actor: Actor, *capacities: Capacity) -> bool:
    """Say whether the command would let *actor* act in one of *capacities*."""
    for capacity in capacities:
        try:
            check_may_act(work, actor, capacity)
        except (NotYours, SeparationOfDuties):
            continue
        return True
    return False
