"""Whether the gate asks for what a clause says, where it says so."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.gates import Line, LineState
from storage.vocabulary import Level, Medium, RecordForm
from tests.law.asked import TABLES, Row, Ruling, node_of, rows

_STATES = {
    "mandatory": {LineState.MISSING, LineState.OWED},
    "when_necessary": {LineState.UNDECIDED},
    "by_need": {LineState.UNDECIDED},
    "optional": {LineState.OPTIONAL},
    "encouraged": {LineState.OPTIONAL},
}
_LEVELS = {
    "mandatory": Level.MANDATORY,
    "when_necessary": Level.CONDITIONAL,
    "by_need": Level.CONDITIONAL,
    "optional": Level.OPTIONAL,
    "encouraged": Level.OPTIONAL,
}
_FORMS = {
    "doc": RecordForm.DOCUMENT,
    "is": RecordForm.DOCUMENT,
    "pa": RecordForm.DOCUMENT,
    "av": RecordForm.RECORDING,
    "edata": RecordForm.DATA,
}
_NAMES = {
    RecordForm.DOCUMENT: (("docs", "document"),),
    RecordForm.RECORDING: (("media", "medium"), ("devices", "medium")),
    RecordForm.DATA: (("devices", "data"),),
}


def gate(row: Row, ruling: Ruling) -> Iterator[str]:
    """Ask the gate, on an empty file, whether the clause is asked for as it says."""
    if not row.is_gated:
        return
    case = TABLES["condition"].get(row.says.get("condition"), {})
    case = TABLES["when"].get(row.id, case)
    found: list[Line] = []
    for name in row.items("node"):
        activities, here = node_of(row.says.get("act", name), row.id)
        if under := TABLES["under"].get(row.id):
            here = here | {"param": {**ruling.rules.parameters, **under}}
        given = TABLES["given"].get(row.id, {})
        lines = {
            each: _cited(ruling, row, each, here | case | given.get(each, {}))
            for each in activities
        }
        every = TABLES["node"].get(name, {}).get("every")
        if not (all if every else any)(lines.values()):
            yield f"nothing is asked for at {name}"
        if case and any(_cited(ruling, row, each, here) for each in activities):
            yield f"asked for at {name} without its condition"
        found += [line for each in lines.values() for line in each]
        if row.id not in TABLES["where"]:
            yield from _named(row, ruling, activities, name)
    yield from _elsewhere(row, ruling, case)
    states = {line.state for line in found if not _outdone(line, row)}
    if row.id in TABLES["afterwards"] and states != {LineState.OWED}:
        yield f"asked for at once, as {sorted(states)}"
    if "level" in row.says and not states <= _STATES[row.says["level"]]:
        yield f"asked for as {sorted(states)}"


def _outdone(line: Line, row: Row) -> bool:
    """Say whether the nation or the same text asks for the same more strictly."""
    asked = line.requirement
    if asked.level is Level.MANDATORY and "national" in asked.source.split("+"):
        return row.says.get("level") != "mandatory"
    others = rows(row.id.split("-")[0]) if row.says.get("level") != "mandatory" else {}
    return any(
        others[clause].says.get("level") == "mandatory"
        for clause in line.cites
        if clause in others
    )


def _named(row: Row, ruling: Ruling, activities: list[str], node: str) -> Iterator[str]:
    """Compare what the entries at one node name with what the clause names."""
    entries = [
        each
        for each in ruling.by_clause[row.id]
        if each.kind == "record" and not set(each.at).isdisjoint(activities)
    ]
    names = {form: _names(row, form) for form in _wanted_forms(row)}
    for each in entries:
        if each.facts["form"] not in names:
            yield f"asked for in another form at {node}"
    for form, expected in names.items():
        codes = [set(e.facts["codes"]) for e in entries if e.facts["form"] is form]
        meant = list(expected.values()) or ([_any_medium(row)] if _films(form) else [])
        if _films(form) and row.id in TABLES["media"]:
            meant = [set(codes) for codes in TABLES["media"][row.id]]
        elif row.says.get("any_of") == "true" and meant:
            meant = [set().union(*meant)]
        if not codes:
            yield f"{form}: nothing at {node}"
        for each in meant:
            if each not in codes:
                yield f"{form}: not {sorted(each)} at {node}"
        if meant and any(each not in meant for each in codes):
            yield f"{form}: other than {meant} at {node}"


def _films(form: RecordForm) -> bool:
    return form is RecordForm.RECORDING


def entries(row: Row, ruling: Ruling) -> Iterator[str]:
    """Compare the entries of a clause, one by one, where they are listed."""
    entries = [each for each in ruling.by_clause[row.id] if each.kind == "record"]
    level = _LEVELS.get(row.says.get("level", ""), Level.MANDATORY)
    for each in entries:
        if row.is_gated and each.facts["level"] is not level:
            yield f"{each.facts['level']} at {each.at}"
    for activity, known in TABLES["given"].get(row.id, {}).items():
        if not _cited(ruling, row, activity, known):
            yield f"nothing is asked for at {activity} given {known}"
        if _cited(ruling, row, activity, {}):
            yield f"asked for at {activity} although nothing is given"
    listed = TABLES["where"].get(row.id)
    if listed is None:
        return
    found: dict[str, list[str]] = {}
    for each in entries:
        found.setdefault(each.at[0], []).append(each.name)
        if each.facts["level"] is not level:
            yield f"{each.facts['level']} at {each.at}"
    if {at: sorted(names) for at, names in found.items()} != listed:
        yield f"asked for at {found}"


def _cited(
    ruling: Ruling, row: Row, activity: str, known: dict[str, object]
) -> list[Line]:
    return [line for line in ruling.lines(activity, known) if row.id in line.cites]


def _elsewhere(row: Row, ruling: Ruling, case: dict[str, object]) -> Iterator[str]:
    nodes = [row.says["act"]] if "act" in row.says else row.items("node")
    here = {code for name in nodes for code in node_of(name, row.id)[0]}
    for stated in ruling.by_clause[row.id]:
        if stated.kind == "record" and not here.issuperset(stated.at):
            yield f"asked for at {stated.at}"
    modes = {
        node_of(name, row.id)[1].get("mode")
        for name in row.items("node")
        if node_of(name, row.id)[1].get("mode") and name != "svc.any"
    }
    for mode in ({"personal", "leaving", "announcement", "postal"} - modes) & (
        {"personal", "leaving", "announcement", "postal"} if modes else set()
    ):
        lines = ruling.lines("service.delivery", {"mode": mode, **case})
        if any(row.id in line.cites for line in lines):
            yield f"asked for when served by {mode}"


def _wanted_forms(row: Row) -> list[RecordForm]:
    otherwise = TABLES["kept_otherwise"].get(row.id, {})
    forms = [_FORMS[form] for form in row.items("form") if form not in otherwise]
    return list(dict.fromkeys(forms))


def _any_medium(row: Row) -> set[str]:
    films = {Medium.VIDEO.value, Medium.ROOM_VIDEO.value}
    return films if "coverage" in row.says else {each.value for each in Medium}


def _names(row: Row, form: RecordForm) -> dict[str, set[str]]:
    """Return what the clause names in one form, and the codes that are meant."""
    found = {}
    for key, table in _NAMES[form]:
        for name in row.items(key):
            codes = TABLES[table].get(name, TABLES[table].get(name.strip("《》")))
            if codes is not None:
                found[name] = set(codes)
            elif key == "docs":
                found[name] = {f"no document type is known for {name}"}
    return found
