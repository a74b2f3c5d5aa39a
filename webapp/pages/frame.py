"""What every page shows around its content: who is signed in, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from engine.commands.deciding import newest_set_of
from engine.commands.people import as_actor
from engine.rules.posts import Reserved
from storage.models import Agency, Memo, Person, Task, Unit
from storage.queries.desk import own
from storage.queries.keyset import EXACT
from storage.vocabulary import Post
from webapp.auth.current import current_person
from webapp.auth.visibility import SUPERVISORS
from webapp.database import session
from webapp.deciding import keep, may_any, rules_today

#: What is decided on the page of what waits for a decision, beside waivers.
_CHALLENGES = (Reserved.RECUSAL, Reserved.COMMITTEE_RECUSAL, Reserved.HEAD_RECUSAL)


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
    supervises: bool  #: sees what cases did without
    decides: bool  #: may decide on challenges or on going on without a record


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
    agency, issuer, unit, count, unread, newest = (
        session()
        .execute(
            select(
                Agency.name,
                Agency.issuer,
                Unit.name,
                waiting,
                told,
                newest_set_of(person.agency_id).scalar_subquery(),
            )
            .select_from(Agency)
            .outerjoin(Unit, Unit.id == person.unit_id)
            .where(Agency.id == person.agency_id)
        )
        .one()
    )
    keep(newest)
    return Me(
        id=person.id,
        name=person.name,
        title=person.title,
        agency=agency,
        issuer=issuer,
        unit=unit,
        open_tasks=count,
        unread=unread,
        supervises=as_actor(person).holds(*SUPERVISORS),
        decides=may_any(*_CHALLENGES) or _waives(person),
    )


def _waives(person: Person) -> bool:
    """Say whether the rules of the day ask the person for leave of some kind."""
    rules = rules_today()
    entries = rules.waivers if rules is not None else ()
    asked = {Post(post) for entry in entries for post in entry.rule.approvers}
    return as_actor(person).holds(*asked)
