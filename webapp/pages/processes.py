"""The published procedures: their diagrams, and what they ask of this authority."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.bpmn.model import NodeKind
from engine.commands.pinned import Pinned, pinned_to
from engine.errors import NotFound
from storage.models import ProcessVersion, RequirementSet
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.pages.diagrams import plain_map, xml_response
from webapp.pages.frame import me

blueprint = Blueprint("processes", __name__, url_prefix="/processes")


@blueprint.get("")
@needs()
def index() -> ResponseReturnValue:
    """Show the procedures that are in force for the reader's authority."""
    known = published()
    return render_template("processes/index.html", known=known, roots=roots(known))


@blueprint.get("/<key>")
@needs()
def show(key: str) -> ResponseReturnValue:
    """Show one procedure, read-only, with its records step by step."""
    pinned = _one(key)
    model = pinned.bundle.models[key]
    steps = [
        (node, pinned.requirements(node, now()))
        for node in model.nodes.values()
        if node.kind is NodeKind.USER_TASK
    ]
    return render_template(
        "processes/show.html", pinned=pinned, key=key, model=model, steps=steps
    )


@blueprint.get("/<key>/map")
@needs()
def show_map(key: str) -> ResponseReturnValue:
    """Return what the browser needs to draw the diagrams of a procedure."""
    return plain_map(_one(key), key)


@blueprint.get("/<key>/diagrams/<called>.bpmn")
@needs()
def diagram(key: str, called: str) -> Response:
    """Return the diagram of a procedure, or of one that it calls."""
    pinned = _one(key)
    files = session().scalars(
        select(ProcessVersion.files)
        .join(RequirementSet, RequirementSet.process_version_id == ProcessVersion.id)
        .where(RequirementSet.id == pinned.id)
    )
    return xml_response(next(iter(files), {}), called)


def published() -> dict[str, Pinned]:
    """Return the newest rules of every procedure for the reader's authority."""
    mine = me()
    rows = session().execute(
        select(RequirementSet.process_key, RequirementSet.id)
        .where(
            RequirementSet.issuer == (mine.issuer if mine else ""),
            RequirementSet.withdrawn_at.is_(None),
        )
        .order_by(RequirementSet.published_at, RequirementSet.id)
    )
    newest = {row.process_key: row.id for row in rows}
    return {key: pinned_to(session(), newest[key]) for key in sorted(newest)}


def roots(known: Mapping[str, Pinned]) -> list[str]:
    """Return the procedures that no other one calls: those that cases begin in."""
    called = {
        node.called
        for pinned in known.values()
        for model in pinned.bundle.models.values()
        for node in model.nodes.values()
    }
    return [key for key in known if key not in called]


def _one(key: str) -> Pinned:
    found = published().get(key)
    if found is None:
        raise NotFound("process", key)
    return found
