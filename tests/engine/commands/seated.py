"""A committee of which one member does not come."""

from __future__ import annotations

from typing import Any

from tests.factories import Office


def excusing(office: Office) -> tuple[str, dict[str, Any]]:
    """Let a committee sit; returns who notes that a member is absent, and how."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    task_id = case.task("member_opinion", "sun").id
    return "lin", {"task_id": task_id, "reason": "出差"}
