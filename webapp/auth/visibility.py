"""Which cases somebody may know of."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from engine.actor import Actor
from engine.errors import NotFound
from storage.models import (
    Assignment,
    Case,
    Cosigner,
    Deadline,
    Document,
    Memo,
    Party,
    Recording,
    Recusal,
    Task,
    Waiver,
)
from storage.queries.scope import Scope
from storage.vocabulary import Post, RecusalStatus

#: Who sees every case of the agency.
AGENCY_WIDE = (
    Post.DEPUTY_HEAD,
    Post.AGENCY_HEAD,
    Post.LEGAL_REVIEWER,
    Post.ARCHIVIST,
    Post.FOOTAGE_CUSTODIAN,
    Post.FINANCE,
    Post.PUBLISHER,
    Post.SUPERVISOR,
)

#: Who supervises: the post itself, and who leads the agency.
SUPERVISORS = (Post.SUPERVISOR, Post.AGENCY_HEAD, Post.DEPUTY_HEAD)

Part = TypeVar(
    "Part",
    Task,
    Document,
    Recording,
    Deadline,
    Waiver,
    Recusal,
    Party,
    Memo,
    Cosigner,
)


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `Case` that holds for what *actor* may see."""
    seen: list[ColumnElement[bool]] = [_takes_part(actor)]
    if actor.holds(*AGENCY_WIDE):
        seen.append(Case.agency_id == actor.agency_id)
    elif actor.unit_id is not None and actor.holds(Post.UNIT_HEAD, Post.OFFICER):
        seen.append(Case.unit_id == actor.unit_id)
    return and_(or_(false(), *seen), ~_is_recused(actor))


def scope_of(actor: Actor) -> Scope:
    """Return whose cases *actor* finds in lists: all of them are visible."""
    if actor.holds(*AGENCY_WIDE):
        return Scope(agencies=(actor.agency_id,), person_id=actor.id)
    unit = actor.unit_id if actor.holds(Post.UNIT_HEAD, Post.OFFICER) else None
    return Scope(unit_id=unit, person_id=actor.id)


def visible_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """Return a case that *actor* may see; raises NotFound, also for a hidden one."""
    case = session.scalar(select(Case).where(Case.id == case_id, visible_cases(actor)))
    if case is None:
        raise NotFound("case", str(case_id))
    return case


def visible_part(session: Session, actor: Actor, kind: type[Part], id_: UUID) -> Part:
    """Return a row of a case that *actor* may see; raises NotFound for others."""
    found = session.scalar(
        select(kind)
        .join(Case, kind.case_id == Case.id)
        .where(kind.id == id_, visible_cases(actor))
    )
    if found is None:
        raise NotFound(kind.__tablename__, str(id_))
    return found


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    """Hold for cases in which *actor* has or had a part, or was told of them."""
    # Aliases: the query around may ask for tasks or challenges itself.
    held, task = aliased(Assignment), aliased(Task)
    memo, cosigner = aliased(Memo), aliased(Cosigner)
    return or_(
        exists().where(held.case_id == Case.id, held.person_id == actor.id),
        exists().where(task.case_id == Case.id, task.assignee_id == actor.id),
        exists().where(memo.case_id == Case.id, memo.receiver_id == actor.id),
        exists().where(cosigner.case_id == Case.id, cosigner.person_id == actor.id),
    )


def _is_recused(actor: Actor) -> ColumnElement[bool]:
    recusal = aliased(Recusal)
    return exists().where(
        recusal.case_id == Case.id,
        recusal.person_id == actor.id,
        recusal.status == RecusalStatus.GRANTED,
    )
