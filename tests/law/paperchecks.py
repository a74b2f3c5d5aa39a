"""In which state a record suffices at its step, and when it is not asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from engine.bpmn.expressions import compile_expression
from engine.rules import gates
from engine.rules.gates import LineState, RecordFact
from engine.rules.requirements import Requirement
from storage.vocabulary import DocumentStatus, Level, RecordForm, RecordingStatus
from tests.law.asked import TABLES, Row, Ruling
from tests.law.packs import facts, forms

_FRAME = tomllib.loads((Path(__file__).parent / "frame_papers.toml").read_text("utf-8"))
NOW = datetime(2026, 3, 9, tzinfo=UTC)
_HERE, _EARLIER = UUID(int=1), UUID(int=2)


@cache
def _roles():
    slots = (s["role"] for form in forms().values() for s in form.get("signatory", ()))
    return frozenset(slots)


def records(row: Row, ruling: Ruling, issuer: str) -> Iterator[str]:
    """Hold each record that a clause asks for against papers in every state."""
    for entry in ruling.rules.record_entries:
        asked = entry.requirement
        if asked.source != issuer or row.id not in entry.cites:
            continue
        later = row.id in TABLES["afterwards"]
        yield from states(entry.at, asked, issuer, later=later)
        yield from _unasked(row.id, entry.at, asked, ruling)


def states(
    at: str, asked: Requirement, issuer: str, *, later: bool = False
) -> Iterator[str]:
    """Yield in which states a record suffices where the law says otherwise."""
    where = f"{asked.key} at {at}"
    if (_state(asked) is LineState.OWED) is not later:
        yield f"{where} is due {asked.due}"
    expected = _expected(at, asked, issuer)
    enough = expected.get("enough", [])
    earlier = expected.get("earlier", False)
    asked = replace(asked, level=Level.MANDATORY)
    for code in asked.codes:
        if asked.form is not RecordForm.DOCUMENT:
            good = of(asked, code, RecordingStatus.DEPOSITED)
            probes = {"": (good, True), "earlier": (_before(good), earlier)}
        else:
            probes = _papers(asked, code, enough, earlier=earlier)
        for name, (record, suffices) in probes.items():
            if (_state(asked, record) is LineState.SATISFIED) is not suffices:
                yield f"{where}: {name} {code} suffices: {not suffices}"


def _papers(
    asked: Requirement, code: str, enough: list[str], *, earlier: bool
) -> dict[str, tuple[RecordFact, bool]]:
    """Return a paper in each state, and whether it should suffice."""
    text = enough == ["text"]
    roles = frozenset() if text else frozenset(enough)
    prepared, final = DocumentStatus.PREPARED, DocumentStatus.FINAL
    done = of(asked, code, final, _roles())
    found = {
        "drafted": (of(asked, code, DocumentStatus.DRAFT, _roles()), False),
        "unsigned": (of(asked, code, prepared), text),
        "signed by them": (of(asked, code, prepared, roles), text or bool(roles)),
        "signed by all": (of(asked, code, prepared, _roles()), text or bool(roles)),
        "final": (done, True),
        "final, unsigned": (of(asked, code, final), not roles),
        "earlier": (_before(done), earlier),
    }
    for role in sorted(roles):
        others = of(asked, code, prepared, _roles() - {role})
        found[f"signed by all but {role}"] = (others, False)
    return found


def _expected(at: str, asked: Requirement, issuer: str) -> dict[str, object]:
    key = f"{at} {'|'.join(asked.codes)}"
    held = f"{key} {asked.level}"
    mode = f"{key} leaving" if "'leaving'" in (asked.when or "") else key
    own, every = _FRAME.get(issuer, {}), _FRAME["paper"]
    for name in (mode, held, key):
        for table in (own, every):
            if name in table:
                return table[name]
    return {}


def of(asked, code, status, signed=frozenset()) -> RecordFact:
    """Return a record of a code in a state, made at the step."""
    return RecordFact(
        id=UUID(int=9),
        form=asked.form,
        code=code,
        task_id=_HERE,
        scope="one",
        status=status.value,
        signed_by=frozenset(signed),
        deposited=True,
    )


def _before(record: RecordFact) -> RecordFact:
    return replace(record, task_id=_EARLIER)


def _state(asked: Requirement, *found: RecordFact) -> LineState:
    (line,) = gates.evaluate(
        [asked],
        task_id=_HERE,
        scope="one",
        records=found,
        judgements=(),
        waivers=(),
        now=NOW,
    ).lines
    return line.state


def _unasked(clause: str, at: str, asked: Requirement, ruling: Ruling) -> Iterator[str]:
    for each in _FRAME["unasked"]:
        if clause not in each.get("clauses", [clause]):
            continue
        if asked.form.value != each.get("form", asked.form.value):
            continue
        if "param" in each:
            switched = {"param": each["param"]}
            if at in each.get("at", [at]) and held(asked, ruling, switched):
                yield f"{asked.key} at {at} is asked for with {each['param']}"
        elif at in each["outcomes"]:
            usual = TABLES["known"].get(at, {})
            given = {"mode": "personal"} | TABLES["given"].get(clause, {}).get(at, {})
            outcome = {"outcome": each["outcomes"][at]}
            if held(asked, ruling, given | outcome):
                yield f"{asked.key} at {at} is asked for nevertheless"
            if not held(asked, ruling, given | usual):
                yield f"{asked.key} at {at} is not asked for"


def held(asked: Requirement, ruling: Ruling, known: dict[str, object]) -> bool:
    """Say whether a record is asked for when these facts, and no others, are known."""
    if asked.when is None:
        return True
    view = dict.fromkeys(facts().names) | {"outcome": {}, "case": {}, "document": {}}
    view |= known
    view["param"] = {**ruling.rules.parameters, **known.get("param", {})}
    return bool(compile_expression(asked.when)(view))
