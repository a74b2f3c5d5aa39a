"""What clauses.csv expects of the rules, clause by clause.

The expectations are those of the columns ``parameters`` and ``kind`` alone; the
packs are only asked: by the gate on an empty file, by due dates, and by what is
shown. ``oracle.toml`` translates the words of the column into codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.explain import Statement
from storage.vocabulary import Capacity, RecordForm
from tests.law import gatechecks, keptchecks, paperchecks, shownchecks
from tests.law.answers import answers, wanted
from tests.law.asked import BOOKS, TABLES, Row, Ruling, node_of, rows

__all__ = ["BOOKS", "TABLES", "Row", "Ruling", "failures", "rows"]

#: What is judged with the gate, or says nothing of its own.
_NOT_COMPARED = {
    *("level", "node", "form", "open_list", "any_of", "all_of"),
    *("see", "note", "example", "subsystem"),
}
_GATE = {"docs", "media", "devices", "condition"}
#: Kinds of entry that hold for the authority, not at a step.
_NOT_AT_A_STEP = {"deadline", "parameter", "retention", "access", "capacity"}


def failures(row: Row, ruling: Ruling, issuer: str) -> list[str]:
    """Return in what the rules differ from what a clause says."""
    if row.id in TABLES["number"]:
        return list(_numbered(row, ruling))
    stated = ruling.by_clause.get(row.id, [])
    if not stated:
        return ["no entry cites it"]
    return [
        *gatechecks.gate(row, ruling),
        *gatechecks.entries(row, ruling),
        *paperchecks.records(row, ruling, issuer),
        *_placed(row, stated),
        *_waivable(row, ruling),
        *_reviewed(row, ruling),
        *_held_in(row, stated),
        *_signed(row, ruling),
        *_fills(row, ruling, issuer),
        *_reads(row, ruling),
        *_left(row, stated),
        *_told(row, stated, issuer),
        *shownchecks.kept(row, stated),
        *shownchecks.seen(row, stated),
        *shownchecks.placed(row, stated),
        *shownchecks.settled(row, ruling, issuer),
        *shownchecks.units(row, stated),
        *shownchecks.beside(row, stated),
        *keptchecks.kept(row.id, stated),
        *_about(row, stated),
        *_alike(row, stated),
        *_since(stated, issuer),
    ]


def _placed(row: Row, stated: list[Statement]) -> Iterator[str]:
    if "node" not in row.says:
        return
    placed = [each for each in stated if each.kind not in _NOT_AT_A_STEP]
    told = [each for each in placed if each.kind != "record"]
    placed = told if row.is_gated else told or placed
    at = {activity for each in placed for activity in each.at}
    if not placed or (row.says.get("level") == "exempt" and not at):
        return
    steps = [set(node_of(name, row.id)[0]) for name in row.items("node")]
    for name, activities in zip(row.items("node"), steps, strict=True):
        every = TABLES["node"].get(name, {}).get("every")
        if not (activities <= at if every else activities & at):
            yield f"nothing is said at {name}"
    if at - set().union(*steps):
        yield f"said at {sorted(at - set().union(*steps))}"


def _waivable(row: Row, ruling: Ruling) -> Iterator[str]:
    if row.says.get("level") != "exempt" or row.kind != "record-gate":
        return
    for name in row.items("node") or ["ins.onsite"]:
        for activity in node_of(name, row.id)[0]:
            rule = ruling.rules.waiver(activity, RecordForm.RECORDING, "video")
            if rule is None or row.id not in rule.cites:
                yield f"not waivable at {activity}"
                continue
            if rule.after is not _filed_later(row):
                yield f"reviewed after the act: {rule.after}"
            ground = TABLES["ground"].get(row.says.get("condition"))
            if ground and ground not in rule.grounds:
                yield f"waivable for {rule.grounds}"
            if row.says.get("reviewer") == "not_stated" and rule.approvers:
                yield f"approved by {rule.approvers}"


def _held_in(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare in which procedures a term holds, where the text names one."""
    meant = tuple(TABLES["procedures"].get(row.id, ()))
    for each in stated:
        held = tuple(each.facts.get("procedures", ()))
        if each.kind == "deadline" and held != meant:
            yield f"holds in {held or 'all'}"


def _filed_later(row: Row) -> bool:
    """Say whether another clause of the text has a waiver reviewed for its filing."""
    return any(
        other.says.get("action") == "备案存档" and "reviewer" in other.says
        for other in rows(row.id.split("-")[0]).values()
    )


def _reviewed(row: Row, ruling: Ruling) -> Iterator[str]:
    """Compare when a waiver is reviewed, and by whom under each reading."""
    for activity in ["inspection.onsite"] if "reviewer" in row.says else []:
        rule = ruling.rules.waiver(activity, RecordForm.RECORDING, "video")
        if rule is None or row.id not in rule.cites:
            continue
        if rule.after is not (row.says.get("action") == "备案存档"):
            yield f"reviewed after the act: {rule.after}"
        readings = TABLES["reviewed_if"].get(row.id, {})
        switch = ruling.rules.cited.get(rule.settled_by)
        if readings and (switch is None or not {*switch.choices} >= readings.keys()):
            yield f"settled by {rule.settled_by}"
        for value, posts in readings.items():
            if rule.settled(value).approvers != tuple(posts):
                yield f"reviewed by {rule.settled(value).approvers} if {value}"


def _signed(row: Row, ruling: Ruling) -> Iterator[str]:
    if "x.approval" not in row.items("node") or "chain" not in row.says:
        return
    steps = node_of("x.approval", row.id)[0]
    chain = [TABLES["chain"][word] for word in row.says["chain"].split(">")]
    for index, activity in enumerate(steps):
        role = chain[index % len(chain)]
        asked = [
            line.requirement
            for line in ruling.lines(activity, {})
            if row.id in line.cites
        ]
        if [item.signed_by for item in asked] != [(role,) if role else ()]:
            yield f"not signed by {role or 'all'} at {activity}"


def _numbered(row: Row, ruling: Ruling) -> Iterator[str]:
    """Compare the numbers of a national clause, which its text has in words."""
    for name, (number, words, since) in TABLES["number"][row.id].items():
        told = ruling.rules.cited.get(name)
        if words not in row.text:
            yield f"{words} does not stand in the text"
        if (
            told is None
            or row.id not in told.cites
            or (told.value, told.unit, told.since) != (number, "fen", since)
        ):
            yield f"{name} is {told}"


def _reads(row: Row, ruling: Ruling) -> Iterator[str]:
    """Compare a parameter with how its clause is read, where it gives no list."""
    for name, items in TABLES["reads"].get(row.id, {}).items():
        told = ruling.rules.cited.get(name)
        if told is None or row.id not in told.cites or told.value != tuple(items):
            yield f"{name} is {told}"


def _fills(row: Row, ruling: Ruling, issuer: str) -> Iterator[str]:
    if row.id not in TABLES["post"]:
        return
    capacity, *matter = TABLES["post"][row.id]
    posts = list(ruling.rules.posts(Capacity(capacity), *matter))
    if not any(e.name == capacity for e in ruling.by_clause[row.id]):
        yield f"no entry says who is {capacity}"
    if posts != TABLES["leader"][issuer][row.says["approver"]]:
        yield f"{capacity} is {posts}"


def _left(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare by whose leave something is seen, and which material it is."""
    leave = "approved"
    if "approval" in row.says or row.says.get("approver") == "not_required":
        leave = "none"
    elif row.says.get("approver") == "not_stated":
        leave = "information_law" if "basis" in row.says else "not_stated"
    elif "multi_approver" in row.says:
        leave = "collegial"
    elif not {"approver", "chain"} & row.says.keys():
        leave = "information_law"
    material = {"recorder_original": "recorder", "synchronous_recording": "room"}
    for each in stated:
        if each.kind != "access":
            continue
        asks = {"approver", "chain", "approval", "basis"} & row.says.keys()
        if asks and each.facts["leave"] != leave:
            yield f"leave: {each.facts['leave']}"
        if each.facts["leave"] != "approved" and "approvers" in each.facts:
            yield f"approved by {each.facts['approvers']} without being asked"
        meant = material.get(row.says.get("class", ""), "any")
        meant = TABLES["material"].get(row.id, meant)
        if asks and each.facts["material"] != meant:
            yield f"material: {each.facts['material']}"


def _told(row: Row, stated: list[Statement], issuer: str) -> Iterator[str]:
    for key, value in row.says.items():
        if key in _NOT_COMPARED or (row.is_gated and key in _GATE):
            continue
        if value == "not_required" or key in TABLES["told_apart"].get(row.id, ()):
            continue
        if key == "chain" and "x.approval" in row.items("node"):
            continue
        told = [each for s in stated if (each := answers(s, key, TABLES)) is not None]
        expected = _expected(row, key, value, issuer)
        if expected is None:
            if told:
                yield f"{key}: {told} where nothing is stated"
        elif not told or any(each not in expected for each in told):
            yield f"{key}: {told} instead of {value}"
        elif isinstance(TABLES.get(key, {}).get(value), list) and len(told) < len(
            TABLES[key][value]
        ):
            yield f"{key}: only {told} of {value}"


def _expected(row: Row, key: str, value: str, issuer: str) -> list[object] | None:
    """Return the answers that are right, as a point of the matrix settles them."""
    grounds = {"ground", "grounds"}
    if row.says.get("level") == "exempt":
        grounds.add("condition")
    if key in grounds:
        return [("codes", _grounds(issuer))]
    if key == "reviewer" and row.id in TABLES["reviewed"]:
        return [tuple(TABLES["reviewed"][row.id])]
    counted = TABLES["day_type"].get(row.id, key) if key == "days" else key
    return wanted(counted, value, TABLES, issuer)


def _grounds(issuer: str) -> tuple[str, ...]:
    """Return every ground that the clauses of an authority allow, in their order."""
    named = (
        name
        for row in rows(BOOKS[issuer]).values()
        if row.says.get("level") == "exempt" or "grounds" in row.says
        for key in ("ground", "grounds", "condition")
        for name in row.items(key)
    )
    codes = (TABLES["ground"].get(name, name) for name in named)
    return tuple(dict.fromkeys(codes))


#: What a duty is kept by that is about papers.
_WITH_PAPERS = {"record-gate", "content", "service", "approval", "archive"}
_IN_PAPERS = {"form", "gate", "approval"}


def _alike(row: Row, stated: list[Statement]) -> Iterator[str]:
    """Compare whether every entry of a clause says its words, and names its papers."""
    for kind in ("record", "access", "waiver"):
        same = {each.name if kind == "record" else "" for each in stated}
        for name in same:
            alike = [e for e in stated if e.kind == kind and name in {"", e.name}]
            keys = {key for each in alike for key, _ in each.says if key in row.says}
            for each in alike:
                if not keys <= {key for key, _ in each.says}:
                    yield f"{sorted(keys)} are not said at {each.at or name}"
    for name, keys in TABLES["said_at"].get(row.id, {}).items():
        said = {key for e in stated if e.name == name for key, _ in e.says}
        if not said >= {*keys}:
            yield f"{name} says {sorted(said)}"
    meant = TABLES["about"].get(row.id)
    if meant is None and row.kind in _WITH_PAPERS:
        meant = [c for n in _whole(row).items("docs") for c in _paper(n)]
    told = [each for each in stated if each.kind == "duty"]
    named = {code for each in told for code in each.facts.get("documents", ())}
    of_papers = named or any(each.facts["kept_by"] in _IN_PAPERS for each in told)
    if meant and of_papers and named != set(meant):
        yield f"about {sorted(named)}, not {sorted(meant)}"


def _whole(row: Row) -> Row:
    """Return the cell that a lettered clause repeats a part of, else the clause."""
    cell, _, letter = row.id.rpartition("-")
    book = rows(row.id.split("-")[0])
    return book[cell] if len(letter) == 1 and cell in book else row


def _paper(name: str) -> list[str]:
    known = TABLES["document"]
    return known.get(name, known.get(name.strip("《》"), [f"no paper for {name}"]))


def _about(row: Row, stated: list[Statement]) -> Iterator[str]:
    subject = TABLES["subject_of"].get(row.id, TABLES["subject"].get(row.kind))
    for each in stated:
        if each.kind == "duty" and subject and each.facts["subject"] != subject:
            yield f"a matter of {each.facts['subject']}, not of {subject}"


def _since(stated: list[Statement], issuer: str) -> Iterator[str]:
    place = TABLES["day"].get(issuer)
    if place is None:
        return
    clause, _, key = place.partition(" ")
    day = rows(BOOKS[issuer])[clause].says[key] if key else place
    for each in stated:
        later = TABLES["later"].get(f"{each.name} {' '.join(each.at)}".strip(), day)
        if each.source == issuer and each.since.isoformat() != later:
            yield f"since {each.since}, not {day}"
