"""Published diagrams, rule packs, and what they demand together."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references


class ProcessVersion(Model):
    """One published version of a process with everything it calls; never changed."""

    __tablename__ = "process_version"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    files: Mapped[dict[str, Any]]  #: path below ``processes/`` → text
    published_at: Mapped[datetime]


class PackVersion(Model):
    """One published version of an issuer's rule pack; never changed."""

    __tablename__ = "pack_version"
    __table_args__ = (UniqueConstraint("issuer", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class RequirementSet(Model):
    """Process × issuer × nation, compiled: what a case is pinned to.

    It never changes; it may be withdrawn from new cases, and given back to them.
    """

    __tablename__ = "requirement_set"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    process_version_id: Mapped[uuid.UUID] = mapped_column(
        references("process_version.id")
    )
    pack_version_id: Mapped[uuid.UUID] = mapped_column(references("pack_version.id"))
    national_version_id: Mapped[uuid.UUID] = mapped_column(
        references("pack_version.id")
    )
    process_key: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  #: since when no case begins under it
    withdrawn_by_id: Mapped[uuid.UUID | None]
    withdrawn_for: Mapped[str | None] = mapped_column(Text)  #: the reason given
