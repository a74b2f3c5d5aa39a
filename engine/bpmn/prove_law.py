"""What a proof demands: ``processes/proof.toml``, compiled for one authority.

What completing a step brings about is written in words: ``done:<activity>``,
``done:<activity>=<outcome>`` (both also with ``@<document>`` inside a call that is
about one), ``fired:<deadline>``, ``decided:<fact>=<value>``, ``taken:<condition>`` of
a flow, ``operation:<name>``, ``step:<process>/<element>``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.bpmn.errors import InvalidProof, UnsafeExpression
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import GATEWAYS, Node, NodeKind
from engine.bpmn.prove_facts import domain, truths
from engine.bpmn.prove_graph import Spot
from engine.rules.requirements import Requirement
from storage.vocabulary import Level

_KINDS: Mapping[str, frozenset[str]] = {
    "before": frozenset({"at", "any", "since", "zh", "cites", "issuers", "within"}),
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
    within: tuple[str, ...] = ()  #: processes that cases open in; empty: every one

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
    for key in ("at", needed):
        if key is not None and not entry.get(key):
            raise InvalidProof(name, f"lacks:{key}")
    if "cites" not in entry or not (entry["cites"] or kind == "guard"):
        # How many make a panel stands in no statute; the diagram says it all the same.
        raise InvalidProof(name, "lacks:cites")
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
        within=tuple(entry.get("within", ())),
    )


@dataclass(frozen=True)
class Effect:
    """What completing a step one way demands, and what it changes; demands as bits."""

    needs: int  #: what must have come about before
    clears: int
    meets: int
    falls: int  #: demands on the step itself: records, guards, checkpoints


class Law:
    """The demands, asked by the walk at every completed step.

    A demand that a called process meets by itself is kept apart for every call: what
    one call does neither meets nor undoes it for another.
    """

    def __init__(
        self,
        demands: Iterable[Demand],
        spots: Iterable[Spot],
        outputs: Mapping[str, Iterable[str]],
    ) -> None:
        """Place *demands* in a graph whose tables decide the facts in *outputs*."""
        given = tuple(demands)
        self._cache: dict[tuple[int, str | None, Decided], Effect] = {}
        self._words = {
            word for each in given for word in (*each.at, *each.any, *each.since)
        }
        placed: dict[str, set[tuple[str, ...]]] = {}
        for spot in spots:
            for fact in outputs.get(spot.node.decision or "", ()):
                for word in self._words:
                    if word.startswith(f"decided:{fact}="):
                        placed.setdefault(word, set()).add(spot.path)
            outcomes: list[str | None] = [o.value for o in spot.node.outcomes]
            for outcome in outcomes or [None]:
                for word in words(spot, outcome, ()):
                    placed.setdefault(word, set()).add(spot.path)
        #: Each demand with the call that it is about; empty: the whole case.
        self._kept = tuple(
            (demand, scope) for demand in given for scope in _scopes(demand, placed)
        )
        self.demands = tuple(demand for demand, _ in self._kept)

    def tells_outcomes(self, activity: str | None) -> bool:
        """Say whether the way in which an activity ends matters to any demand."""
        start = f"done:{activity}="
        return any(word.startswith(start) for word in self._words)

    def tells(self, fact: str) -> bool:
        """Say whether what a table decides for *fact* matters to any demand."""
        return any(word.startswith(f"decided:{fact}=") for word in self._words)

    def tells_flow(self, condition: str | None) -> bool:
        """Say whether it matters to any demand that a flow is taken."""
        return f"taken:{condition}" in self._words

    def effect(self, spot: Spot, outcome: str | None, decided: Decided) -> Effect:
        """Return what completing *spot* demands and changes."""
        key = (spot.index, outcome, decided)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._work_out(spot, outcome, decided)
        return found

    def _work_out(self, spot: Spot, outcome: str | None, decided: Decided) -> Effect:
        happened = words(spot, outcome, decided)
        needs = clears = meets = falls = 0
        for index, (demand, scope) in enumerate(self._kept):
            if not _near(spot.path, scope):
                continue
            if happened.intersection(demand.since):
                clears |= 1 << index
            if happened.intersection(demand.any):
                meets |= 1 << index
            if happened.intersection(demand.at):
                if demand.kind == "before":
                    needs |= 1 << index
                else:
                    falls |= 1 << index
        return Effect(needs, clears, meets, falls)


def is_met(demand: Demand, node: Node, outcome: str | None, asked: Asked) -> bool:
    """Say whether a step that ends so has the record, guard or checkpoint itself."""
    if demand.kind == "guard":
        return any(guard.code == demand.guard for guard in node.guards)
    if demand.kind == "checkpoint":
        if not node.checkpoint or node.checkpoint_if is None:
            return node.checkpoint
        return _always("true", (node.checkpoint_if,), node, outcome)
    form, _, codes = demand.record.partition(":")
    enough = [
        each.when or "true"
        for each in asked(node)
        if each.form.value == form
        and each.level is Level.MANDATORY
        and set(each.codes) <= set(codes.split("|"))
    ]
    return _always(demand.when or "true", tuple(enough), node, outcome)


def _scopes(
    demand: Demand, placed: Mapping[str, set[tuple[str, ...]]]
) -> tuple[tuple[str, ...], ...]:
    """Return the calls in each of which a demand stands by itself; one empty: none."""
    if demand.kind != "before":
        return ((),)
    reached = {path for word in demand.at for path in placed.get(word, ())}
    meeting = [path for word in demand.any for path in placed.get(word, ())]
    alone = all(path and path in meeting for path in reached)
    return tuple(sorted(reached)) if reached and alone else ((),)


def _near(path: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    """Say whether *path* is the call itself, around it, or below it."""
    shared = min(len(path), len(scope))
    return path[:shared] == scope[:shared]


def words(spot: Spot, outcome: str | None, decided: Decided) -> frozenset[str]:
    """Return what comes about when a step is completed."""
    node = spot.node
    found = {f"step:{node.process}/{node.id}"}
    if node.kind in GATEWAYS:
        found.add(f"taken:{outcome}")
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
    if whenever in enough:
        return True
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
