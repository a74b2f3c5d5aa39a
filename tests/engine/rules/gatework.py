"""Demands and records for the tests of the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from engine.rules.gates import RecordFact, evaluate
from engine.rules.requirements import Requirement, WaiverRule
from storage.vocabulary import Level, RecordForm

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
TASK, EARLIER = UUID(int=1), UUID(int=2)
HERE, ELSEWHERE = "here", "elsewhere"
RULE = WaiverRule(grounds=("weather",), approvers=("agency_head",))


def a_demand(code="onsite_record", form="document", level="mandatory", **more):
    """Return a demand for one record."""
    return Requirement(
        key=f"{form}:{code}",
        form=RecordForm(form),
        codes=tuple(code.split("|")),
        level=Level(level),
        cites=more.pop("cites", ("pds-1",)),
        **more,
    )


def a_recording(code="photo", status="declared", **more):
    """Return a recording made at the task."""
    return RecordFact(
        id=more.pop("id", uuid4()),
        form=RecordForm.RECORDING,
        code=code,
        task_id=more.pop("task_id", TASK),
        scope=more.pop("scope", HERE),
        status=status,
        **more,
    )


def a_document(code="onsite_record", status="final", roles=(), **more):
    """Return a document made at the task."""
    return RecordFact(
        id=more.pop("id", uuid4()),
        form=RecordForm.DOCUMENT,
        code=code,
        task_id=more.pop("task_id", TASK),
        scope=more.pop("scope", HERE),
        status=status,
        signed_by=frozenset(roles),
        **more,
    )


def verdict_on(asked, *records, judgements=(), waivers=(), **more):
    """Return what the gate says of these records."""
    return evaluate(
        [asked] if isinstance(asked, Requirement) else asked,
        task_id=TASK,
        scope=HERE,
        records=records,
        judgements=judgements,
        waivers=waivers,
        now=more.pop("now", NOW),
        **more,
    )


def line_of(asked, *records, **more):
    """Return the only line of the verdict."""
    (line,) = verdict_on(asked, *records, **more).lines
    return line
