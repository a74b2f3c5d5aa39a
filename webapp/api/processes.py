"""Published processes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response
from sqlalchemy import select

from engine.errors import NotFound
from storage import models
from webapp.api import schemas
from webapp.api.resource import gives, resource
from webapp.auth.permissions import needs
from webapp.database import session

blueprint = resource("processes", "Published processes.")

BPMN = "application/xml"


@blueprint.get("/processes")
@needs()
@gives(schemas.Process(many=True))
def list_processes() -> Sequence[models.ProcessVersion]:
    """List every published version of every process, newest first."""
    version = models.ProcessVersion
    return (
        session()
        .scalars(select(version).order_by(version.key, version.number.desc()))
        .all()
    )


@blueprint.get("/processes/<uuid:version_id>")
@needs()
@gives(schemas.Process)
def get_process(version_id: UUID) -> models.ProcessVersion:
    """Return one published version."""
    return _version(version_id)


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


def _version(version_id: UUID) -> models.ProcessVersion:
    found = session().get(models.ProcessVersion, version_id)
    if found is None:
        raise NotFound("process", str(version_id))
    return found
