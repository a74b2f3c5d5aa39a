"""A case whose flag asked for a remedial note on a step that is done."""

from __future__ import annotations

from storage.models import Case

REQUIREMENT = "recording:audio"


def raising(case):
    """Return what raises a flag on *case*."""
    named = {"name": "important_complaint", "raised": True, "reason": "媒体关注"}
    return {"case_id": case.id, **named}


def owing(office, case):
    """Return what writes a remedial note that *case* was made to owe."""
    task_id = str(case.task("acceptance").id)
    entry = {"task_id": task_id, "task": "acceptance", "requirement": REQUIREMENT}
    with office.transaction() as tx:
        row = tx.session.get_one(Case, case.id)
        row.facts = {**row.facts, "remedial": [entry]}
    asked = {"task_id": task_id, "requirement": REQUIREMENT}
    return {"case_id": case.id, **asked, "note": "检查已结束，补充询问时录音"}
