"""One document: fill it in, freeze it, have it signed, fetch the paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from engine.commands.pinned import pinned_to
from engine.commands.signing import OUTSIDE
from engine.commands.venues import PLACES
from engine.commands.work import LIVE
from engine.errors import CaseError, Invalid, NotFound
from forms import registry
from forms.rendering import render
from forms.submission import signed_snapshot
from storage.models import Document, Task
from storage.queries import case_view
from storage.queries import desk as queries
from storage.transaction import Transaction
from storage.vocabulary import DocumentStatus, SignatureKind
from webapp import acts, content, seen, venues
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.errors import problem, status_of
from webapp.pages import entries
from webapp.pages.clauses import NATIONAL
from webapp.pages.slots import fillable
from webapp.pages.step import can_work

blueprint = Blueprint("documents", __name__, url_prefix="/documents/<uuid:document_id>")


@blueprint.get("")
@needs()
def show(document_id: UUID) -> ResponseReturnValue:
    """Show a document: a form while it is a draft, else what it says."""
    return _page(seen.part(Document, document_id))


@blueprint.post("")
@needs()
def save(document_id: UUID) -> ResponseReturnValue:
    """Keep a draft; a row button also adds or drops a row."""
    document = seen.part(Document, document_id)
    answers, field = _entered(document)
    refusal = _revise(document, answers)
    if refusal is not None:
        return _page(document, answers, refusal), status_of(refusal)
    if field:
        # Empty rows are not kept, so the page is shown from what was entered.
        return _page(seen.part(Document, document_id), answers)
    flash("document_saved", "done")
    return redirect(url_for("documents.show", document_id=document_id))


@blueprint.post("/autosave")
@needs()
def autosave(document_id: UUID) -> ResponseReturnValue:
    """Keep a draft while it is being written; answers with the saved state only."""
    document = seen.part(Document, document_id)
    refusal = _revise(document, _entered(document)[0])
    found = problem(refusal) if refusal is not None else None
    kept = seen.part(Document, document_id)
    return render_template("documents/_saved.html", document=kept, problem=found)


@blueprint.post("/prepare")
@needs()
def prepare(document_id: UUID) -> ResponseReturnValue:
    """Freeze a complete draft for signing; what is wrong is shown at its fields."""
    document = seen.part(Document, document_id)
    answers, _field = _entered(document)
    refusal = _attempt(
        "documents.prepare",
        document_id=document_id,
        fields=answers,
        version=request.form.get("version", type=int),
    )
    if refusal is not None:
        _revise(document, answers)  # what was typed is kept all the same
        found = seen.part(Document, document_id)
        return _page(found, answers, refusal), status_of(refusal)
    flash("document_prepared", "done")
    return redirect(url_for("documents.show", document_id=document_id))


@blueprint.post("/sign")
@needs()
def sign(document_id: UUID) -> ResponseReturnValue:
    """Sign, or record that somebody outside signed or refused to."""
    document = seen.part(Document, document_id)
    kind = request.form.get("kind", SignatureKind.SIGNATURE.value)
    try:
        if kind not in frozenset(SignatureKind):
            raise Invalid({"kind": ["not_a_choice"]})
        acts.do(
            "documents.sign",
            document_id=document_id,
            role=request.form.get("role", ""),
            kind=SignatureKind(kind),
            name=request.form.get("name") or None,
            note=request.form.get("note", ""),
            witness=request.form.get("witness") or None,
            digest=request.form.get("digest") or None,
        )
    except CaseError as refusal:
        return _page(document, None, refusal), status_of(refusal)
    done = seen.part(Document, document_id).status is DocumentStatus.FINAL
    flash("document_final" if done else "document_signed", "done")
    return redirect(url_for("documents.show", document_id=document_id))


@blueprint.post("/discard")
@needs()
def discard(document_id: UUID) -> ResponseReturnValue:
    """Put a document away that nobody has signed."""
    document = seen.part(Document, document_id)
    refusal = _attempt(
        "documents.discard",
        document_id=document_id,
        reason=request.form.get("reason", ""),
        version=request.form.get("version", type=int),
    )
    if refusal is not None:
        return _page(document, None, refusal), status_of(refusal)
    flash("document_discarded", "done")
    return redirect(url_for("tasks.show", task_id=document.task_id))


@blueprint.get("/file")
@needs()
def download(document_id: UUID) -> Response:
    """Return the paper as it stands now; raises NotFound before it is frozen."""
    document = seen.part(Document, document_id)
    if document.snapshot is None:
        raise NotFound("rendering", str(document_id))
    name = f"{document.title}.docx"
    if document.rendering_sha256 is not None:
        return content.send(document.rendering_sha256, name, content.DOCX)
    tx = Transaction(session(), now())
    printed = render(registry.get(document.code), signed_snapshot(tx, document))
    return send_file(
        BytesIO(printed),
        mimetype=content.DOCX,
        as_attachment=True,
        download_name=name,
    )


def _entered(document: Document) -> tuple[dict[str, Any], str]:
    """Return what was typed, and the field whose rows a button changed."""
    form = registry.get(document.code)
    people = queries.people_of(session(), current_actor().agency_id)
    answers = entries.read(form.fields, request.form, people)
    return answers, entries.press(form.fields, answers, request.form.get("rows", ""))


def _revise(document: Document, answers: dict[str, Any]) -> CaseError | None:
    return _attempt(
        "documents.revise",
        document_id=document.id,
        fields=answers,
        version=request.form.get("version", type=int),
    )


def _attempt(name: str, **params: Any) -> CaseError | None:
    """Carry out an act; returns its refusal, or None."""
    try:
        acts.do(name, **params)
    except CaseError as refusal:
        return refusal
    return None


def _page(
    document: Document,
    answers: dict[str, Any] | None = None,
    refusal: CaseError | None = None,
) -> str:
    form = registry.get(document.code)
    task = session().get_one(Task, document.task_id)
    case = seen.case(document.case_id)
    actor = current_actor()
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    family = [
        each
        for each in case_view.documents(session(), case.id)
        if each.code == document.code and each.task_id == document.task_id
    ]
    people = queries.people_of(session(), case.agency_id)
    return render_template(
        "documents/show.html",
        names={person.id: person.name for person in people},
        document=document,
        form=form,
        task=task,
        case=case,
        answers=document.fields if answers is None else answers,
        errors=errors,
        wrong=entries.flat(form.fields, errors),
        problem=problem(refusal) if refusal is not None and not errors else None,
        people=people,
        parties=case_view.parties(session(), case.id),
        signatures=case_view.signatures(session(), document.id),
        versions=[each for each in family if each.id != document.id],
        editable=document.status is DocumentStatus.DRAFT and can_work(task),
        rooms=venues.to_name(document),
        place_fields=PLACES,
        may_fill=fillable(document, task, case, actor),
        outsiders=OUTSIDE,
        books=(NATIONAL, pinned_to(session(), case.requirement_set_id).issuer.prefix),
        can_discard=task.status in LIVE and can_work(task),
        me_id=actor.id,
    )
