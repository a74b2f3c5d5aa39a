"""Everything a gate needs to know of a case, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, String, literal, null, select, union_all
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from storage.database import Instant
from storage.models import Document, Judgement, Recording, Waiver
from storage.vocabulary import DocumentStatus

#: Documents in these no longer count for anything.
_DEAD = (DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED)


def gate_facts(session: Session, case_id: uuid.UUID) -> Sequence[Row[Any]]:
    """Return documents, recordings, judgements and waivers of a case, oldest first.

    Columns: what, id, code, task_id, element, scope, status, signed_by, started_at,
    ended_at, due_at, deposited.
    """
    none_text, none_moment = null(), null()
    documents = select(
        literal("document").label("what"),
        Document.id.label("id"),
        Document.code.label("code"),
        Document.task_id.label("task_id"),
        Document.element.label("element"),
        Document.scope.label("scope"),
        Document.status.cast(String).label("status"),
        Document.signed_by.label("signed_by"),
        none_moment.cast(Instant).label("started_at"),
        none_moment.cast(Instant).label("ended_at"),
        none_moment.cast(Instant).label("due_at"),
        literal(value=True, type_=Boolean).label("deposited"),
    ).where(Document.case_id == case_id, Document.status.not_in(_DEAD))
    recordings = select(
        literal("recording"),
        Recording.id,
        Recording.medium.cast(String),
        Recording.task_id,
        Recording.element,
        Recording.scope,
        Recording.status.cast(String),
        null().cast(JSON),
        Recording.started_at,
        Recording.ended_at,
        Recording.deposit_due_at,
        Recording.deposited_at.is_not(None),
    ).where(Recording.case_id == case_id)
    judgements = select(
        literal("judgement"),
        Judgement.id,
        Judgement.requirement,
        Judgement.task_id,
        none_text.cast(String),
        none_text.cast(String),
        Judgement.reason.cast(String),
        null().cast(JSON),
        none_moment.cast(Instant),
        none_moment.cast(Instant),
        none_moment.cast(Instant),
        Judgement.needed,
    ).where(Judgement.case_id == case_id)
    waivers = select(
        literal("waiver"),
        Waiver.id,
        Waiver.requirement,
        Waiver.task_id,
        none_text.cast(String),
        none_text.cast(String),
        Waiver.status.cast(String),
        null().cast(JSON),
        none_moment.cast(Instant),
        none_moment.cast(Instant),
        none_moment.cast(Instant),
        literal(value=True, type_=Boolean),
    ).where(Waiver.case_id == case_id)
    together = union_all(documents, recordings, judgements, waivers).order_by("id")
    return session.execute(together).all()
