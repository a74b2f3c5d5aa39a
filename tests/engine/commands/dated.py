"""A running deadline of a docketed case, and what moves its end."""

from __future__ import annotations

from storage.models import Deadline


def _decision(office):
    """Return the id of the deadline for the decision."""
    return office.open_case().docket().find(Deadline, code="decision").id


def extending(office):
    """Return who lengthens it, and by how much."""
    given = {"deadline_id": _decision(office), "length": 30, "reason": "复杂"}
    return "fang", given


def deducting(office):
    """Return who leaves days out of it, and which."""
    days = {"first": "2026-03-16", "last": "2026-03-20", "ground": "expert_opinion"}
    return "fang", {"deadline_id": _decision(office), **days, "reason": "鉴定"}
