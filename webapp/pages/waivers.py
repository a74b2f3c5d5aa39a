"""The supervisor's list (监督清单): what cases did without, and by whose leave."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.errors import Invalid
from storage.models import Unit
from storage.queries import waived
from storage.queries.line import Line
from storage.queries.waived import Filter, Which
from webapp import paging
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import SUPERVISORS, scope_of
from webapp.clock import now
from webapp.database import session
from webapp.i18n import ZONE, word
from webapp.pages.processes import published
from webapp.pages.rules import demand_name

blueprint = Blueprint("waivers", __name__, url_prefix="/supervision/waivers")

#: The fact whose choices are the grounds.
GROUND = "waiver_ground"
_NAMES = ("which", "ground", "unit", "since", "until")


@blueprint.get("")
@needs(*SUPERVISORS)
def index() -> ResponseReturnValue:
    """Show one page of the waivers chosen, the newest first."""
    given = _given()
    chosen = _filter(given)
    scope = scope_of(current_actor())
    place = paging.asked(waived.NEWEST)
    part = waived.find(session(), scope, chosen, place=place, limit=waived.PAGE)
    alone = part.before is None and part.after is None
    return render_template(
        "waivers/index.html",
        part=part,
        count=len(part.rows) if alone else waived.count(session(), scope, chosen),
        given=given,
        kinds=list(Which),
        grounds=_grounds(),
        units=_units(),
    )


@blueprint.get("/export")
@needs(*SUPERVISORS)
def export() -> Response:
    """Give the waivers chosen as a table that spreadsheets open."""
    scope, chosen = scope_of(current_actor()), _filter(_given())
    part = waived.find(session(), scope, chosen, limit=waived.MOST)
    made = Response(_table(part.rows), mimetype="text/csv")
    day = now().astimezone(ZONE).date().isoformat()
    made.headers["Content-Disposition"] = f'attachment; filename="waivers-{day}.csv"'
    return made


def _grounds() -> list[Any]:
    """Return the grounds that the published facts name."""
    for pinned in published().values():
        if GROUND in pinned.facts:
            return list(pinned.facts[GROUND].choices)
    return []


def _given() -> dict[str, str]:
    found = {name: request.args.get(name, "").strip() for name in _NAMES}
    if found["which"] not in frozenset(Which):
        found["which"] = Which.UNREVIEWED.value
    return found


def _filter(given: Mapping[str, str]) -> Filter:
    until = _day(given, "until")
    since = _day(given, "since")
    return Filter(
        which=Which(given["which"]),
        ground=given["ground"] or None,
        unit_id=_unit(given["unit"]),
        since=None if since is None else _midnight(since),
        until=None if until is None else _midnight(until + timedelta(days=1)),
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if given[name] else None
    except ValueError:
        raise Invalid({name: ["not_of_type"]}) from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _unit(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid({"unit": ["not_of_type"]}) from None


def _units() -> Sequence[Unit]:
    agency = current_actor().agency_id
    return (
        session()
        .scalars(select(Unit).where(Unit.agency_id == agency).order_by(Unit.name))
        .all()
    )


def _table(rows: Sequence[Line]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(render_template("waivers/_heads.html").split("\n"))
    writer.writerows([_safe(cell) for cell in _cells(row)] for row in rows)
    return "\ufeff" + written.getvalue()


def _cells(row: Line) -> list[Any]:
    waiver = row.Waiver
    return [
        *(row.Case.number, row.party, row.unit or "", row.Task.name),
        *(demand_name(waiver.requirement), word(waiver.ground, "waiver_ground")),
        *(waiver.statement, row.name),
        waiver.requested_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
        word(waiver.status, "waiver_status"),
        word(waiver.next_post, "post") if waiver.next_post else "",
        " ".join(waiver.cites),
    ]


def _safe(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell or "")
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
