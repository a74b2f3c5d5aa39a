"""Standing deputies (代理): who takes whose place, from when until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require_today
from engine.commands.errors import BadMoment, SelfAppointment
from engine.commands.people import actor_of
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.posts import Reserved
from storage.database import new_id
from storage.models import Agency, Deputy
from storage.transaction import Transaction


@act("deputies.name")
def name(
    tx: Transaction,
    principal_id: UUID,
    deputy_id: UUID,
    since: datetime,
    until: datetime,
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """Let somebody take another's place for a time; nobody lends a power by it.

    Raises:
        NotAllowed: neither for oneself nor in a post that names deputies.
        BadMoment: it would begin in the past, or end before it begins.
        SelfAppointment: somebody would be their own deputy, or name themselves.
    """
    if actor.id != principal_id:
        require_today(tx, actor, "deputies.name", Reserved.DEPUTY)
    if deputy_id in {principal_id, actor.id}:
        raise SelfAppointment("deputies.name")
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    began = tx.now.replace(second=0, microsecond=0)
    if since < began:
        raise BadMoment("since", since, began, until)
    if until <= since:
        raise BadMoment("until", until, since, until)
    _lock(tx, actor)
    principal, deputy = (_of(tx, actor, one) for one in (principal_id, deputy_id))
    if principal.posts.isdisjoint(deputy.posts):
        raise Invalid({"deputy_id": ["no_common_post"]})
    if _overlapping(tx, principal_id, since, until):
        raise Invalid({"since": ["has_deputy"]})
    row = Deputy(
        id=new_id(),
        agency_id=actor.agency_id,
        principal_id=principal_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
        reason=reason.strip(),
        named_by_id=actor.id,
        named_at=tx.now,
    )
    tx.add(row)
    return _log(tx, EventTag.DEPUTY_NAMED, row, actor, row.reason)


@act("deputies.end")
def end(tx: Transaction, deputy_id: UUID, reason: str, *, actor: Actor) -> Result:
    """End a deputyship before its time; what was done in it stands."""
    _lock(tx, actor)
    row = tx.session.get(Deputy, deputy_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFound("deputy", str(deputy_id))
    if actor.id not in {row.principal_id, row.deputy_id}:
        require_today(tx, actor, "deputies.end", Reserved.DEPUTY)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if row.until <= tx.now:
        raise Invalid({"deputy_id": ["already_ended"]})
    row.until = max(row.since, tx.now)
    return _log(tx, EventTag.DEPUTY_ENDED, row, actor, reason.strip())


def _lock(tx: Transaction, actor: Actor) -> None:
    """Let deputies of one agency be named one after the other."""
    tx.session.scalar(
        select(Agency.id).where(Agency.id == actor.agency_id).with_for_update()
    )


def _of(tx: Transaction, actor: Actor, person_id: UUID) -> Actor:
    found = actor_of(tx.session, person_id)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound("person", str(person_id))
    return found


def _overlapping(
    tx: Transaction, principal_id: UUID, since: datetime, until: datetime
) -> bool:
    found = tx.session.scalar(
        select(Deputy.id).where(
            Deputy.principal_id == principal_id,
            Deputy.since < until,
            Deputy.until > since,
        )
    )
    return found is not None


def _log(
    tx: Transaction, tag: EventTag, row: Deputy, actor: Actor, reason: str
) -> Result:
    result: dict[str, Any] = {"deputy_id": str(row.id)}
    tx.log_apart(
        tag,
        row.agency_id,
        by=actor.id,
        subject=row.id,
        facts={
            "person": row.principal_id,
            "to": row.deputy_id,
            "since": row.since,
            "until": row.until,
            "reason": reason,
        },
        result=result,
    )
    return result
