"""HTML, a module for each desk; every page works without JavaScript."""

from __future__ import annotations

from flask import Flask

from webapp.deciding import register as offer_deciding
from webapp.pages.assets import register as offer_assets
from webapp.pages.case import blueprint as case
from webapp.pages.cases import blueprint as cases
from webapp.pages.cases import register as offer_cases
from webapp.pages.clauses import blueprint as clauses
from webapp.pages.clauses import register as offer_clauses
from webapp.pages.conditions import register as offer_conditions
from webapp.pages.deadlines import blueprint as deadlines
from webapp.pages.decisions import blueprint as decisions
from webapp.pages.display import register as offer_display
from webapp.pages.documents import blueprint as documents
from webapp.pages.equipment import blueprint as equipment
from webapp.pages.evidence import blueprint as evidence
from webapp.pages.flags import blueprint as flags
from webapp.pages.frame import register as offer_frame
from webapp.pages.moves import blueprint as moves
from webapp.pages.people import blueprint as people
from webapp.pages.processes import blueprint as processes
from webapp.pages.profile import blueprint as profile
from webapp.pages.records import blueprint as records
from webapp.pages.rooms import blueprint as rooms
from webapp.pages.rules import blueprint as rules
from webapp.pages.rules import register as offer_rules
from webapp.pages.tasks import blueprint as tasks
from webapp.pages.versions import blueprint as versions
from webapp.pages.waivers import blueprint as waivers
from webapp.pages.words import register as offer_words
from webapp.pages.worklist import blueprint as worklist

#: The desks, in the order of the navigation.
DESKS = (
    worklist,
    decisions,
    cases,
    case,
    people,
    flags,
    deadlines,
    waivers,
    tasks,
    moves,
    records,
    documents,
    evidence,
    processes,
    versions,
    clauses,
    rules,
    profile,
    equipment,
    rooms,
)


def register(app: Flask) -> None:
    """Give *app* its pages and what their templates call."""
    for offer in (
        offer_assets,
        offer_display,
        offer_words,
        offer_deciding,
        offer_cases,
        offer_clauses,
        offer_rules,
        offer_conditions,
        offer_frame,
    ):
        offer(app)
    for desk in DESKS:
        app.register_blueprint(desk)
