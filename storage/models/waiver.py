"""Answers to 必要时, and leave to do without a record."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import WaiverStatus

#: What the release before wrote no column for.
_NOTHING = text("'[]'")


class Judgement(Model):
    """A named person's yes or no to whether a record is necessary here."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("task_id", "requirement"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    requirement: Mapped[str] = mapped_column(String(120))
    needed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    judged_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    judged_at: Mapped[datetime]


class Waiver(Model):
    """Leave to go on without a record (豁免), on a ground the issuer names."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index("ix_waiver_task_id", "task_id"),
        Index("ix_waiver_next_post", "next_post", "requested_at"),
        Index("ix_waiver_requested_at", "requested_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    #: Whose the case is; none: the release before has written it.
    agency_id: Mapped[uuid.UUID | None]
    unit_id: Mapped[uuid.UUID | None]
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    requirement: Mapped[str] = mapped_column(String(120))
    ground: Mapped[str] = mapped_column(String(60))
    statement: Mapped[str] = mapped_column(Text)
    status: Mapped[WaiverStatus]
    #: Who must agree, in order, as the rules stood at the request; empty: nobody.
    approvers: Mapped[list[str]] = mapped_column(JSON, server_default=_NOTHING)
    #: Whose turn it is; null: nobody's, or no longer.
    next_post: Mapped[str | None] = mapped_column(String(30))
    #: Whether the review comes after the act, before a checkpoint.
    after: Mapped[bool] = mapped_column(server_default=false())
    #: Each agreement or refusal: post, by, approved, reason, at.
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, server_default=_NOTHING
    )
    cites: Mapped[list[str]] = mapped_column(JSON, server_default=_NOTHING)
    requested_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")


for _whose in (Waiver.agency_id, Waiver.unit_id):
    for _name, _state in (
        ("undecided", Waiver.decided_at.is_(None)),
        ("decided", Waiver.decided_at.is_not(None)),
    ):
        Index(
            f"ix_waiver_{_name}_{_whose.key}",
            *(_whose, Waiver.status, Waiver.requested_at, Waiver.id),
            sqlite_where=_state,
            postgresql_where=_state,
        )
