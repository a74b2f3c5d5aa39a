"""The recordings of a case: what was declared, what is in store, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from storage.models import Recording, StoredObject
from storage.queries import case_view
from storage.queries import desk as queries
from storage.queries.line import Line
from storage.vocabulary import RecordingStatus, TaskKind
from webapp import content, seen
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.pages.diagrams import LIVE
from webapp.pages.step import can_work
from webapp.pages.waiting import waits
from webapp.pages.words import step_name

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/cases/<uuid:case_id>/evidence")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show the recordings of a case, step by step."""
    case = seen.case(case_id)
    rows = case_view.recordings(session(), case_id)
    people = queries.people_of(session(), case.agency_id)
    tasks = [row.Task for row in case_view.tasks(session(), case_id)]
    declared = [r for r in rows if r.Recording.status is RecordingStatus.DECLARED]
    return render_template(
        "evidence/show.html",
        case=case,
        parties=case_view.parties(session(), case_id),
        rows=rows,
        groups=_by_step(rows),
        owed=len(declared),
        waits=waits(case),
        size=sum(row.StoredObject.size for row in rows if row.StoredObject),
        names={person.id: person.name for person in people},
        places=[
            task
            for task in tasks
            if task.status in LIVE and task.kind is TaskKind.USER and can_work(task)
        ],
    )


def _by_step(rows: Sequence[Line]) -> dict[str, list[Line]]:
    """Return the recordings by the name of their step, the earliest first."""
    groups: dict[str, list[Line]] = {}
    for row in rows:
        groups.setdefault(step_name(row), []).append(row)
    return groups


@blueprint.get("/recordings/<uuid:recording_id>/content")
@needs()
def content_of(recording_id: UUID) -> Response:
    """Return the bytes of a recording; raises NotFound before they are deposited."""
    recording = seen.part(Recording, recording_id)
    kept = session().get(StoredObject, recording.object_sha256 or "")
    if kept is None:
        raise NotFound("content", str(recording_id))
    name = recording.file_name or str(recording_id)
    return content.send(kept.sha256, name, kept.media_type, size=kept.size)
