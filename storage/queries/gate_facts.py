"""Everything that the gate of one task needs to know, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    Select,
    String,
    and_,
    bindparam,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from storage.database import Instant
from storage.models import Document, Judgement, Recording, Task, Waiver
from storage.prepared import Prepared
from storage.transaction import Transaction
from storage.vocabulary import DocumentStatus, TaskStatus, WaiverStatus

#: Documents in these no longer count for anything.
_DEAD = (DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED)

_CASE: BindParameter[uuid.UUID] = bindparam("case_id")
_TASK: BindParameter[uuid.UUID] = bindparam("task_id")
#: Codes of which earlier records count too, as ``|one||other|``: a list of unknown
#: length would have to be compiled anew each time.
_CARRIED: BindParameter[str] = bindparam("carried", type_=String)

_MARK = "|"

_NO_TEXT = null().cast(String)
_NO_LIST = null().cast(JSON)
_NO_MOMENT = null().cast(Instant)


def _answers(
    model: type[Judgement | Waiver], what: str, scope: Any, status: Any, deposited: Any
) -> Select[Any]:
    return select(
        literal(what),
        model.id,
        model.requirement,
        model.task_id,
        scope,
        status,
        _NO_LIST,
        _NO_MOMENT,
        deposited,
    )


#: Steps that took place or may yet; a waiver for any other asks for no review.
_REVIEWED = select(Task.id).where(
    Task.case_id == _CASE, Task.status != TaskStatus.CANCELLED
)

#: Built once: to build it costs more than to carry it out.
_FACTS = Prepared(
    union_all(
        select(
            literal("document").label("what"),
            Document.id.label("id"),
            Document.code.label("code"),
            Document.task_id.label("task_id"),
            Document.scope.label("scope"),
            type_coerce(Document.status, String).label("status"),
            Document.signed_by.label("signed_by"),
            _NO_MOMENT.label("due_at"),
            literal(value=True, type_=Boolean).label("deposited"),
        ).where(
            Document.case_id == _CASE,
            or_(
                Document.task_id == _TASK,
                _CARRIED.contains(_MARK + Document.code + _MARK),
            ),
            and_(*(Document.status != dead for dead in _DEAD)),
        ),
        select(
            literal("recording"),
            Recording.id,
            type_coerce(Recording.medium, String),
            Recording.task_id,
            Recording.scope,
            type_coerce(Recording.status, String),
            _NO_LIST,
            Recording.deposit_due_at,
            Recording.deposited_at.is_not(None),
        ).where(
            Recording.case_id == _CASE,
            or_(
                Recording.task_id == _TASK,
                _CARRIED.contains(
                    _MARK + type_coerce(Recording.medium, String) + _MARK
                ),
                Recording.deposited_at.is_(None),
            ),
        ),
        _answers(
            Judgement, "judgement", _NO_TEXT, Judgement.reason, Judgement.needed
        ).where(Judgement.task_id == _TASK),
        _answers(
            Waiver,
            "waiver",
            Waiver.ground,
            type_coerce(Waiver.status, String),
            Waiver.after,
        ).where(
            Waiver.case_id == _CASE,
            or_(
                Waiver.task_id == _TASK,
                and_(
                    Waiver.status == WaiverStatus.REQUESTED,
                    Waiver.task_id.in_(_REVIEWED),
                ),
            ),
        ),
    ).order_by("id")
)


def gate_facts(
    tx: Transaction, case_id: uuid.UUID, task_id: uuid.UUID, carried: Collection[str]
) -> Sequence[Any]:
    """Return what counts at a task, oldest first.

    These are its own records, those of the case whose codes are *carried* on to it,
    recordings that are still owed, its judgements and waivers, and waivers of other
    steps that wait for their review. Columns: what, id, code, task_id, scope (of a
    waiver: its ground), status, signed_by, due_at, deposited (of a waiver: whether
    its review comes after the act).
    """
    marked = "".join(f"{_MARK}{code}{_MARK}" for code in sorted(carried))
    return tx.rows(_FACTS, case_id=case_id, task_id=task_id, carried=marked)
