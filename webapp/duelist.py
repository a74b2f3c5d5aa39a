"""What runs out, as pages, the API and the command line show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from engine.rules.deadlines import SHANGHAI, is_overdue
from storage.models import Case, Deadline
from storage.queries.keyset import Part, Place
from storage.queries.running_out import count_running_out, running_out
from storage.queries.scope import Scope
from webapp.clock import now

#: The groups, in the order in which they are shown.
GROUPS = ("overdue", "today", "soon", "later")
#: So many days after today belong to *soon*.
SOON = 3
#: Deadlines on one page.
PAGE = 50

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
    session: Session,
    scope: Scope,
    days: int,
    *,
    place: Place | None = None,
    limit: int = PAGE,
) -> Part[Due]:
    """Return a part of what is overdue or ends within *days* legal days."""
    part = running_out(session, scope, _end_of(days), place=place, limit=limit)
    rows = [
        Due(row.Deadline, row.Case, row.party, row.unit, group_of(row.Deadline.due_at))
        for row in part.rows
    ]
    return Part(rows, part.before, part.after)


def counts(session: Session, scope: Scope, days: int) -> dict[str, int]:
    """Return how many each group has within *days*, at most one beyond EXACT."""
    ends = {
        # Its own second is still in time.
        "overdue": now().replace(microsecond=0) - timedelta(microseconds=1),
        "today": _end_of(0),
        "soon": _end_of(SOON),
        "later": _end_of(days),
    }
    found: dict[str, int] = {}
    since: datetime | None = None
    for group, until in ends.items():
        found[group] = count_running_out(session, scope, since, until)
        since = until
    return found


def _end_of(days: int) -> datetime:
    """Return the last second of the legal day that is *days* after today."""
    today = now().astimezone(SHANGHAI).date()
    return datetime.combine(today + timedelta(days=days), _LAST, SHANGHAI)


def group_of(due_at: datetime) -> str:
    """Return in which group a deadline belongs now; its own second is in time."""
    moment = now()
    if is_overdue(due_at, moment):
        return "overdue"
    left = due_at.astimezone(SHANGHAI).date() - moment.astimezone(SHANGHAI).date()
    if not left.days:
        return "today"
    return "soon" if left.days <= SOON else "later"
