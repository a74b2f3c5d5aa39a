"""Flags of a case: open and future steps follow, past ones get a remedial note."""

from __future__ import annotations

import pytest

from engine.commands import definitions
from engine.commands.errors import NotAllowed
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from forms import registry
from tests.case_file import MONDAY
from tests.engine.commands.test_gates import SIGNED, STEP, judge, missing
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


@pytest.fixture
def case(office):
    """Return a case at an inspection whose record and photograph are there."""
    with office.transaction(at=MONDAY) as tx:
        files = {**shipped(), PACK: shipped()[PACK] + STRICTER}
        definitions.publish(tx, files, CODES)
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    case.declare("zhou", STEP, "photo")
    judge(case, needed=False)
    return case


def flag(
    case, who="qin", *, raised=True, name="important_complaint", reason="媒体关注"
):
    """Raise or lower a flag."""
    return case.office.act(
        who, "cases.flag", case_id=case.id, name=name, raised=raised, reason=reason
    )


def test_an_open_step_follows_at_once(case):
    """What the flag raises is missing at the step that is open."""
    flag(case)
    asked = missing(case)
    flag(case, raised=False, reason="经核实不属重要投诉")
    case.complete("zhou", STEP)

    assert asked == ["recording:audio"]


def test_a_step_that_is_done_gets_a_note(case, office):
    """It is not reopened; the handler writes a note on its record."""
    case.complete("zhou", STEP)
    done = flag(case)["remedial"]
    case.office.act(
        "zhou",
        "cases.note_remedy",
        case_id=case.id,
        task_id=done[0]["task_id"],
        requirement="recording:audio",
        note="检查已结束，补充询问时录音",
    )
    kept = case.row().facts["remedial"]

    assert STEP not in case.open()
    assert [(each["task"], each["requirement"]) for each in done] == [
        (STEP, "recording:audio")
    ]
    assert done[0]["cites"] == ["pds-2019-14b"]
    assert kept[0]["note"] == "检查已结束，补充询问时录音"
    assert kept[0]["noted_at"] == office.now.isoformat()
    assert [each.tag for each in case.events()][-2:] == [
        EventTag.CASE_FLAGGED,
        EventTag.REMEDY_NOTED,
    ]


def test_the_same_answer_again_changes_nothing(case):
    """A flag that stands already is not raised a second time."""
    flag(case)
    before = len(case.events())
    again = flag(case)

    assert again["remedial"] == []
    assert len(case.events()) == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"who": "zhou"}, NotAllowed),
        ({"name": "color"}, Invalid),
        ({"reason": " "}, Invalid),
    ],
)
def test_a_flag_needs_a_post_a_name_and_a_reason(case, changes, refusal):
    """Only who reviews or approves flags a case, with one of the flags and why."""
    before = case.row().facts
    with pytest.raises(refusal):
        flag(case, **changes)

    assert case.row().facts == before


@pytest.mark.parametrize(
    ("who", "requirement", "note", "refusal"),
    [
        ("qin", "recording:audio", "补录", NotAllowed),
        ("zhou", "recording:video", "补录", NotFound),
        ("zhou", "recording:audio", " ", Invalid),
    ],
)
def test_a_note_is_written_by_a_handler_where_one_is_owed(
    case, who, requirement, note, refusal
):
    """Nobody else writes it, and not for what was not asked for."""
    task = case.task(STEP).id
    case.complete("zhou", STEP)
    flag(case)
    with pytest.raises(refusal):
        case.office.act(
            who,
            "cases.note_remedy",
            case_id=case.id,
            task_id=task,
            requirement=requirement,
            note=note,
        )

    assert case.row().facts["remedial"][0]["note"] == ""
