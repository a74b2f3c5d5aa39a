"""Flags of a case that raise what is asked for, and the notes on past steps."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.commands.flags import FLAGS, flags, who_flags
from engine.commands.gates import REMEDIAL
from engine.commands.pinned import pinned_to
from engine.rules.posts import may_decide
from storage.vocabulary import CaseStatus
from webapp import acts, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.pages.people import version, wanted
from webapp.steps import step_names

blueprint = Blueprint("flags", __name__, url_prefix="/cases/<uuid:case_id>/flags")


@blueprint.get("")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show the flags of a case and the notes that steps done before still need."""
    case = seen.case(case_id)
    pinned = pinned_to(session(), case.requirement_set_id)
    return render_template(
        "cases/flags.html",
        case=case,
        flags=flags(case, pinned.rules(now()).parameters.get(FLAGS)),
        labels=pinned.facts,
        remedial=case.facts.get(REMEDIAL, []),
        steps=step_names(),
        is_open=case.status is CaseStatus.OPEN,
        may_flag=may_decide(current_actor(), who_flags(pinned.rules(now()))),
    )


@blueprint.post("")
@needs()
def change(case_id: UUID) -> ResponseReturnValue:
    """Raise or lower a flag, with the reason."""
    seen.case(case_id)
    given = wanted("name", "raised", "reason")
    acts.do(
        "cases.flag",
        case_id=case_id,
        name=given["name"],
        raised=given["raised"] == "yes",
        reason=given["reason"],
        version=version(),
    )
    flash("case_flagged", "done")
    return redirect(url_for("flags.show", case_id=case_id))


@blueprint.post("/remedies")
@needs()
def note(case_id: UUID) -> ResponseReturnValue:
    """Write how a record of a past step was made good."""
    seen.case(case_id)
    given = wanted("task_id", "requirement", "note")
    acts.do("cases.note_remedy", case_id=case_id, version=version(), **given)
    flash("remedy_noted", "done")
    return redirect(url_for("flags.show", case_id=case_id))
