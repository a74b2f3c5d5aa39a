"""Which checkpoints wait for the deposit of recordings is a switch (d-04)."""

from __future__ import annotations

import pytest

from engine.commands import definitions
from engine.commands.errors import GateClosed
from forms import registry
from tests.case_file import MONDAY
from tests.engine.commands.test_gates import SIGNED, STEP
from tests.factories import shipped

CODES = [definition.code for definition in registry.all()]
PACK = "jurisdictions/pingdingshan.toml"
SWITCH = """
[[parameter.deposit_checkpoints]]
value = "closing"
choices = ["every", "closing"]
settles = "d-04"
since = 2019-03-20
cites = ["pds-2019-18c"]
"""


@pytest.mark.parametrize(
    ("switch", "refused"),
    [("", {"recording:photo", "recording:video"}), (SWITCH, set())],
)
def test_the_report_waits_for_the_bytes_or_the_closing_does(office, switch, refused):
    """By the switch, what is declared and not overdue keeps the report back or not."""
    with office.transaction(at=MONDAY) as tx:
        files = {**shipped(), PACK: shipped()[PACK] + switch}
        definitions.publish(tx, files, CODES)
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    case.declare("zhou", STEP, "photo")
    case.declare("zhou", STEP, "video")
    case.complete("zhou", STEP)
    case.docket()
    officers = [str(office.people[who]) for who in ("zhou", "he")]
    case.complete("qin", "assign_officers", inputs={"officers": officers})
    case.complete("zhou", "investigation", outcome="complete")
    case.write(
        "zhou",
        "investigation_report",
        "investigation_report",
        [("zhou", "handler"), ("he", "handler"), ("qin", "reviewer")],
    )
    try:
        case.complete("zhou", "investigation_report")
        owed = set()
    except GateClosed as closed:
        owed = {line["requirement"] for line in closed.missing}

    assert owed == refused
    assert case.open() == (["investigation_report"] if refused else ["panel_convening"])
