"""What a clause says, and what a ruleset answers: the two sides of the oracle."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from engine.bpmn.expressions import compile_expression
from engine.rules import gates
from engine.rules.explain import Statement, statements
from engine.rules.gates import Line
from engine.rules.jurisdiction import Ruleset
from tests.law.packs import PROCESSES, facts


def _tables() -> dict[str, dict[str, Any]]:
    """Read ``oracle.toml`` and what stands apart for one authority."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(__file__).parent.glob("oracle*.toml")):
        for name, table in tomllib.loads(path.read_text("utf-8")).items():
            found[name] = found.get(name, {}) | table
    return found


TABLES = _tables()
BOOKS = {
    "pingdingshan": "pds",
    "dalian_jinpu": "dl",
    "shanghai": "sh",
    "qingyuan": "qy",
    "zhanhe": "zh",
}
#: The levels that the gate knows; the rest is shown.
LEVELS = {"mandatory", "when_necessary", "by_need", "optional", "encouraged"}
_TASK = UUID(int=1)


@dataclass(frozen=True)
class Row:
    """One clause, and what its parameters say."""

    id: str
    kind: str
    enforceable: str
    text: str
    says: dict[str, str]

    def items(self, key: str) -> list[str]:
        """Return the items of a parameter."""
        return self.says[key].split("|") if self.says.get(key) else []

    @property
    def is_gated(self) -> bool:
        """Say whether the gate must ask for it."""
        return (
            self.kind not in {"content", "deadline"}
            and {"node", "form"} <= self.says.keys()
            and self.says.get("level", "mandatory") in LEVELS
        )


@cache
def rows(book: str) -> dict[str, Row]:
    """Return the clauses of one book by id."""
    with (PROCESSES / "clauses" / f"{book}.csv").open(encoding="utf-8") as file:
        return {
            row["id"]: Row(
                row["id"],
                row["kind"],
                row["enforceable"],
                row["text"],
                dict(
                    part.strip().split("=", 1)
                    for part in row["parameters"].split(";")
                    if "=" in part
                ),
            )
            for row in csv.DictReader(file)
        }


@cache
def _activities() -> dict[str, list[str]]:
    text = (PROCESSES / "activities.toml").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for code, activity in tomllib.loads(text)["activity"].items():
        found.setdefault(activity["key"], []).append(code)
    return found


def node_of(name: str, clause: str) -> tuple[list[str], dict[str, object]]:
    """Return the activities that a clause means by a node, and what is known there."""
    known = TABLES["node"].get(name, {})
    meant = TABLES["meant"].get(clause, {}).get(name)
    activities = meant or known.get("activities") or _activities().get(name, [])
    return activities, known.get("facts", {})


#: Statements by the entry that they are made of; the entry is kept alive by its key.
_MADE: dict[int, tuple[object, Statement]] = {}


def _stated(rules: Ruleset, held: tuple[str, str, Any]) -> Statement:
    """Return what an entry states; the same entry is asked but once."""
    known = _MADE.get(id(held[2]))
    if known is None:
        (stated,) = statements(replace(rules, in_force=(held,)))
        known = held[2], stated
        _MADE[id(held[2])] = known
    return known[1]


class Ruling:
    """What one ruleset says, asked often: its statements and its gates."""

    def __init__(self, rules):
        self.rules = rules
        self.by_clause: dict[str, list[Statement]] = {}
        for each in rules.in_force:
            stated = _stated(rules, each)
            for clause in stated.cites:
                self.by_clause.setdefault(clause, []).append(stated)
        self._lines: dict[tuple[str, str], tuple[Line, ...]] = {}

    def lines(self, activity: str, known: dict[str, object]) -> tuple[Line, ...]:
        """Return the lines of the gate of an activity while nothing is on file."""
        key = (activity, repr(sorted(known.items())))
        if key not in self._lines:
            view = dict.fromkeys(facts().names) | {"outcome": {}}
            view |= {"param": self.rules.parameters, "case": {}, "document": {}}
            view |= TABLES["known"].get(activity, {}) | known
            asked = [
                item
                for item in self.rules.records(activity)
                if item.when is None or compile_expression(item.when)(view)
            ]
            verdict = gates.evaluate(
                asked,
                task_id=_TASK,
                scope="",
                records=(),
                judgements=(),
                waivers=(),
                now=datetime(2026, 3, 9, tzinfo=UTC),
            )
            self._lines[key] = verdict.lines
        return self._lines[key]
