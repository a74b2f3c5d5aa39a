"""Many running cases on their way to another version, and what became of each."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import Fate, MigrationStatus


class Migration(Model):
    """One order to carry an agency's running cases over to a version, or to try it."""

    __tablename__ = "migration"
    __table_args__ = (
        Index("ix_migration_agency_id_process_key", "agency_id", "process_key"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"))
    process_key: Mapped[str] = mapped_column(String(60))
    from_number: Mapped[int | None]  #: only cases of this version; None: of every one
    requirement_set_id: Mapped[uuid.UUID] = mapped_column(
        references("requirement_set.id")
    )
    #: ``process:element`` of the old version → element of the new one.
    renamed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    try_only: Mapped[bool]  #: True: nothing is moved, the fates say what would be
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[MigrationStatus]
    total: Mapped[int]  #: how many cases there were when it began
    started_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MigrationFate(Model):
    """What became, or would become, of one case in one migration."""

    __tablename__ = "migration_fate"
    __table_args__ = (
        Index("ix_migration_fate_migration_id_fate", "migration_id", "fate", "case_id"),
    )

    migration_id: Mapped[uuid.UUID] = mapped_column(
        references("migration.id"), primary_key=True
    )
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), primary_key=True)
    fate: Mapped[Fate]
    from_number: Mapped[int]  #: the version that the case was pinned to
    #: What keeps it where it is: process, element and reason of each obstacle.
    obstacles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    #: What steps already done would need under the new rules; not asked for again.
    newly_asked: Mapped[list[Any]] = mapped_column(JSON, default=list)
    told_at: Mapped[datetime]
