"""Compare what came of a step with what the scenario expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.work import LIVE
from storage.models import Case, Deadline, Task
from webapp.scenarios.script import Step

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Expected of a deadline that nobody's text states.
NONE = "none"


@dataclass(frozen=True)
class Difference:
    """One expectation that did not come true."""

    what: str
    expected: Any
    actual: Any


def judge(
    session: Session,
    case_id: UUID | None,
    step: Step,
    refused: Mapping[str, Any] | None,
    recordings: Mapping[str, UUID],
) -> list[Difference]:
    """Return every difference between *step*'s expectations and what is.

    *recordings* are those that the scenario has given a name.
    """
    found = _verdict(step, refused)
    if case_id is None:
        return found
    case = session.get(Case, case_id)
    if case is None:
        return found
    found += _tasks(session, case_id, step)
    found += _deadlines(session, case_id, step, recordings)
    for path, expected in step.facts.items():
        actual = _lookup(case.facts, path)
        if actual != _stored(expected):
            found.append(Difference(f"fact {path}", expected, actual))
    if step.status is not None and case.status != step.status:
        found.append(Difference("case", step.status, case.status.value))
    return found


def _verdict(step: Step, refused: Mapping[str, Any] | None) -> list[Difference]:
    if step.refused is None:
        if refused is None:
            return []
        return [Difference("verdict", "accepted", dict(refused))]
    if refused is None:
        return [Difference("verdict", dict(step.refused), "accepted")]
    found = []
    for key, expected in step.refused.items():
        actual = refused.get(key)
        if isinstance(expected, list) and isinstance(actual, list):
            if not _covers(actual, expected):
                found.append(Difference(f"refused {key}", expected, actual))
        elif actual != _stored(expected):
            found.append(Difference(f"refused {key}", expected, dict(refused)))
    return found


def _covers(actual: list[Any], expected: list[Any]) -> bool:
    """Say whether every expected entry is there; tables need only match in part."""
    return all(any(_matches(item, wanted) for item in actual) for wanted in expected)


def _matches(item: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(item, Mapping):
        return all(item.get(key) == _stored(value) for key, value in wanted.items())
    return bool(item == wanted)


def _tasks(session: Session, case_id: UUID, step: Step) -> list[Difference]:
    if not (step.open or step.locked):
        return []
    live = set(
        session.scalars(
            select(Task.element).where(Task.case_id == case_id, Task.status.in_(LIVE))
        )
    )
    found = [
        Difference(f"step {name}", "open", sorted(live))
        for name in step.open
        if name not in live
    ]
    found += [
        Difference(f"step {name}", "locked", "open")
        for name in step.locked
        if name in live
    ]
    return found


def _deadlines(
    session: Session, case_id: UUID, step: Step, recordings: Mapping[str, UUID]
) -> list[Difference]:
    found = []
    for wanted in step.deadlines:
        query = (
            select(Deadline)
            .where(Deadline.case_id == case_id, Deadline.code == wanted["code"])
            .order_by(Deadline.base_at, Deadline.id)
        )
        what = f"deadline {wanted['code']}"
        name = wanted.get("recording")
        if name is not None:
            what = f"{what} of {name}"
            if name not in recordings:
                found.append(Difference(what, dict(wanted), f"nothing is named {name}"))
                continue
            query = query.where(Deadline.recording_id == recordings[name])
        rows = session.scalars(query).all()
        if not rows:
            if wanted.get("status") != NONE:
                found.append(Difference(what, dict(wanted), NONE))
            continue
        row = rows[-1]
        due = wanted.get("due")
        if due is not None and not _same_moment(row.due_at, due):
            local = row.due_at.astimezone(SHANGHAI).isoformat()
            found.append(Difference(what, str(due), local))
        status = wanted.get("status")
        if status is not None and row.outcome != status:
            found.append(Difference(what, status, row.outcome.value))
    return found


def _same_moment(moment: datetime, expected: date | datetime) -> bool:
    local = moment.astimezone(SHANGHAI)
    if isinstance(expected, datetime):
        return local.replace(second=0, microsecond=0) == expected
    return local.date() == expected


def _lookup(facts: Mapping[str, Any], path: str) -> Any:
    value: Any = facts
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
