"""What runs out, as pages, the API and the command line show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from engine.rules.deadlines import SHANGHAI, is_overdue
from storage.models import Case, Deadline
from storage.queries.running_out import running_out
from webapp.clock import now

#: The groups, in the order in which they are shown.
GROUPS = ("overdue", "today", "soon", "later")
#: So many days after today belong to *soon*.
SOON = 3
#: So many are listed at most; more is a sign of another trouble.
MOST = 500

_LAST = time(23, 59, 59)


@dataclass(frozen=True)
class Due:
    """One deadline that has run out or will."""

    deadline: Deadline
    case: Case
    party: str | None
    unit: str | None
    group: str  #: overdue, today, soon or later

    @property
    def id(self) -> UUID:
        """The deadline's."""
        return self.deadline.id


def due_within(
    session: Session, visible: ColumnElement[bool], days: int
) -> Sequence[Due]:
    """Return what is overdue or ends within *days* legal days, the first first."""
    today = now().astimezone(SHANGHAI).date()
    until = datetime.combine(today + timedelta(days=days), _LAST, SHANGHAI)
    rows = running_out(session, visible, until, MOST)
    return [
        Due(row.Deadline, row.Case, row.party, row.unit, group_of(row.Deadline.due_at))
        for row in rows
    ]


def group_of(due_at: datetime) -> str:
    """Return in which group a deadline belongs now; its own second is in time."""
    moment = now()
    if is_overdue(due_at, moment):
        return "overdue"
    left = due_at.astimezone(SHANGHAI).date() - moment.astimezone(SHANGHAI).date()
    if not left.days:
        return "today"
    return "soon" if left.days <= SOON else "later"
