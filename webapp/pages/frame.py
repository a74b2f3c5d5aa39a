"""What every page shows around its content: who is signed in, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from engine.commands.halting import DECIDERS
from engine.commands.people import as_actor
from storage.models import Agency, Memo, Task, Unit
from storage.queries.desk import own
from storage.queries.keyset import EXACT
from webapp.auth.current import current_person
from webapp.auth.visibility import SUPERVISORS
from webapp.database import session
from webapp.pages.people import NAMERS


@dataclass(frozen=True, kw_only=True)
class Me:
    """The person signed in, as the top bar shows them."""

    id: object
    name: str
    title: str
    agency: str
    issuer: str
    unit: str | None
    open_tasks: int  #: at most one beyond EXACT
    unread: int  #: memos that were not confirmed yet
    decides: bool  #: may let a case stand still, go on or end
    supervises: bool  #: sees what cases did without
    leads: bool  #: may decide on challenges or on going on without a record


def register(app: Flask) -> None:
    """Tell every template of *app* who is signed in."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {"me": me()}


def me() -> Me | None:
    """Return who is signed in, with the number of tasks that wait; None: nobody."""
    person = current_person()
    if person is None:
        return None
    some = select(Task.id).where(own(person.id)).limit(EXACT + 1).subquery()
    waiting = select(func.count()).select_from(some).scalar_subquery()
    told = (
        select(func.count())
        .select_from(Memo)
        .where(Memo.receiver_id == person.id, Memo.read_at.is_(None))
        .scalar_subquery()
    )
    agency, issuer, unit, count, unread = (
        session()
        .execute(
            select(Agency.name, Agency.issuer, Unit.name, waiting, told)
            .select_from(Agency)
            .outerjoin(Unit, Unit.id == person.unit_id)
            .where(Agency.id == person.agency_id)
        )
        .one()
    )
    return Me(
        id=person.id,
        name=person.name,
        title=person.title,
        agency=agency,
        issuer=issuer,
        unit=unit,
        open_tasks=count,
        unread=unread,
        decides=as_actor(person).holds(*DECIDERS),
        supervises=as_actor(person).holds(*SUPERVISORS),
        leads=as_actor(person).holds(*NAMERS),
    )
