"""Documents (文书) and the signatures on them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, fixed, new_id, references
from storage.vocabulary import DocumentStatus, SignatureKind


class Document(Model):
    """A written record: drafted, prepared (frozen), signed, final."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_case_id_code", "case_id", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"), index=True)
    element: Mapped[str] = mapped_column(String(80))
    scope: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str | None] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[DocumentStatus]
    version: Mapped[int] = mapped_column(default=1)
    form_digest: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What is printed, frozen when it was prepared.
    snapshot: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    #: The signature slots: role, count, forms, refusable, person ids or none.
    signatories: Mapped[list[Any]] = mapped_column(default=list)
    #: Roles whose slots are all filled.
    signed_by: Mapped[list[Any]] = mapped_column(default=list)
    created_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    created_at: Mapped[datetime]
    prepared_at: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]
    discarded_reason: Mapped[str | None] = mapped_column(Text)
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(references("document.id"))
    rendering_sha256: Mapped[str | None] = mapped_column(
        references("stored_object.sha256")
    )


#: What waits for signatures; a query says it in the same words.
UNSIGNED: ColumnElement[bool] = Document.status == fixed(DocumentStatus.PREPARED)
Index(
    "ix_document_unsigned",
    *(Document.prepared_at, Document.id),
    sqlite_where=UNSIGNED,
    postgresql_where=UNSIGNED,
)


class Signature(Model):
    """Somebody stands for a document, or refuses to, over its digest."""

    __tablename__ = "signature"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(
        references("document.id"), index=True
    )
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    role: Mapped[str] = mapped_column(String(40))
    kind: Mapped[SignatureKind]
    person_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    witness: Mapped[str | None] = mapped_column(String(120))
    #: For whom who signed stands in as a deputy (代); none: for themselves.
    behalf_of_id: Mapped[uuid.UUID | None]
