"""What a proof demands: ``processes/proof.toml``, compiled for one authority.

What completing a step brings about is written in words: ``done:<activity>``,
``done:<activity>=<outcome>`` (both also with ``@<document>`` inside a call that is
about one), ``fired:<deadline>``, ``decided:<fact>=<value>``, ``operation:<name>``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.bpmn.errors import InvalidProof, UnsafeExpression
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Node, NodeKind
from engine.bpmn.prove_facts import domain, truths
from engine.bpmn.prove_graph import Spot
from engine.rules.requirements import Requirement
from storage.vocabulary import Level

_KINDS: Mapping[str, frozenset[str]] = {
    "before": frozenset({"at", "any", "since", "zh", "cites", "issuers"}),
    "record": frozenset({"at", "record", "when", "cites", "issuers"}),
    "checkpoint": frozenset({"at", "zh", "cites", "issuers"}),
    "guard": frozenset({"at", "guard", "zh", "cites", "issuers"}),
}

Asked = Callable[[Node], tuple[Requirement, ...]]
Decided = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One thing that must be there when a step is completed."""

    kind: str  #: ``before``, ``record``, ``checkpoint`` or ``guard``
    at: tuple[str, ...]  #: what completes the step, in words; any of these
    any: tuple[str, ...] = ()  #: what must have come about before; any of these
    since: tuple[str, ...] = ()  #: what makes it due anew
    record: str = ""  #: ``form:code`` or ``form:code|code``
    when: str | None = None
    guard: str = ""
    zh: str = ""
    cites: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()  #: empty: every authority

    def binds(self, issuer: str) -> bool:
        """Say whether it is demanded of one authority."""
        return not self.issuers or issuer in self.issuers

    @property
    def missing(self) -> str:
        """Say in words what is missing where it is not met."""
        return self.zh or self.record or self.guard or self.kind


def read_law(text: str) -> tuple[Demand, ...]:
    """Return the demands of ``proof.toml``; raises InvalidProof."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidProof("", str(error)) from error
    found = []
    for kind, entries in tables.items():
        if kind not in _KINDS or not isinstance(entries, list):
            raise InvalidProof(kind, "unknown_kind")
        for number, entry in enumerate(entries, start=1):
            found.append(_demand(kind, f"{kind} {number}", entry))
    return tuple(found)


def _demand(kind: str, name: str, entry: Any) -> Demand:
    for key in entry:
        if key not in _KINDS[kind]:
            raise InvalidProof(name, f"unknown:{key}")
    needed = {"before": "any", "record": "record", "guard": "guard"}.get(kind)
    for key in ("at", "cites", needed):
        if key is not None and not entry.get(key):
            raise InvalidProof(name, f"lacks:{key}")
    if entry.get("when"):
        try:
            compile_expression(entry["when"])
        except UnsafeExpression as error:
            raise InvalidProof(name, f"when:{error.reason}") from error
    at = entry["at"]
    return Demand(
        kind=kind,
        at=(at,) if isinstance(at, str) else tuple(at),
        any=tuple(entry.get("any", ())),
        since=tuple(entry.get("since", ())),
        record=entry.get("record", ""),
        when=entry.get("when"),
        guard=entry.get("guard", ""),
        zh=entry.get("zh", ""),
        cites=tuple(entry["cites"]),
        issuers=tuple(entry.get("issuers", ())),
    )


@dataclass(frozen=True)
class Effect:
    """What completing a step one way demands, and what it changes."""

    needs: int  #: demands that must have been met, as bits
    fails: int  #: demands that the step itself does not meet
    clears: int
    meets: int
    under: int  #: every demand that it falls under, met or not


class Law:
    """The demands on one authority, asked by the walk at every completed step."""

    def __init__(
        self, demands: Iterable[Demand], issuer: str, asked: Asked
    ) -> None:
        self.demands = tuple(d for d in demands if d.binds(issuer))
        self.issuer = issuer
        self._asked = asked
        self._cache: dict[tuple[int, str | None, Decided], Effect] = {}
        self._words = {
            word
            for demand in self.demands
            for word in (*demand.at, *demand.any, *demand.since)
        }

    def tells_outcomes(self, activity: str | None) -> bool:
        """Say whether the way in which an activity ends matters to any demand."""
        start = f"done:{activity}="
        return any(word.startswith(start) for word in self._words)

    def tells(self, fact: str) -> bool:
        """Say whether what a table decides for *fact* matters to any demand."""
        return any(word.startswith(f"decided:{fact}=") for word in self._words)

    def effect(self, spot: Spot, outcome: str | None, decided: Decided) -> Effect:
        """Return what completing *spot* demands and changes."""
        key = (spot.index, outcome, decided)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._work_out(spot, outcome, decided)
        return found

    def _work_out(self, spot: Spot, outcome: str | None, decided: Decided) -> Effect:
        happened = words(spot, outcome, decided)
        needs = fails = clears = meets = under = 0
        for index, demand in enumerate(self.demands):
            if happened.intersection(demand.since):
                clears |= 1 << index
            if happened.intersection(demand.any):
                meets |= 1 << index
            if happened.intersection(demand.at):
                under |= 1 << index
                if demand.kind == "before":
                    needs |= 1 << index
                elif not self._holds(demand, spot.node, outcome):
                    fails |= 1 << index
        return Effect(needs, fails, clears, meets, under)

    def _holds(self, demand: Demand, node: Node, outcome: str | None) -> bool:
        if demand.kind == "guard":
            return any(guard.code == demand.guard for guard in node.guards)
        if demand.kind == "checkpoint":
            if not node.checkpoint or node.checkpoint_if is None:
                return node.checkpoint
            return _always("true", (node.checkpoint_if,), node, outcome)
        form, _, codes = demand.record.partition(":")
        enough = [
            asked.when or "true"
            for asked in self._asked(node)
            if asked.form.value == form
            and asked.level is Level.MANDATORY
            and set(asked.codes) <= set(codes.split("|"))
        ]
        return _always(demand.when or "true", tuple(enough), node, outcome)


def words(spot: Spot, outcome: str | None, decided: Decided) -> frozenset[str]:
    """Return what comes about when a step is completed."""
    node = spot.node
    found = set()
    if node.activity:
        for about in ("", f"@{spot.subject}") if spot.subject else ("",):
            found.add(f"done:{node.activity}{about}")
            if outcome is not None:
                found.add(f"done:{node.activity}={outcome}{about}")
    found.update(f"fired:{rule.code}" for rule in node.deadlines if rule.fires)
    if node.kind is NodeKind.SERVICE_TASK and node.operation:
        found.add(f"operation:{node.operation}")
    for fact, value in decided:
        told = str(value).lower() if isinstance(value, bool) else value
        found.add(f"decided:{fact}={told}")
    return frozenset(found)


def _always(
    whenever: str, enough: tuple[str, ...], node: Node, outcome: str | None
) -> bool:
    """Say whether one of *enough* surely holds in all that *whenever* may hold in."""
    facts = domain((whenever, *enough))
    own = f"outcome.{node.id}"
    if own in facts:
        facts[own] = (outcome,)
    for chosen in product(*facts.values()):
        known = dict(zip(facts, chosen, strict=True))
        if True in truths(whenever, known) and not any(
            truths(text, known) == (True,) for text in enough
        ):
            return False
    return True
