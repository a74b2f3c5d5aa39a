"""Whether keeping, spoken words and leave are shown as a clause has them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.explain import Statement
from tests.law.asked import TABLES, Row, Ruling, node_of

_EFFECTS = {"mandatory": "automatic", "optional": "decision"}
#: Kinds of entry of which a clause without a node may say where they hold.
_PLACED = {"duty", "announcement"}


def kept(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare how long and by what effect something is kept."""
    as_file = row.says.get("retention") == "same_as_case_file"
    for each in stated:
        if each.kind != "retention":
            continue
        if bool(each.facts.get("as_case_file")) is not as_file:
            yield f"as the case file: {not as_file}"
        effect = (
            _EFFECTS.get(row.says.get("level", "")) if "trigger" in row.says else ""
        )
        if effect and each.facts.get("effect") != effect:
            yield f"effect: {each.facts.get('effect')}"


def seen(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare what may be done with which material, where the text says it in words."""
    meant = TABLES["seen"].get(row.id)
    asking = {str(e.facts["requester"]) for e in stated if e.kind == "access"}
    if asking != set(TABLES["seen_by"].get(row.id, asking)):
        yield f"asked by {sorted(asking)}"
    for each in stated:
        if each.kind != "access":
            continue
        done = [str(operation) for operation in each.facts.get("operations", ())]
        if meant is not None and done != meant:
            yield f"operations: {done}"
        if each.facts["leave"] == "approved" and "approvers" not in each.facts:
            yield "approved by nobody"


def settled(row: Row, ruling: Ruling, issuer: str) -> Iterator[str]:
    """Compare the switches of the points in which the clause needs settling."""
    for name, point in TABLES["settled"].get(issuer, {}).items():
        if row.id not in point["cites"]:
            continue
        told = ruling.rules.cited.get(name)
        value = point["value"]
        value = tuple(value) if isinstance(value, list) else value
        if (
            told is None
            or (told.settles, told.value) != (point["settles"], value)
            or told.choices != tuple(point.get("choices", ()))
            or told.unit != point.get("unit", "")
            or list(told.cites) != point["cites"]
        ):
            yield f"{name} is {told}"


def units(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare the unit of a number with the one that its name in the clause has."""
    for each in stated:
        if each.kind != "parameter" or each.facts.get("settles"):
            continue
        for key in row.says:
            if each.name.endswith(key):
                parts = TABLES["unit"].items()
                unit = next((u for part, u in parts if part in f"_{key}_"), "")
                if each.facts.get("unit", "") != unit:
                    yield f"{each.name} in {each.facts.get('unit')}, not {unit}"


def beside(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare what a term says that other law gives it."""
    meant = TABLES["beside"].get(row.id, {})
    for each in stated:
        if each.kind != "deadline" or not meant:
            continue
        posts = [str(post) for post in each.facts.get("extended_by", ())]
        if posts != meant["extended_by"] or not {*meant["cites"]} <= {*each.cites}:
            yield f"extended by {posts} after {each.cites}"


def placed(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare at which steps something is shown, and when words are spoken."""
    told = [each for each in stated if each.kind in _PLACED]
    at = sorted({activity for each in told for activity in each.at})
    listed = TABLES["at"].get(row.id)
    if listed is not None or "node" not in row.says:
        if at != sorted(listed or []):
            yield f"said at {at}"
    elif row.is_gated and told:
        nodes = row.items("node")
        steps = {code for name in nodes for code in node_of(name, row.id)[0]}
        if not at or not steps.issuperset(at):
            yield f"said at {at}"
    for each in told:
        moment = TABLES["moment"].get(row.id, "opening")
        if each.kind == "announcement" and each.facts["moment"] != moment:
            yield f"spoken at the {each.facts['moment']}"
