"""Which deadlines have run out, or will soon."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Case, Deadline, Unit
from storage.queries import keyset
from storage.queries.desk import principal
from storage.queries.keyset import Keys, Order, Part, Place
from storage.queries.line import Line
from storage.queries.scope import Scope
from storage.vocabulary import DeadlineStatus

#: The first to end first.
SOONEST = Order((Deadline.due_at, Deadline.id))

_UNMET = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE)


def running_out(
    session: Session,
    scope: Scope,
    until: datetime,
    *,
    place: Place | None = None,
    limit: int,
) -> Part[Line]:
    """Return a part of what is overdue or ends by *until*, the first to end first.

    Columns: Deadline, Case, party, unit. Of what is not met yet.
    """
    keys = keyset.part(_ranges(scope, None, until), SOONEST, place, limit + 1)
    rows = session.execute(
        select(Deadline, Case, principal(), Unit.name.label("unit"))
        .join(keys, Deadline.id == keys.c.id)
        .join(Case, Deadline.case_id == Case.id)
        .outerjoin(Unit, Case.unit_id == Unit.id)
        .order_by(*keyset.sorted_by(keys, SOONEST, place))
    ).all()
    return keyset.cut(rows, SOONEST, place, limit, lambda row: row.Deadline)


def count_running_out(
    session: Session, scope: Scope, since: datetime | None, until: datetime
) -> int:
    """Return how many end after *since* and by *until*, at most one beyond EXACT."""
    return keyset.count(session, _ranges(scope, since, until), SOONEST)


def _ranges(scope: Scope, since: datetime | None, until: datetime) -> list[Keys]:
    later = () if since is None else (Deadline.due_at > since,)
    return [
        select(Deadline.due_at, Deadline.id)
        .join(Case, Deadline.case_id == Case.id)
        .where(
            whose,
            Deadline.status == status,
            Deadline.due_at <= until,
            *later,
            scope.unbarred(),
        )
        for whose in scope.ranges(Deadline)
        for status in _UNMET
    ]
