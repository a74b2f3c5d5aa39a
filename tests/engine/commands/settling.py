"""A case with ninety days to be settled in, and what moves their end."""

from __future__ import annotations

from datetime import datetime

from engine.commands.pinned import SHANGHAI
from storage.models import Deadline


def last_second(month, day):
    """Return the last second of a day of 2026 that is still in time."""
    return datetime(2026, month, day, 23, 59, 59, tzinfo=SHANGHAI)


def to_settle(office):
    """Return a case that is to be settled within ninety days."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    return case


def deadline(case, code="decision"):
    """Return the newest deadline of a code."""
    return case.find(Deadline, code=code)


def extend(case, who, length, reason="案情复杂", code="decision"):
    """Extend a deadline of a case."""
    return case.office.act(
        who,
        "deadlines.extend",
        deadline_id=deadline(case, code).id,
        length=length,
        reason=reason,
    )


def deduct(case, first, last, who="fang", code="decision", **more):
    """Exclude days from a deadline of a case."""
    given = {"ground": "expert_opinion", "reason": "委托鉴定", **more}
    return case.office.act(
        who,
        "deadlines.deduct",
        deadline_id=deadline(case, code).id,
        first=first,
        last=last,
        **given,
    )
