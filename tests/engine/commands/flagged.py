"""A case whose step was done before a flag asked for one more record."""

from __future__ import annotations

from engine.commands import definitions
from forms import registry
from tests.case_file import MONDAY
from tests.engine.commands.test_gates import SIGNED, STEP, judge
from tests.factories import shipped

CODES = [definition.code for definition in registry.all()]
PACK = "jurisdictions/pingdingshan.toml"
#: An authority that records the inspection of important complaints by sound.
STRICTER = """
[[record]]
at = "inspection.onsite"
form = "recording"
code = "audio"
level = "mandatory"
when = "important_complaint"
since = 2019-03-20
cites = ["pds-2019-14b"]
"""


def inspected(office):
    """Return a case at an inspection whose record and photograph are there."""
    with office.transaction(at=MONDAY) as tx:
        files = {**shipped(), PACK: shipped()[PACK] + STRICTER}
        definitions.publish(tx, files, CODES)
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    case.declare("zhou", STEP, "photo")
    judge(case, needed=False)
    return case


def raising(case):
    """Return what raises a flag on *case*."""
    named = {"name": "important_complaint", "raised": True, "reason": "媒体关注"}
    return {"case_id": case.id, **named}


def owing(case, done):
    """Return what writes the remedial note that raising the flag asked for."""
    (entry,) = done["remedial"]
    asked = {"task_id": entry["task_id"], "requirement": entry["requirement"]}
    return {"case_id": case.id, **asked, "note": "检查已结束，补充询问时录音"}
