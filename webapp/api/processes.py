"""Published processes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select

from engine.errors import NotFound
from storage import models
from storage.queries.versions import proofs_of
from webapp.api import schemas_processes
from webapp.api.resource import gives, resource
from webapp.auth.permissions import needs
from webapp.database import session

blueprint = resource("processes", "Published processes.")

BPMN = "application/xml"


@blueprint.get("/processes")
@needs()
@gives(schemas_processes.Process(many=True))
def list_processes() -> list[dict[str, Any]]:
    """List every published version of every process, newest first."""
    version = models.ProcessVersion
    rows = session().scalars(
        select(version).order_by(version.key, version.number.desc())
    )
    return [_plain(row) for row in rows]


@blueprint.get("/processes/<uuid:version_id>")
@needs()
@gives(schemas_processes.Process)
def get_process(version_id: UUID) -> dict[str, Any]:
    """Return one published version."""
    return _plain(_version(version_id))


@blueprint.get("/processes/<uuid:version_id>/xml")
@needs()
@gives(content_type=BPMN)
def get_xml(version_id: UUID) -> Response:
    """Return the diagram of one published version."""
    version = _version(version_id)
    for path, text in version.files.items():
        if path.rsplit("/", 1)[-1] == f"{version.key}.bpmn":
            return Response(text, mimetype=BPMN)
    raise NotFound("diagram", str(version_id))


def _plain(version: models.ProcessVersion) -> dict[str, Any]:
    found = proofs_of(session(), version.key)
    names = ("id", "key", "number", "digest", "published_at")
    proof = found.get(version.number) or found.get(None)
    return {**{name: getattr(version, name) for name in names}, "proof": proof}


def _version(version_id: UUID) -> models.ProcessVersion:
    found = session().get(models.ProcessVersion, version_id)
    if found is None:
        raise NotFound("process", str(version_id))
    return found
