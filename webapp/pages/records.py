"""What is done at a step beside finishing it: documents, recordings, exceptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine.commands.acts import perform
from engine.errors import CaseError, Invalid
from storage.models import Recording, Task, Waiver
from storage.objects.base import blocks_of
from storage.vocabulary import Medium
from webapp import acts, content, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session, transaction
from webapp.errors import problem, status_of
from webapp.pages import step
from webapp.pages.answers import instant
from webapp.settings import settings

blueprint = Blueprint("records", __name__)

#: Views whose forms carry a file.
UPLOADS = frozenset({"records.declare", "records.upload"})


@blueprint.url_value_preprocessor
def _accept_uploads(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a form with a file be as large as a recording may be.

    This runs before the form is read for its token; strangers keep the low limit.
    """
    if endpoint in UPLOADS and "person" in cookie:
        request.max_content_length = settings().upload_limit


@blueprint.post("/tasks/<uuid:task_id>/documents")
@needs()
def draft(task_id: UUID) -> ResponseReturnValue:
    """Begin a document, and go to its form."""
    seen.part(Task, task_id)
    found: dict[str, Any] = {}

    def begin() -> None:
        found.update(
            acts.do(
                "documents.draft",
                task_id=task_id,
                code=request.form.get("code", ""),
                replaces=request.form.get("replaces") or None,
            )
        )

    refused = _try(task_id, begin)
    if refused is not None:
        return refused
    flash("document_drafted", "done")
    return redirect(url_for("documents.show", document_id=found["document_id"]))


@blueprint.post("/tasks/<uuid:task_id>/judgements")
@needs()
def judge(task_id: UUID) -> ResponseReturnValue:
    """Answer whether a conditional record is necessary here."""
    seen.part(Task, task_id)

    def answer() -> None:
        acts.do(
            "gates.judge",
            task_id=task_id,
            requirement=request.form.get("requirement", ""),
            needed=request.form.get("needed") == "yes",
            reason=request.form.get("reason", ""),
        )

    return _then(task_id, answer, "necessity_judged")


@blueprint.post("/tasks/<uuid:task_id>/waivers")
@needs()
def waive(task_id: UUID) -> ResponseReturnValue:
    """Ask to go on without a record."""
    seen.part(Task, task_id)

    def ask() -> None:
        acts.do(
            "gates.request_waiver",
            task_id=task_id,
            requirement=request.form.get("requirement", ""),
            ground=request.form.get("ground", ""),
            statement=request.form.get("statement", ""),
        )

    return _then(task_id, ask, "waiver_requested")


@blueprint.post("/waivers/<uuid:waiver_id>")
@needs()
def decide(waiver_id: UUID) -> ResponseReturnValue:
    """Grant or refuse to go on without a record."""
    task_id = seen.part(Waiver, waiver_id).task_id

    def settle() -> None:
        acts.do(
            "gates.decide_waiver",
            waiver_id=waiver_id,
            approved=request.form.get("decision") == "approve",
            reason=request.form.get("reason", ""),
        )

    return _then(task_id, settle, "waiver_decided")


@blueprint.post("/tasks/<uuid:task_id>/recordings")
@needs()
def declare(task_id: UUID) -> ResponseReturnValue:
    """Declare a recording; its file may come at once."""
    seen.part(Task, task_id)
    found: dict[str, Any] = {}

    def register() -> None:
        found.update(_declare(task_id))

    refused = _try(task_id, register)
    if refused is not None:
        return refused
    flash("recording_declared", "done")
    file = request.files.get("file")
    if file is not None and file.filename:
        recording_id = UUID(found["recording_id"])

        def store() -> None:
            _deposit(recording_id, file)

        return _then(task_id, store, "recording_deposited")
    return redirect(url_for("tasks.show", task_id=task_id, _anchor="recordings"))


@blueprint.post("/tasks/<uuid:task_id>/explanations")
@needs()
def explain(task_id: UUID) -> ResponseReturnValue:
    """Explain a stretch of which recordings and a written record tell differently."""
    seen.part(Task, task_id)
    form = request.form

    def tell() -> None:
        spoken = form.get("recording_id", "")
        written = form.get("document_id", "")
        acts.do(
            "times.explain",
            task_id=task_id,
            started_at=_moment(form.get("started_at", ""), "started_at"),
            ended_at=_moment(form.get("ended_at", ""), "ended_at"),
            reason=form.get("reason", ""),
            recording_id=UUID(spoken) if spoken else None,
            heard_after=form.get("heard_after", type=int) if spoken else None,
            document_id=UUID(written) if written and not spoken else None,
        )

    return _then(task_id, tell, "times_explained")


@blueprint.post("/recordings/<uuid:recording_id>/file")
@needs()
def upload(recording_id: UUID) -> ResponseReturnValue:
    """Deposit the file of a declared recording."""
    recording = seen.part(Recording, recording_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        refusal = Invalid({"file": ["required"]})
        return _page(recording.task_id, refusal), status_of(refusal)

    def store() -> None:
        _deposit(recording_id, file)

    refused = _try(recording.task_id, store)
    if refused is not None:
        return refused
    flash("recording_deposited", "done")
    return redirect(url_for("evidence.show", case_id=recording.case_id))


@blueprint.post("/recordings/<uuid:recording_id>/delay")
@needs()
def delay(recording_id: UUID) -> ResponseReturnValue:
    """State that a file can be handed over only after the return (不能及时移交)."""
    recording = seen.part(Recording, recording_id)

    def state() -> None:
        acts.do(
            "recordings.delay",
            recording_id=recording_id,
            situation=request.form.get("situation", ""),
            reason=request.form.get("reason", ""),
        )

    return _at_evidence(recording, state, "recording_delayed")


@blueprint.post("/recordings/<uuid:recording_id>/return")
@needs()
def return_with(recording_id: UUID) -> ResponseReturnValue:
    """Note when the officers were back at the unit (返回单位)."""
    recording = seen.part(Recording, recording_id)

    def note() -> None:
        back = _moment(request.form.get("returned_at", ""), "returned_at")
        if back is None:
            raise Invalid({"returned_at": ["required"]})
        acts.do("recordings.return", recording_id=recording_id, returned_at=back)

    return _at_evidence(recording, note, "officers_returned")


def _at_evidence(
    recording: Recording, act: Callable[[], None], said: str
) -> ResponseReturnValue:
    refused = _try(recording.task_id, act)
    if refused is not None:
        return refused
    flash(said, "done")
    address = url_for("evidence.show", case_id=recording.case_id)
    return redirect(f"{address}#rec-{recording.id}")


def _declare(task_id: UUID) -> dict[str, Any]:
    form = request.form
    medium = form.get("medium", "")
    if medium not in frozenset(Medium):
        raise Invalid({"medium": ["not_a_choice"]})
    started = _moment(form.get("started_at", ""), "started_at")
    if started is None:
        raise Invalid({"started_at": ["required"]})
    return acts.do(
        "recordings.declare",
        task_id=task_id,
        medium=Medium(medium),
        device=form.get("device", ""),
        started_at=started,
        ended_at=_moment(form.get("ended_at", ""), "ended_at"),
        place=form.get("place", ""),
        officers=[UUID(each) for each in form.getlist("officers")] or None,
        carrier=UUID(form["carrier"]) if form.get("carrier") else None,
    )


def _deposit(recording_id: UUID, file: FileStorage) -> None:
    medium = seen.part(Recording, recording_id).medium
    session().rollback()  # storing takes its time: hold no snapshot meanwhile
    limit = settings().upload_limit
    stored, media_type = content.keep(blocks_of(file.stream), medium, limit)
    params = {
        "recording_id": recording_id,
        "sha256": stored.sha256,
        "file_name": file.filename or str(recording_id),
    }
    # The form's own number belongs to the declaration that came with the file.
    with transaction(f"deposit:{recording_id.hex}:{stored.sha256[:32]}") as tx:
        content.remember(tx, stored, media_type)
        perform(tx, "recordings.deposit", actor=current_actor(), params=params)


def _moment(text: str, field: str) -> datetime | None:
    return instant(text, field) if text else None


def _then(task_id: UUID, act: Callable[[], None], said: str) -> ResponseReturnValue:
    refused = _try(task_id, act)
    if refused is not None:
        return refused
    flash(said, "done")
    return redirect(url_for("tasks.show", task_id=task_id))


def _try(task_id: UUID, act: Callable[[], None]) -> ResponseReturnValue | None:
    """Carry out an act; a refusal is shown on the page of the step."""
    try:
        act()
    except CaseError as refusal:
        return _page(task_id, refusal), status_of(refusal)
    return None


def _page(task_id: UUID, refusal: CaseError) -> str:
    return render_template(
        "tasks/show.html", **step.page(task_id), problem=problem(refusal)
    )
