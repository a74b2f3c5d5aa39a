"""A case and the parties to it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import CaseStatus, PartyKind


class Case(Model):
    """One matter (案件), pinned to the law and diagram of its start."""

    __tablename__ = "case_"
    __table_args__ = (
        # The newest of an agency or a unit, all, of a status, or of a process.
        *(
            Index(None, whose, *narrowed, "opened_at", "id")
            for whose in ("agency_id", "unit_id")
            for narrowed in ((), ("status",), ("process_key", "status"))
        ),
        Index(
            "ix_case__requirement_set_id_status_id",
            "requirement_set_id",
            "status",
            "id",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(references("unit.id"))
    requirement_set_id: Mapped[uuid.UUID] = mapped_column(
        references("requirement_set.id")
    )
    process_key: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(80), unique=True)
    cause: Mapped[str] = mapped_column(String(300))
    status: Mapped[CaseStatus]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    #: Small routing facts; the words are those of ``processes/facts.toml``.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lock_version: Mapped[int] = mapped_column(default=1)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_digest: Mapped[str] = mapped_column(String(64), default="0" * 64)
    #: Where the diagram stands, about a kilobyte; kept for the map of ended cases.
    state: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Party(Model):
    """Somebody whom the case is about, or who takes part in it."""

    __tablename__ = "party"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))  #: suspect, complainant, agent …
    kind: Mapped[PartyKind]
    name: Mapped[str] = mapped_column(String(200), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(18))
    id_number: Mapped[str | None] = mapped_column(String(18))
    legal_representative: Mapped[str | None] = mapped_column(String(120))
    post: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(40))
