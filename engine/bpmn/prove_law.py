"""What a proof demands: ``processes/proof.toml``, compiled for one authority.

What completing a step brings about is written in words: ``done:<activity>``,
``done:<activity>=<outcome>`` (both also with ``@<document>`` inside a call that is
about one), ``fired:<deadline>``, ``decided:<fact>=<value>``, ``taken:<condition>`` of
a flow, ``operation:<name>``, ``step:<process>/<element>``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.bpmn.errors import InvalidProof, UnsafeExpression
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Node
from engine.bpmn.prove_facts import domain, truths
from engine.rules.requirements import Requirement
from storage.vocabulary import Level

_KINDS: Mapping[str, frozenset[str]] = {
    "before": frozenset({"at", "any", "since", "zh", "cites", "issuers", "within"}),
    "record": frozenset({"at", "record", "when", "cites", "issuers"}),
    "checkpoint": frozenset({"at", "when", "zh", "cites", "issuers"}),
    "guard": frozenset({"at", "guard", "zh", "cites", "issuers"}),
}

Asked = Callable[[Node], tuple[Requirement, ...]]


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


def is_met(demand: Demand, node: Node, outcome: str | None, asked: Asked) -> bool:
    """Say whether a step that ends so has the record, guard or checkpoint itself."""
    if demand.kind == "guard":
        return any(guard.code == demand.guard for guard in node.guards)
    if demand.kind == "checkpoint":
        if not node.checkpoint or node.checkpoint_if is None:
            return node.checkpoint
        whenever = demand.when or "true"
        return _always(whenever, (node.checkpoint_if,), node, outcome)
    form, _, codes = demand.record.partition(":")
    enough = [
        each.when or "true"
        for each in asked(node)
        if each.form.value == form
        and each.level is Level.MANDATORY
        and set(each.codes) <= set(codes.split("|"))
    ]
    return _always(demand.when or "true", tuple(enough), node, outcome)


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
