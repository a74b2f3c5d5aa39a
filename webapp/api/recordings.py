"""Recordings (音像): their facts, and their bytes in and out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from engine.errors import NotFound
from storage import models
from webapp import acts, content, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs
from webapp.database import session

blueprint = resource("recordings", "Recordings.")

#: The name that the file had on the device, percent-encoded UTF-8.
FILE_NAME = "X-File-Name"


@blueprint.get("/recordings/<uuid:recording_id>")
@needs()
@gives(schemas.Recording)
def get_recording(recording_id: UUID) -> models.Recording:
    """Return a recording."""
    return seen.part(models.Recording, recording_id)


@blueprint.put("/recordings/<uuid:recording_id>/content")
@needs()
@gives(schemas.Result)
def put_content(recording_id: UUID) -> dict[str, Any]:
    """Deposit the bytes of a declared recording: the raw body is the file."""
    recording = seen.part(models.Recording, recording_id)
    session().rollback()  # an upload takes minutes: hold no snapshot meanwhile
    stored, media_type = content.receive(recording.medium)
    return content.deposit(
        recording_id, stored, media_type, request.headers.get(FILE_NAME)
    )


@blueprint.get("/recordings/<uuid:recording_id>/content")
@needs()
@gives(content_type="application/octet-stream")
def get_content(recording_id: UUID) -> Response:
    """Return the bytes of a recording."""
    recording = seen.part(models.Recording, recording_id)
    kept = session().get(models.StoredObject, recording.object_sha256 or "")
    if kept is None:
        raise NotFound("content", str(recording_id))
    name = recording.file_name or str(recording_id)
    return content.send(kept.sha256, name, kept.media_type, size=kept.size)


@blueprint.post("/recordings/<uuid:recording_id>/delay")
@needs()
@takes(bodies.DelayRecording)
@gives(schemas.Result)
def delay(body: dict[str, Any], recording_id: UUID) -> dict[str, Any]:
    """State that a file can be handed over only after the return to the unit."""
    seen.part(models.Recording, recording_id)
    return acts.do("recordings.delay", recording_id=recording_id, **body)


@blueprint.post("/recordings/<uuid:recording_id>/return")
@needs()
@takes(bodies.ReturnWithRecording)
@gives(schemas.Result)
def return_with(body: dict[str, Any], recording_id: UUID) -> dict[str, Any]:
    """Note when the officers were back at the unit with a recording."""
    seen.part(models.Recording, recording_id)
    return acts.do("recordings.return", recording_id=recording_id, **body)
