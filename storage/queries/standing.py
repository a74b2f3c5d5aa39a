"""Who acts in a case, and which of its deadlines run, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    String,
    Uuid,
    bindparam,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from storage.database import Instant
from storage.models import Assignment, Deadline, Recusal, Task
from storage.prepared import Prepared
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, RecusalStatus

#: A deadline in one of these has not been met yet.
_COUNTING = (
    DeadlineStatus.RUNNING,
    DeadlineStatus.OVERDUE,
    DeadlineStatus.SUSPENDED,
)

_NO_TEXT = null().cast(String)
_NO_ID = null().cast(Uuid)
_NO_MOMENT = null().cast(Instant)
_NO = literal(value=False, type_=Boolean)


def _of(case: ColumnElement[uuid.UUID]) -> Prepared:
    return Prepared(union_all(*_parts(case)))


def _parts(case: ColumnElement[uuid.UUID]) -> list[Select[Any]]:
    return [
        select(
            literal("held").label("what"),
            Assignment.person_id.label("id"),
            type_coerce(Assignment.capacity, String).label("code"),
            Assignment.until.is_(None).label("current"),
            Assignment.named.label("named"),
            _NO_TEXT.label("scope"),
            _NO_TEXT.label("status"),
            _NO_ID.label("task_id"),
            _NO_MOMENT.label("base_at"),
            _NO_MOMENT.label("due_at"),
            _NO_MOMENT.label("overdue_at"),
        ).where(Assignment.case_id == case),
        select(
            literal("recused"),
            Recusal.person_id,
            _NO_TEXT,
            _NO,
            _NO,
            _NO_TEXT,
            _NO_TEXT,
            _NO_ID,
            _NO_MOMENT,
            _NO_MOMENT,
            _NO_MOMENT,
        ).where(Recusal.case_id == case, Recusal.status == RecusalStatus.GRANTED),
        select(
            literal("clock"),
            Deadline.id,
            Deadline.code,
            _NO,
            _NO,
            Deadline.scope,
            type_coerce(Deadline.status, String),
            Deadline.task_id,
            Deadline.base_at,
            Deadline.due_at,
            Deadline.overdue_at,
        ).where(
            Deadline.case_id == case,
            or_(*(Deadline.status == counting for counting in _COUNTING)),
        ),
    ]


#: Built once: to build it costs more than to carry it out.
_STANDING = _of(bindparam("case_id"))
#: The same, by one of the case's tasks.
OF_TASK = _of(
    select(Task.case_id).where(Task.id == bindparam("task")).scalar_subquery()
)


def standing(tx: Transaction, case_id: uuid.UUID) -> Sequence[Any]:
    """Return who holds or held a capacity, who was recused, and the running clocks.

    Columns: what, id (of the person, or of the deadline), code (capacity, or code of
    the deadline), current, named; of deadlines also scope, status, task_id, base_at,
    due_at, overdue_at.
    """
    return tx.rows(_STANDING, case_id=case_id)
