"""Which deadlines have run out, or will soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.models import Case, Deadline, Unit
from storage.queries.desk import principal
from storage.queries.line import Line
from storage.vocabulary import DeadlineStatus


def running_out(
    session: Session,
    visible: ColumnElement[bool],
    until: datetime,
    limit: int,
) -> Sequence[Line]:
    """Return what is overdue or ends by *until*, the first to end first.

    Columns: Deadline, Case, party, unit. Of what is not met yet, in the cases for
    which *visible* holds.
    """
    return session.execute(
        select(Deadline, Case, principal(), Unit.name.label("unit"))
        .join(Case, Deadline.case_id == Case.id)
        .outerjoin(Unit, Case.unit_id == Unit.id)
        .where(
            Deadline.status.in_([DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE]),
            Deadline.due_at <= until,
            visible,
        )
        .order_by(Deadline.due_at, Deadline.id)
        .limit(limit)
    ).all()
