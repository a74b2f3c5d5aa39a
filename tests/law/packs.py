"""The rule packs, the calendar and the catalogues as they are shipped."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from engine.bpmn.expressions import compile_expression
from engine.rules import jurisdiction
from engine.rules.calendar import Calendar
from engine.rules.facts import FactCatalogue
from engine.rules.requirements import merge_held
from storage.vocabulary import Level

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
ISSUERS = ("pingdingshan", "dalian_jinpu", "shanghai", "qingyuan", "zhanhe")
PACKS = ("national", *ISSUERS)


@cache
def calendar():
    """Return the shipped calendar."""
    text = (PROCESSES / "calendars" / "cn.toml").read_text("utf-8")
    return Calendar.load(text)


@cache
def activities():
    """Return the codes of all activities."""
    text = (PROCESSES / "activities.toml").read_text("utf-8")
    return jurisdiction.activity_codes(text)


@cache
def clauses():
    """Return the ids of all clauses."""
    found = set()
    for path in (PROCESSES / "clauses").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {row["id"] for row in csv.DictReader(file)}
    return frozenset(found)


@cache
def forms():
    """Return every document type's form."""
    folder = ROOT / "forms" / "documents"
    return {
        path.parent.name: tomllib.loads(path.read_text("utf-8"))
        for path in folder.glob("*/form.toml")
    }


@cache
def facts():
    """Return the catalogue of facts."""
    return FactCatalogue.load((PROCESSES / "facts.toml").read_text("utf-8"))


@cache
def pack(name):
    """Return one rule pack, checked against every catalogue."""
    roles = {
        slot["role"] for form in forms().values() for slot in form.get("signatory", ())
    }
    return jurisdiction.load(
        (PROCESSES / "jurisdictions" / f"{name}.toml").read_text("utf-8"),
        f"{name}.toml",
        activities=activities(),
        documents=forms().keys(),
        clauses=clauses(),
        roles=roles,
    )


@cache
def rules(issuer, on=date(2026, 3, 9)):
    """Return what holds for an authority on a day."""
    return jurisdiction.resolve(pack("national"), pack(issuer), on)


def held(issuer, activity, **known):
    """Return what is asked for when these facts are known, by key."""
    view = dict.fromkeys(facts().names) | {"outcome": {}, "document": {}} | known
    view["param"] = rules(issuer).parameters
    asked = [
        item
        for item in rules(issuer).records(activity)
        if item.when is None or compile_expression(item.when)(view)
    ]
    return {item.key: item for item in merge_held(asked)}


def mandatory(issuer, activity, **known):
    """Return the keys of what must be there when these facts are known."""
    found = held(issuer, activity, **known)
    return {key for key, item in found.items() if item.level is Level.MANDATORY}
