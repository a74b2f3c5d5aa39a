"""Records that cases did without, as whoever supervises looks at them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storage.models import Case, Person, Task, Unit, Waiver
from storage.queries.desk import principal
from storage.queries.line import Line
from storage.vocabulary import WaiverStatus

#: Waivers on one page.
PAGE = 30
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
    visible: ColumnElement[bool],
    chosen: Filter,
    *,
    limit: int,
    offset: int = 0,
    before: uuid.UUID | None = None,
) -> Sequence[Line]:
    """Return waivers, the newest first, in cases for which *visible* holds.

    Columns: Waiver, Task, Case, name (who asked), unit, party. With *before* only
    those older than that one.
    """
    found = _chosen(
        select(Waiver, Task, Case, Person.name, Unit.name.label("unit"), principal()),
        visible,
        chosen,
    )
    if before is not None:
        found = found.where(Waiver.id < before)
    # Identifiers sort by the time of their birth.
    ordered = found.order_by(Waiver.id.desc()).offset(offset).limit(limit)
    return session.execute(ordered).all()


def count(session: Session, visible: ColumnElement[bool], chosen: Filter) -> int:
    """Return how many there are in all."""
    found = _chosen(select(func.count()), visible, chosen)
    return session.scalar(found) or 0


def _chosen(
    query: Select[*tuple[Any, ...]], visible: ColumnElement[bool], chosen: Filter
) -> Select[Any]:
    found = (
        query.select_from(Waiver)
        .join(Task, Waiver.task_id == Task.id)
        .join(Case, Waiver.case_id == Case.id)
        .join(Person, Waiver.requested_by_id == Person.id)
        .outerjoin(Unit, Case.unit_id == Unit.id)
        .where(visible, *_which(chosen.which))
    )
    if chosen.ground is not None:
        found = found.where(Waiver.ground == chosen.ground)
    if chosen.unit_id is not None:
        found = found.where(Case.unit_id == chosen.unit_id)
    if chosen.since is not None:
        found = found.where(Waiver.requested_at >= chosen.since)
    if chosen.until is not None:
        found = found.where(Waiver.requested_at < chosen.until)
    return found


def _which(which: Which) -> list[ColumnElement[bool]]:
    if which is Which.UNREVIEWED:
        nobody = Waiver.decided_at.is_(None)
        return [Waiver.status == WaiverStatus.APPROVED, nobody]
    if which is Which.PENDING:
        return [Waiver.status == WaiverStatus.REQUESTED]
    if which is Which.GRANTED:
        agreed = Waiver.decided_at.is_not(None)
        return [Waiver.status == WaiverStatus.APPROVED, agreed]
    if which is Which.REFUSED:
        return [Waiver.status == WaiverStatus.REFUSED]
    return []
