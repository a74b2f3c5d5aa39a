"""Records that cases did without, as whoever supervises looks at them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.models import Case, Person, Task, Unit, Waiver
from storage.queries import keyset
from storage.queries.desk import principal
from storage.queries.keyset import Keys, Order, Part, Place
from storage.queries.line import Line
from storage.queries.scope import Scope
from storage.vocabulary import WaiverStatus

#: Waivers on one page.
PAGE = 30
#: The newest first.
NEWEST = Order((Waiver.requested_at, Waiver.id), descending=True)
#: So many at most are given out in one file.
MOST = 10_000


class Which(StrEnum):
    """Which waivers are looked at."""

    UNREVIEWED = "unreviewed"  #: the rules name nobody who would have to agree
    PENDING = "pending"  #: somebody has yet to agree
    GRANTED = "granted"
    REFUSED = "refused"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the list is narrowed to; None: not narrowed."""

    which: Which = Which.UNREVIEWED
    ground: str | None = None
    unit_id: uuid.UUID | None = None
    since: datetime | None = None  #: asked for at this instant or later
    until: datetime | None = None  #: asked for before this instant


def find(
    session: Session,
    scope: Scope,
    chosen: Filter,
    *,
    place: Place | None = None,
    limit: int,
) -> Part[Line]:
    """Return a part of the waivers, the newest first.

    Columns: Waiver, Task, Case, name (who asked), unit, party.
    """
    keys = keyset.part(_ranges(scope, chosen), NEWEST, place, limit + 1)
    rows = session.execute(
        select(Waiver, Task, Case, Person.name, Unit.name.label("unit"), principal())
        .join(keys, Waiver.id == keys.c.id)
        .join(Task, Waiver.task_id == Task.id)
        .join(Case, Waiver.case_id == Case.id)
        .join(Person, Waiver.requested_by_id == Person.id)
        .outerjoin(Unit, Case.unit_id == Unit.id)
        .order_by(*keyset.sorted_by(keys, NEWEST, place))
    ).all()
    return keyset.cut(rows, NEWEST, place, limit, lambda row: row.Waiver)


def count(session: Session, scope: Scope, chosen: Filter) -> int:
    """Return how many there are, at most one beyond EXACT."""
    return keyset.count(session, _ranges(scope, chosen), NEWEST)


def _ranges(scope: Scope, chosen: Filter) -> list[Keys]:
    narrowed = [scope.unbarred()]
    if chosen.ground is not None:
        narrowed.append(Waiver.ground == chosen.ground)
    if chosen.unit_id is not None:
        narrowed.append(Case.unit_id == chosen.unit_id)
    if chosen.since is not None:
        narrowed.append(Waiver.requested_at >= chosen.since)
    if chosen.until is not None:
        narrowed.append(Waiver.requested_at < chosen.until)
    return [
        select(Waiver.requested_at, Waiver.id)
        .join(Case, Waiver.case_id == Case.id)
        .where(whose, Waiver.status == status, state, *narrowed)
        for whose in scope.ranges(Waiver)
        for status, state in _WHICH[chosen.which]
    ]


_UNDECIDED, _DECIDED = Waiver.decided_at.is_(None), Waiver.decided_at.is_not(None)

#: Of which states each kind is made up; each is a range of an index.
_WHICH: dict[Which, list[tuple[WaiverStatus, ColumnElement[bool]]]] = {
    Which.UNREVIEWED: [(WaiverStatus.APPROVED, _UNDECIDED)],
    Which.PENDING: [
        (WaiverStatus.REQUESTED, state) for state in (_UNDECIDED, _DECIDED)
    ],
    Which.GRANTED: [(WaiverStatus.APPROVED, _DECIDED)],
    Which.REFUSED: [(WaiverStatus.REFUSED, state) for state in (_UNDECIDED, _DECIDED)],
    Which.ALL: [
        (status, state) for status in WaiverStatus for state in (_UNDECIDED, _DECIDED)
    ],
}
