"""Print documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.commands.documents import attach_rendering
from forms.rendering import render
from forms.submission import definition_of, signed_snapshot
from storage.models import Document
from storage.transaction import Transaction
from webapp.clock import now
from webapp.content import DOCX, remember
from webapp.database import session, transaction
from webapp.jobs import job
from webapp.objects import objects


@job("render_document")
def render_document(payload: Mapping[str, Any]) -> None:
    """Print a prepared or final document as it stands now, and keep the file."""
    document = session().get(Document, UUID(payload["document_id"]))
    if document is None or document.snapshot is None:
        return  # nothing was frozen: there is nothing to print
    frozen = signed_snapshot(Transaction(session(), now()), document)
    printed = render(definition_of(document.code), frozen)
    stored = objects().put([printed])
    with transaction() as tx:
        remember(tx, stored, DOCX)
        attach_rendering(tx, document.id, stored.sha256)
