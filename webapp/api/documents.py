"""Documents (文书): revise, prepare, sign, discard, read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from engine.errors import NotFound
from storage import models
from webapp import acts, content, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs

blueprint = resource("documents", "Documents.")


@blueprint.get("/documents/<uuid:document_id>")
@needs()
@gives(schemas.Document)
def get_document(document_id: UUID) -> models.Document:
    """Return a document."""
    return seen.part(models.Document, document_id)


@blueprint.post("/documents/<uuid:document_id>/revise")
@needs()
@takes(bodies.ReviseDocument)
@gives(schemas.Result)
def revise(body: dict[str, Any], document_id: UUID) -> dict[str, Any]:
    """Replace the contents of a draft."""
    seen.part(models.Document, document_id)
    return acts.do("documents.revise", document_id=document_id, **body)


@blueprint.post("/documents/<uuid:document_id>/prepare")
@needs()
@takes(bodies.PrepareDocument)
@gives(schemas.Result)
def prepare(body: dict[str, Any], document_id: UUID) -> dict[str, Any]:
    """Freeze a draft, so that it can be printed and signed."""
    seen.part(models.Document, document_id)
    return acts.do("documents.prepare", document_id=document_id, **body)


@blueprint.post("/documents/<uuid:document_id>/sign")
@needs()
@takes(bodies.SignDocument)
@gives(schemas.Result, HTTPStatus.CREATED)
def sign(body: dict[str, Any], document_id: UUID) -> dict[str, Any]:
    """Sign a prepared document, or note that somebody refuses to."""
    seen.part(models.Document, document_id)
    return acts.do("documents.sign", document_id=document_id, **body)


@blueprint.post("/documents/<uuid:document_id>/discard")
@needs()
@takes(bodies.ReasonOn)
@gives(schemas.Result)
def discard(body: dict[str, Any], document_id: UUID) -> dict[str, Any]:
    """Discard a document that is not final."""
    seen.part(models.Document, document_id)
    return acts.do("documents.discard", document_id=document_id, **body)


@blueprint.get("/documents/<uuid:document_id>/file")
@needs()
@gives(content_type=content.DOCX)
def get_file(document_id: UUID) -> Response:
    """Return the document as it was printed."""
    document = seen.part(models.Document, document_id)
    if document.rendering_sha256 is None:
        raise NotFound("rendering", str(document_id))
    return content.send(
        document.rendering_sha256, f"{document.title}.docx", content.DOCX
    )
