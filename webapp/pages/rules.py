"""What the five authorities ask, step by step: one explained, all compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.rules.explain import Statement, at_step, decisions, statements
from engine.rules.jurisdiction import Ruleset
from storage.models import Task
from webapp import coverage, explaining, rulebook, seen
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.i18n import ZONE, locale
from webapp.pages.words import record_name

blueprint = Blueprint("rules", __name__, url_prefix="/rules")

#: Kinds of entry that hold for the authority as a whole, in the order of the page.
GENERAL = ("deadline", "retention", "access", "waiver", "announcement", "parameter")


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    app.add_template_global(activity_name)
    app.add_template_global(demand_name)
    app.add_template_global(rulebook.since_of, "since_of")


def activity_name(code: str) -> str:
    """Return the name of an activity in the reader's language."""
    entry = rulebook.activities().get(code, {})
    return str(entry.get("en" if locale() == "en" else "zh", code))


def demand_name(key: str) -> str:
    """Return the name of what a requirement's key asks for, alternatives and all."""
    form, _, codes = key.partition(":")
    return " / ".join(record_name(form, code) for code in codes.split("|"))


@blueprint.get("")
@needs()
def index() -> ResponseReturnValue:
    """Show every activity, and how much each authority says about it."""
    rules = _all()
    rows = {
        code: {issuer: len(at_step(each, code)) for issuer, each in rules.items()}
        for code in rulebook.activities()
    }
    return render_template(
        "rules/index.html",
        rows={code: found for code, found in rows.items() if any(found.values())},
        issuers=list(rules),
    )


@blueprint.get("/general")
@needs()
def general() -> ResponseReturnValue:
    """Compare what the authorities themselves say for all their steps together."""
    rules = _all()
    said = {issuer: _general(each) for issuer, each in rules.items()}
    topics = {
        kind: sorted(
            {
                name
                for each in said.values()
                for name, entries in each.get(kind, {}).items()
                if any(entry.source != rulebook.NATIONAL for entry in entries)
            }
        )
        for kind in GENERAL
    }
    return render_template(
        "rules/general.html", said=said, topics=topics, issuers=list(rules)
    )


@blueprint.get("/coverage")
@needs()
def covered() -> ResponseReturnValue:
    """Show how many clauses of each instrument are claimed and proven."""
    kinds = (coverage.ENFORCEABLE, coverage.RECORD_ONLY)
    rows = {
        kind: [row for row in coverage.table() if row.enforceable == kind]
        for kind in kinds
    }
    totals = {kind: coverage.total(kind) for kind in kinds}
    return render_template("rules/coverage.html", rows=rows, totals=totals)


@blueprint.get("/points")
@needs()
def settled() -> ResponseReturnValue:
    """Show where the texts contradict themselves, and how each point is settled."""
    return render_template("rules/points.html", points=rulebook.points())


@blueprint.get("/<activity>")
@needs()
def compare(activity: str) -> ResponseReturnValue:
    """Compare what the authorities ask at one activity; raises NotFound."""
    rulebook.require_activity(activity)
    rules = _all()
    demands = {
        issuer: {asked.key: asked for asked in each.records(activity)}
        for issuer, each in rules.items()
    }
    keys = list(dict.fromkeys(key for found in demands.values() for key in found))
    said = {issuer: _other(each, activity) for issuer, each in rules.items()}
    return render_template(
        "rules/compare.html",
        activity=activity,
        demands=demands,
        keys=keys,
        said=said,
        rules=rules,
        issuers=list(rules),
        points=_points(rules.values(), activity),
        open=_printed(),
    )


@blueprint.get("/<activity>/<issuer>")
@needs()
def explain(activity: str, issuer: str) -> ResponseReturnValue:
    """Show what one authority asks at one activity; raises NotFound."""
    rulebook.require_activity(activity)
    rules = rulebook.rules_of(issuer, day())
    return render_template(
        "rules/explain.html",
        activity=activity,
        rules=rules,
        demands=rules.records(activity),
        said=_other(rules, activity),
        decisions=decisions(rules),
        points=_points([rules], activity),
        open=_printed(),
    )


@blueprint.get("/of/task/<uuid:task_id>")
@needs()
def of_task(task_id: UUID) -> ResponseReturnValue:
    """Show what the law asks at a step of a case; raises NotFound."""
    task = seen.part(Task, task_id)
    return _of_case([explaining.of_task(task, seen.case(task.case_id))])


@blueprint.get("/of/case/<uuid:case_id>")
@needs()
def of_case(case_id: UUID) -> ResponseReturnValue:
    """Show what the law asks at the live steps of a case, or at the one called."""
    case = seen.case(case_id)
    return _of_case(list(explaining.of_steps(case, request.args.get("step") or None)))


def _of_case(steps: list[explaining.Explained]) -> str:
    return render_template("rules/case.html", steps=steps, open=_printed())


def _printed() -> bool:
    """Say whether every clause stands open, as on paper."""
    return "print" in request.args


def day() -> date:
    """Return the day asked for, or today's in Shanghai."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return now().astimezone(ZONE).date()


def _all() -> Mapping[str, Ruleset]:
    on = day()
    return {issuer: rulebook.rules_of(issuer, on) for issuer in rulebook.issuers()}


def _other(rules: Ruleset, activity: str) -> list[Statement]:
    told = at_step(rules, activity)
    return [each for each in told if each.kind not in {"record", "waiver"}]


def _points(many: Iterable[Ruleset], activity: str) -> dict[str, Mapping[str, Any]]:
    return rulebook.points_about(
        clause
        for rules in many
        for each in at_step(rules, activity)
        for clause in each.cites
    )


def _general(rules: Ruleset) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in statements(rules):
        if each.kind in GENERAL and not each.at:
            found.setdefault(each.kind, {}).setdefault(each.name, []).append(each)
    return found
