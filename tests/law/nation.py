"""What national law expects of the base that every authority stands on.

``frame_nation.toml`` was written down from the frame of national law, node by node,
never from ``national.toml``. The base alone is asked: by the gate on an empty file and
on papers in every state, by values, posts and terms.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from engine.rules import jurisdiction
from engine.rules.deadlines import SHANGHAI
from engine.rules.entries import Jurisdiction
from engine.rules.gates import LineState
from storage.vocabulary import Capacity, RecordForm
from tests.law import paperchecks, termchecks
from tests.law.asked import Ruling
from tests.law.parted import parted_wrongly

_TEXT = (Path(__file__).parent / "frame_nation.toml").read_text("utf-8")
FRAME = tomllib.loads(_TEXT)
_NATION = FRAME["nation"]
#: An authority that has no rule of its own.
_NOBODY = Jurisdiction(issuer="nobody", name="", file="", since=date.min)
_STATES = {
    "mandatory": LineState.MISSING,
    "conditional": LineState.UNDECIDED,
    "optional": LineState.OPTIONAL,
}
_FILMS = {"photo", "audio", "video", "room_video"}


def differences(national: Jurisdiction, on: date, *kinds: str) -> Iterator[str]:
    """Yield in what a base differs from what national law expects of it.

    Args:
        national: the base.
        on: a day on which all of it is in force.
        kinds: the kinds of entry to look at; none: all.
    """
    ruling = Ruling(jurisdiction.resolve(national, _NOBODY, on))
    for kind in kinds or _CHECKS:
        yield from _CHECKS[kind](ruling)


def _first_day(key: str, cites: list[str]) -> date:
    return FRAME["since"].get(key, FRAME["days"][cites[0].split("-")[0]])


def _entry_wrong(entry, key: str, cites: list[str]) -> Iterator[str]:
    if list(entry.cites) != cites:
        yield f"{key} cites {entry.cites}"
    if entry.since != _first_day(key, cites):
        yield f"{key} since {entry.since}"


# ── records


def _records(ruling: Ruling) -> Iterator[str]:
    meant = list(_NATION["records"])
    for entry in ruling.rules.record_entries:
        asked = entry.requirement
        key = f"{entry.at} {'|'.join(asked.codes)}"
        films = set(asked.codes) <= _FILMS
        form = RecordForm.RECORDING if films else RecordForm.DOCUMENT
        if asked.form is not form:
            yield f"{key} is a {asked.form}"
        same = [
            each
            for each in meant
            if f"{each['at']} {each['asks']}" == key
            and each.get("level", "mandatory") == asked.level.value
            and _asks(ruling, entry, each)
        ]
        if not same:
            yield f"{key} is asked for otherwise"
            continue
        meant.remove(same[0])
        yield from _entry_wrong(entry, key, same[0]["cites"])
        yield from paperchecks.states(entry.at, asked, "national")
    yield from (f"{each['at']} does not ask for {each['asks']}" for each in meant)
    yield from _gates(ruling)


def _asks(ruling: Ruling, entry, each) -> bool:
    """Say whether an entry is asked for just when the law says."""
    asked = entry.requirement
    held = paperchecks.held(asked, ruling, _known(each.get("given", {})))
    return held and not any(
        paperchecks.held(asked, ruling, _known(facts))
        for facts in each.get("unless", [])
    )


def _known(facts):
    """Return facts as a case has them: what is a moment becomes one."""
    return {
        name: datetime.fromisoformat(value).replace(tzinfo=SHANGHAI)
        if name == "measure_at"
        else value
        for name, value in facts.items()
    }


def _gates(ruling: Ruling) -> Iterator[str]:
    """Ask the gate of each step on an empty file."""
    for each in _NATION["records"]:
        lines = ruling.lines(each["at"], _known(each.get("given", {})))
        codes = tuple(each["asks"].split("|"))
        found = [line for line in lines if set(line.requirement.codes) <= set(codes)]
        state = _STATES[each.get("level", "mandatory")]
        if not any(line.state in {state, LineState.MISSING} for line in found):
            yield f"the gate of {each['at']} has no {each['asks']}"


# ── waivers, values, posts


def _waivers(ruling: Ruling) -> Iterator[str]:
    meant = _NATION["waivers"]
    found = ruling.rules.waivers
    if len(found) != len(meant):
        yield f"{len(found)} waivers"
    for entry, each in zip(found, meant, strict=False):
        rule = entry.rule
        told = [*map(str, rule.grounds)], [*map(str, rule.approvers)], rule.after
        if told != (each["grounds"], each["approvers"], each["after"]):
            yield f"waivable for {told}"
        if (entry.at, entry.form, entry.code) != (None, RecordForm.RECORDING, None):
            yield f"waivable at {entry.at}: {entry.form} {entry.code}"
        if rule.settled_by or rule.otherwise:
            yield f"settled by {rule.settled_by}"
        yield from _entry_wrong(entry, "waiver", each["cites"])


def _parameters(ruling: Ruling) -> Iterator[str]:
    meant = {each["name"]: each for each in _NATION["parameters"]}
    if meant.keys() != ruling.rules.cited.keys():
        yield f"parameters: {sorted(meant.keys() ^ ruling.rules.cited.keys())}"
    for name, each in meant.items():
        entry = ruling.rules.cited.get(name)
        if entry is None:
            continue
        value = each["value"]
        told = entry.value, entry.unit, entry.settles, entry.choices
        if told != (
            tuple(value) if isinstance(value, list) else value,
            each.get("unit", ""),
            each.get("settles", ""),
            tuple(each.get("choices", ())),
        ) or isinstance(entry.value, bool) is not isinstance(value, bool):
            yield f"{name} is {told}"
        yield from _entry_wrong(entry, name, each["cites"])


def _capacities(ruling: Ruling) -> Iterator[str]:
    found = {(e.capacity.value, e.matter): e for e in ruling.rules.post_entries}
    meant = {(e["capacity"], e.get("matter")): e for e in _NATION["capacities"]}
    if found.keys() != meant.keys():
        yield f"capacities: {found.keys() ^ meant.keys()}"
    for (capacity, matter), each in meant.items():
        posts = ruling.rules.posts(Capacity(capacity), matter)
        if [*map(str, posts)] != each["posts"]:
            yield f"{capacity} {matter or ''} is {posts}"
        if entry := found.get((capacity, matter)):
            yield from _entry_wrong(entry, capacity, each["cites"])


# ── terms, separations


def _terms(ruling: Ruling) -> Iterator[str]:
    found = ruling.rules.terms
    if found.keys() != FRAME["terms"].keys():
        yield f"terms: {sorted(found.keys() ^ FRAME['terms'].keys())}"
    yield from termchecks.terms("national", found.values())
    for code, cites in FRAME["terms"].items():
        if code in found:
            yield from _entry_wrong(found[code], code, cites)


def _separations(ruling: Ruling) -> Iterator[str]:
    yield from map(str, parted_wrongly("nobody", ruling.rules))
    found = {each.rule: list(each.cites) for each in ruling.rules.separation}
    if found != FRAME["apart"]:
        yield f"apart: {found}"


_CHECKS = {
    "record": _records,
    "waiver": _waivers,
    "parameter": _parameters,
    "capacity": _capacities,
    "deadline": _terms,
    "separation": _separations,
}
