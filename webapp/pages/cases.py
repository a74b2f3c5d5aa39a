"""Cases as a list, and the form that opens a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.pinned import Pinned
from engine.errors import CaseError, Invalid
from engine.rules.posts import Reserved
from storage.queries import case_list
from storage.vocabulary import CaseStatus, PartyKind
from webapp import acts, paging
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import scope_of
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may, require
from webapp.errors import problem, status_of
from webapp.i18n import ZONE
from webapp.pages.answers import instant
from webapp.pages.processes import published, roots

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

#: What the form of a new case asks of the party, in order.
PARTY = (
    "kind",
    "name",
    "credit_code",
    "id_number",
    "legal_representative",
    "post",
    "address",
    "phone",
)


def register(app: Flask) -> None:
    """Offer this to the templates of *app*."""
    app.add_template_global(may_open_cases)


def may_open_cases() -> bool:
    """Say whether the reader may open a case."""
    return may(Reserved.OPENING)


@blueprint.get("")
@needs()
def index() -> ResponseReturnValue:
    """Show one page of the cases that the reader may see."""
    scope = scope_of(current_actor())
    chosen = {
        name: request.args.get(name, "").strip()
        for name in ("q", "status", "process", "step", "overdue")
    }
    status = chosen["status"]
    narrowed = case_list.Filter(
        text=chosen["q"],
        status=CaseStatus(status) if status in frozenset(CaseStatus) else None,
        process=chosen["process"] or None,
        element=chosen["step"] or None,
        overdue=bool(chosen["overdue"]),
    )
    ranges = case_list.ranges_of(session(), scope, narrowed)
    part = case_list.find_cases(session(), ranges, place=paging.asked(case_list.NEWEST))
    alone = part.before is None and part.after is None
    return render_template(
        "cases/index.html",
        part=part,
        count=len(part.rows) if alone else case_list.count_cases(session(), ranges),
        chosen=chosen,
        steps=case_list.open_steps(session(), [row.Case.id for row in part.rows]),
        places=case_list.places(session(), scope),
        statuses=list(CaseStatus),
        processes=roots(published()),
    )


@blueprint.get("/new")
@needs()
def new() -> ResponseReturnValue:
    """Show the form of a new case; raises NotAllowed."""
    require("cases.open", Reserved.OPENING)
    return _form({"received_at": now().astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")})


@blueprint.post("/new")
@needs()
def open_case() -> ResponseReturnValue:
    """Open a case, and go to its page; a refusal shows the form again."""
    require("cases.open", Reserved.OPENING)
    entered = {name: text.strip() for name, text in request.form.items()}
    party = {name: entered.get(f"party.{name}") or None for name in PARTY}
    wrong = {
        name: ["required"]
        for name in ("process", "cause", "party.kind", "party.name")
        if not entered.get(name)
    }
    try:
        if wrong:
            raise Invalid(wrong)
        result = acts.do(
            "cases.open",
            process=entered["process"],
            cause=entered["cause"],
            source=entered.get("source") or None,
            received_at=_moment(entered.get("received_at", "")),
            parties=[{**party, "role": "suspect"}, *_complainant(entered)],
        )
    except CaseError as refusal:
        return _form(entered, refusal), status_of(refusal)
    flash("case_opened", "done")
    return redirect(url_for("case.show", case_id=result["case_id"]))


def _complainant(entered: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Return who reported the matter, if somebody was named."""
    name = entered.get("complainant.name")
    if not name:
        return []
    return [
        {
            "role": "complainant",
            "kind": entered.get("complainant.kind") or PartyKind.CITIZEN.value,
            "name": name,
            "phone": entered.get("complainant.phone") or None,
        }
    ]


def _form(entered: dict[str, Any], refusal: CaseError | None = None) -> str:
    known = published()
    errors = refusal.facts()["errors"] if isinstance(refusal, Invalid) else {}
    # The command names the first party's fields by their place in the list.
    errors = {
        str(name).replace("parties.0", "party", 1): wrong
        for name, wrong in errors.items()
    }
    return render_template(
        "cases/new.html",
        entered=entered,
        errors=errors,
        problem=problem(refusal) if refusal is not None else None,
        processes=roots(known),
        kinds=list(PartyKind),
        sources=_sources(known),
        latest=now(),
    )


def _sources(known: Mapping[str, Pinned]) -> list[Any]:
    """Return where a lead may come from, as the published facts name it."""
    for pinned in known.values():
        if "source" in pinned.facts:
            return list(pinned.facts["source"].choices)
    return []


def _moment(text: str) -> datetime | None:
    return instant(text, "received_at") if text else None
