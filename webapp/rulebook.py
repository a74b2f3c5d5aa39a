"""The rule packs of this release, and what they say about one step."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import NotFound
from engine.rules import jurisdiction
from engine.rules.explain import Statement, at_step, decisions, statements
from engine.rules.jurisdiction import Jurisdiction, Ruleset
from engine.rules.requirements import Requirement
from webapp.library import clause_of

PROCESSES = Path(__file__).parent.parent / "processes"
#: The pack that holds where an authority's own is silent.
NATIONAL = "national"


@cache
def packs() -> Mapping[str, Jurisdiction]:
    """Return every rule pack by its authority, the nation's first."""
    paths = sorted((PROCESSES / "jurisdictions").glob("*.toml"))
    found = [jurisdiction.load(path.read_text("utf-8"), path.name) for path in paths]
    found.sort(key=lambda pack: (pack.issuer != NATIONAL, pack.since, pack.issuer))
    return {pack.issuer: pack for pack in found}


def issuers() -> list[str]:
    """Return the authorities that have a pack of their own."""
    return [issuer for issuer in packs() if issuer != NATIONAL]


@cache
def rules_of(issuer: str, on: date) -> Ruleset:
    """Return what holds for an authority on a day; raises NotFound."""
    pack = packs().get(issuer)
    if pack is None or issuer == NATIONAL:
        raise NotFound("issuer", issuer)
    return jurisdiction.resolve(packs()[NATIONAL], pack, on)


@cache
def activities() -> Mapping[str, Mapping[str, Any]]:
    """Return the catalogue of activities by code."""
    text = (PROCESSES / "activities.toml").read_text("utf-8")
    found: dict[str, Mapping[str, Any]] = tomllib.loads(text)["activity"]
    return found


@cache
def points() -> Mapping[str, Mapping[str, Any]]:
    """Return where texts contradict themselves, and how each point is settled."""
    found: dict[str, Mapping[str, Any]] = tomllib.loads(
        (PROCESSES / "points.toml").read_text("utf-8")
    )
    return found


def points_about(cited: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the settled points that concern any of the clauses *cited*."""
    wanted = set(cited)
    return {
        id_: point
        for id_, point in points().items()
        if not wanted.isdisjoint(point["clauses"])
    }


def require_activity(code: str) -> str:
    """Return *code*; raises NotFound where the catalogue has no such activity."""
    if code not in activities():
        raise NotFound("activity", code)
    return code


def explanation(rules: Ruleset, activity: str) -> dict[str, Any]:
    """Return, as plain values, what is required at a step, why, and who may waive it.

    A list that is empty says that neither the authority nor the nation states
    anything of the kind.
    """
    said = at_step(rules, activity)
    return {
        "activity": activity,
        "issuer": rules.issuer,
        "on": rules.on.isoformat(),
        "records": [
            demand(asked, since_of(rules, activity, asked))
            for asked in rules.records(activity)
        ],
        "announcements": _of(said, {"announcement"}),
        "duties": _of(said, {"duty"}),
        "posts": _of(said, {"capacity"}),
        "decisions": [plain(each) for each in decisions(rules)],
        "points": [
            {"id": id_, **point}
            for id_, point in points_about(
                clause for each in at_step(rules, activity) for clause in each.cites
            ).items()
        ],
        "general": [
            plain(each)
            for each in statements(rules)
            if not each.at and each.kind in {"waiver", "announcement"}
        ],
    }


def plain(each: Statement) -> dict[str, Any]:
    """Return one entry as plain values, its clauses verbatim."""
    return {
        "kind": each.kind,
        "name": each.name,
        "label": each.label,
        "source": each.source,
        "since": each.since.isoformat(),
        "mark": each.mark,
        "facts": {key: _value(value) for key, value in each.facts.items()},
        "says": {key: _value(value) for key, value in each.says},
        "clauses": list(clauses(each.cites)),
    }


def clauses(ids: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield each clause verbatim, with its instrument and article."""
    for id_ in ids:
        found = clause_of(id_)
        yield {
            "id": id_,
            "title": found.title if found else "",
            "article": found.article if found else "",
            "text": found.text if found else "",
        }


def since_of(rules: Ruleset, activity: str, asked: Requirement) -> list[date]:
    """Return from which days a demand holds, one for each entry behind it."""
    return sorted(
        {
            entry.since
            for entry in rules.record_entries
            if entry.at == activity
            and (entry.requirement.key, entry.requirement.when)
            == (asked.key, asked.when)
        }
    )


def demand(asked: Requirement, since: Iterable[date]) -> dict[str, Any]:
    """Return one demand as plain values: its days, clauses, and who may waive it."""
    waiver = asked.waiver
    return {
        "record": asked.key,
        "level": asked.level.value,
        "due": asked.due.value,
        "count": asked.count,
        "signed_by": list(asked.signed_by),
        "when": asked.when,
        "sources": asked.source.split("+"),
        "since": [day.isoformat() for day in since],
        "clauses": list(clauses(asked.cites)),
        "waiver": None
        if waiver is None
        else {
            "grounds": list(waiver.grounds),
            "approvers": [str(post) for post in waiver.approvers],
            "clauses": list(clauses(waiver.cites)),
        },
    }


def _of(said: Iterable[Statement], kinds: set[str]) -> list[dict[str, Any]]:
    return [plain(each) for each in said if each.kind in kinds]


def _value(value: Any) -> Any:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, tuple | list | frozenset):
        return [_value(each) for each in value]
    return str(value)
