"""How the points of the matrix are settled, where no switch of their own is turned.

The expected answers were written down from the matrix and the clauses, point by point.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.commands.flags import FLAGS
from engine.rules.deadlines import SHANGHAI
from storage.vocabulary import (
    ClockStart,
    Level,
)
from tests.law.asked import Ruling
from tests.law.packs import ISSUERS, PROCESSES, calendar, forms, pack, rules

PDS, DL, SH, QY, ZH = ISSUERS
MOMENT = datetime(2026, 3, 13, 16, 30, tzinfo=SHANGHAI)


def asked(issuer, activity, clause, **known):
    """Return the lines of a gate on an empty file that cite a clause."""
    found = Ruling(rules(issuer)).lines(activity, known)
    return [line for line in found if clause in line.cites]


@pytest.mark.parametrize(
    ("issuer", "start"),
    [
        (PDS, ClockStart.RECORDING_MADE),
        (DL, ClockStart.RECORDING_MADE),
        (SH, ClockStart.RECORDING_MADE),
        (QY, ClockStart.ACTIVITY_ENDED),
        (ZH, None),
    ],
)
def test_d_03_every_text_counts_from_its_own_event(issuer, start):
    """Making, collecting, the end of the activity; no figure in Zhanhe."""
    term = rules(issuer).terms.get("footage_deposit")

    assert (term and term.starts) == start


def test_d_05_days_are_what_the_text_says():
    """日 are calendar days, 工作日 are worked days; a year's holiday parts them."""
    docketing = rules(QY).term("docketing")
    archiving = rules(QY).term("archiving")
    start = datetime(2026, 9, 30, 10, tzinfo=SHANGHAI)

    assert docketing.last_day(start, calendar()) == date(2026, 10, 7)
    assert archiving.last_day(start, calendar()) > date(2026, 10, 12)


@pytest.mark.clause("qy-zn-pen-01-is-a")
def test_d_06_forty_eight_hours_run_from_the_registration():
    """The diagram starts the clock when the lead is registered, if read so."""
    text = (PROCESSES / "penalty/penalty.bpmn").read_text("utf-8")
    start = 'start="open" if="param.acceptance_record_from == \'source_registered\'"'
    other = 'from="accepted_at" if="param.acceptance_record_from == \'accepted\'"'

    assert f'code="acceptance_record" {start}' in text
    assert f'code="acceptance_record" start="complete" {other}' in text
    assert rules(QY).term("acceptance_record").length == 48
    assert "acceptance_record" not in rules(PDS).terms


@pytest.mark.parametrize(
    ("issuer", "start"),
    [(PDS, ClockStart.ACT_ENDED), (DL, ClockStart.ACT_ENDED), (QY, "case_closed")],
)
def test_d_07_archiving_counts_from_the_end_of_the_act(issuer, start):
    """The end of the act is the approval to close; there the diagram starts it."""
    text = (PROCESSES / "closing/closing.bpmn").read_text("utf-8")
    ends = 'start="complete" if="outcome.closing_approval == \'approved\'"'

    assert rules(issuer).term("archiving").starts == start
    assert f'code="archiving" {ends}' in text


@pytest.mark.clause("qy-zd-13b", "qy-zd-13c", "qy-zd-13e")
@pytest.mark.parametrize(
    ("procedure", "held"),
    [("penalty", True), ("summary_penalty", True), ("license", False)],
)
def test_d_08_five_days_do_not_hold_for_licenses(procedure, held):
    """The sentence on licensing has no period; inspections have one of their own."""
    assert rules(QY).term("archiving").holds_in(procedure) is held
    assert rules(PDS).term("archiving").holds_in(procedure)
    assert rules(QY).term("inspection_archiving").length == 5


@pytest.mark.clause("qy-xw-3g", "qy-zn-pen-13-av")
@pytest.mark.parametrize(
    ("mode", "asks"),
    [("personal", True), ("leaving", False), ("postal", False), ("entrusted", False)],
)
def test_d_16_only_service_in_person_is_filmed_in_the_room(mode, asks):
    """What is left, posted, entrusted cannot be served in the room."""
    known = {"mode": mode, "outcome": {"serve": "served"}}

    assert bool(asked(QY, "service.delivery", "qy-xw-3g", **known)) is asks


@pytest.mark.clause("dl-12-1", "dl-12-4")
@pytest.mark.parametrize(
    ("activity", "clause"),
    [("investigation.interview", "dl-12-1"), ("evidence.sampling", "dl-12-4")],
)
def test_d_18_the_way_is_free_its_paper_is_not(activity, clause):
    """Nobody must interview or sample; who does, writes it down."""
    levels = {line.requirement.level for line in asked(DL, activity, clause)}

    assert levels == {Level.MANDATORY}


@pytest.mark.clause("pds-2019-14b", "dl-18a", "qy-zd-5b", "qy-xw-3f")
@pytest.mark.parametrize(
    ("issuer", "flags"),
    [
        (PDS, ("important_complaint",)),
        (DL, ("dispute_prone",)),
        (QY, ("serious",)),
        (SH, None),
        (ZH, None),
    ],
)
def test_d_19_a_flag_raises_what_its_text_says(issuer, flags):
    """重要投诉, 容易引起争议, 重大: each is of one text, and asks for more."""
    asks = {
        flag
        for flag in flags or ()
        for entry in rules(issuer).record_entries
        if entry.requirement.when and flag in entry.requirement.when
    }

    assert rules(issuer).parameters.get(FLAGS) == flags
    assert asks == set(flags or ())


@pytest.mark.clause("sh-m-2-2-1h", "dl-18-5", "qy-zn-pen-15-is")
def test_d_20_a_summary_penalty_is_filed_later():
    """Nothing is approved beforehand; registering it has a term of its own."""
    for issuer in ISSUERS:
        assert rules(issuer).term("summary_register").length == 7
    text = (PROCESSES / "summary_penalty/summary_penalty.bpmn").read_text("utf-8")

    assert "approval" not in text.lower().replace("closing_approval", "")


def test_d_26_each_member_speaks_and_signs():
    """One opinion for each leader convened; the record is signed by each of them."""
    slots = forms()["collective_discussion_record"]["signatory"]
    text = (PROCESSES / "collective_discussion/collective_discussion.bpmn").read_text(
        "utf-8"
    )

    assert {slot["role"]: slot.get("each") for slot in slots} == {
        "committee_chair": None,
        "committee_member": "committee_member",
    }
    assert "multiInstanceLoopCharacteristics" in text


def test_d_27_those_present_at_the_panel_sign():
    """Chair and every member; how many there must be is national law's number."""
    slots = forms()["panel_deliberation_record"]["signatory"]

    assert {slot["role"] for slot in slots} >= {"panel_chair", "panel_member"}
    assert next(s for s in slots if s["role"] == "panel_member")["each"]
    assert all(
        "minimum_panel" not in pack(issuer).parameter_names for issuer in ISSUERS
    )


def test_d_28_every_document_names_who_signs_and_how():
    """Signature, stamp, fingerprint: each slot of each form is one of them."""
    kinds = {
        kind
        for form in forms().values()
        for slot in form.get("signatory", ())
        for kind in slot.get("forms", ["signature"])
    }

    assert kinds <= {"signature", "stamp", "fingerprint"}
    assert "fingerprint" in kinds


@pytest.mark.clause("dl-21a")
@pytest.mark.parametrize(("issuer", "needed"), [(DL, True), (QY, False), (SH, False)])
def test_d_30_a_witness_signs_what_is_left_in_dalian(issuer, needed):
    """送达人、见证人签名: in Dalian Jinpu a film does not replace the witness."""
    known = {"mode": "leaving", "outcome": {"serve": "served"}}
    lines = Ruling(rules(issuer)).lines("service.delivery", known)
    roles = {
        role
        for line in lines
        for role in (*line.requirement.signed_by, *line.requirement.besides)
    }

    assert ("attesting_witness" in roles) is needed


@pytest.mark.clause("qy-zn-pen-14-transfer-is", "dl-22b")
def test_d_31_the_letter_out_and_the_receipt_back_are_two():
    """Qingyuan writes a letter to the other body; Dalian has the receipt signed."""
    known = {"mode": "forwarded", "outcome": {"serve": "served"}}
    letter = asked(QY, "service.delivery", "qy-zn-pen-14-transfer-is", **known)
    receipt = asked(DL, "service.delivery", "dl-22b", **known)
    codes = [line.requirement.codes for line in (*letter, *receipt)]

    assert letter
    assert receipt
    assert len(set(codes)) == len(codes)
