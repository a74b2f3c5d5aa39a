"""The record gate inside commands: nothing passes it but what the rules let pass."""

from __future__ import annotations

import pytest

from engine.commands.errors import (
    GateClosed,
    GuardClosed,
    NotAllowed,
    NotYours,
    WaiverRefused,
)
from engine.errors import IllegalTransition, Invalid, NotFound
from storage.models import Agency, Judgement, PersonPost, Waiver
from storage.vocabulary import Post, WaiverStatus
from tests.case_file import HOUR

STEP = "onsite_inspection"
SIGNED = [("zhou", "party", "郑启明"), ("zhou", "officer"), ("he", "officer")]


@pytest.fixture
def case(office):
    """Return a case at an inspection whose record is signed."""
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    return case


def missing(case, who="zhou"):
    """Return what the gate of the inspection asks for."""
    with pytest.raises(GateClosed) as refused:
        case.complete(who, STEP)
    return sorted(line["requirement"] for line in refused.value.missing)


def judge(case, needed, reason="现场情况简单", requirement="recording:video"):
    """Answer whether a conditional record is necessary."""
    return case.do(
        "zhou",
        "gates.judge",
        STEP,
        requirement=requirement,
        needed=needed,
        reason=reason,
    )


def waive(case, requirement="recording:photo", ground="unlisted", **more):
    """Ask to go on without a record."""
    params = {"statement": "相机损坏", **more}
    return case.do(
        "zhou",
        "gates.request_waiver",
        STEP,
        requirement=requirement,
        ground=ground,
        **params,
    )


def decide(case, who, *, approved=True):
    """Decide on the waiver of a case."""
    return case.office.act(
        who,
        "gates.decide_waiver",
        waiver_id=case.find(Waiver).id,
        approved=approved,
        reason="情况属实",
    )


def test_the_gate_names_everything_at_once(office):
    """All that is missing is told together, each line with its clauses."""
    case = office.open_case().inspect()
    with pytest.raises(GateClosed) as refused:
        case.complete("zhou", STEP)
    lines = {line["requirement"]: line for line in refused.value.missing}

    assert lines.keys() == {
        "document:onsite_record",
        "recording:photo",
        "recording:video",
    }
    assert all(line["cites"] for line in lines.values())
    assert refused.value.cites == sorted(
        {cite for line in lines.values() for cite in line["cites"]}
    )


def test_a_condition_is_answered_by_somebody(case, office):
    """必要时: until somebody says yes or no with a reason, the step stays closed."""
    case.declare("zhou", STEP, "photo")
    before = missing(case)
    with pytest.raises(Invalid) as silent:
        judge(case, needed=False, reason=" ")
    judge(case, needed=False)
    case.complete("zhou", STEP)
    row = case.find(Judgement)

    assert before == ["recording:video"]
    assert silent.value.errors == {"reason": ["required"]}
    assert (row.needed, row.judged_by_id) == (False, office.people["zhou"])


def test_judged_necessary_is_mandatory(case):
    """Answered yes, a conditional record is asked for like any other."""
    case.declare("zhou", STEP, "photo")
    judge(case, needed=True, reason="当事人情绪激动")
    before = missing(case)
    case.declare("zhou", STEP, "video")
    case.complete("zhou", STEP)

    assert before == ["recording:video"]
    assert STEP not in case.open()


def test_a_judgement_may_be_changed(case):
    """The latest answer counts; earlier ones stay in the chain of events."""
    case.declare("zhou", STEP, "photo")
    judge(case, needed=False)
    judge(case, needed=True, reason="后来发生争执")
    after = missing(case)
    answers = [e for e in case.events() if e.tag == "necessity.judged"]

    assert after == ["recording:video"]
    assert [e.payload["facts"]["needed"] for e in answers] == [False, True]


@pytest.mark.parametrize("needed", [False, True])
def test_what_is_mandatory_is_not_judged(case, needed):
    """Nobody answers whether a mandatory record is necessary."""
    with pytest.raises(Invalid) as refused:
        judge(case, needed=needed, requirement="recording:photo")
    with pytest.raises(NotFound):
        judge(case, needed=needed, requirement="recording:audio")

    assert refused.value.errors == {"requirement": ["not_conditional"]}


def test_a_waiver_needs_a_ground_of_the_rules(case):
    """Only the grounds that the authority's rules name are heard, and in writing."""
    with pytest.raises(WaiverRefused) as refused:
        waive(case, ground="weather")
    with pytest.raises(WaiverRefused):
        waive(case, requirement="document:onsite_record")
    with pytest.raises(Invalid):
        waive(case, statement=" ")

    assert refused.value.grounds == ["unlisted"]
    assert refused.value.cites


def test_a_waiver_opens_the_gate_when_approved(case, office):
    """Asked for, a waiver opens nothing; granted by the named post, it does."""
    judge(case, needed=False)
    waive(case)
    asked = missing(case)
    for who in ("zhou", "qin", "fang"):
        with pytest.raises(NotAllowed) as refused:
            decide(case, who)

        assert refused.value.posts == ["agency_head"]
    decide(case, "lin")
    case.complete("zhou", STEP)
    row = case.find(Waiver)

    assert asked == ["recording:photo"]
    assert (row.status, row.decided_by_id) == (
        WaiverStatus.APPROVED,
        office.people["lin"],
    )


def test_a_refused_waiver_opens_nothing(case):
    """Refused, a waiver leaves the gate closed, and is not decided again."""
    judge(case, needed=False)
    waive(case)
    decide(case, "lin", approved=False)
    with pytest.raises(IllegalTransition):
        decide(case, "lin")

    assert missing(case) == ["recording:photo"]


def test_a_waiver_may_be_asked_for_again(case):
    """After a refusal, another statement may be heard."""
    judge(case, needed=False)
    waive(case)
    decide(case, "lin", approved=False)
    waive(case, statement="相机送修，附维修单")
    decide(case, "lin")
    case.complete("zhou", STEP)

    assert STEP not in case.open()


def test_nobody_grants_the_own_request(office):
    """Who asked for a waiver does not decide on it, whatever the post."""
    with office.transaction() as tx:
        tx.add(PersonPost(person_id=office.people["lin"], post=Post.OFFICER))
    case = office.open_case().inspect()
    case.do(
        "lin",
        "gates.request_waiver",
        STEP,
        requirement="recording:photo",
        ground="unlisted",
        statement="相机损坏",
    )
    with pytest.raises(NotAllowed):
        decide(case, "lin")

    assert case.find(Waiver).status is WaiverStatus.REQUESTED


def test_a_waiver_without_approver_stands_at_once(rent):
    """Where the rules name no approver, the statement alone suffices (dl-13b)."""
    with rent() as office:
        with office.transaction() as tx:
            tx.session.get_one(Agency, office.agency_id).issuer = "dalian_jinpu"
        case = office.open_case().inspect()
        case.write("zhou", STEP, "onsite_record", SIGNED)
        judge(case, needed=False, requirement="recording:photo|video")
        before = missing(case)
        result = waive(case, requirement=before[0], ground="unsuitable")
        case.complete("zhou", STEP)

    assert before == ["recording:photo|audio|video|room_video"]
    assert result["status"] == WaiverStatus.APPROVED


def test_gates_are_asked_by_who_does_the_step(case):
    """Only who does the step answers, and asks for waivers."""
    with pytest.raises(NotYours):
        case.do(
            "he",
            "gates.judge",
            STEP,
            requirement="recording:video",
            needed=False,
            reason="x",
        )

    assert missing(case) == ["recording:photo", "recording:video"]


def test_a_record_counts_only_at_its_own_step(office):
    """Photographs of one inspection do not serve another (每次检查各自记录)."""
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    case.declare("zhou", STEP, "photo")
    case.declare("zhou", STEP, "video")
    case.complete("zhou", STEP)
    case.complete("zhou", "onsite_requested")
    case.write(
        "fang",
        "inspection_approval",
        "inspection_approval",
        [("zhou", "handler"), ("fang", "approver")],
    )
    case.complete("fang", "inspection_approval", outcome="approved")

    assert missing(case) == [
        "document:onsite_record",
        "recording:photo",
        "recording:video",
    ]


def test_a_checkpoint_lets_nothing_through_that_is_owed(office):
    """A declared recording lets its step go on; the report waits for its bytes."""
    case = office.open_case().inspect()
    case.write("zhou", STEP, "onsite_record", SIGNED)
    case.declare("zhou", STEP, "photo")
    film = case.declare("zhou", STEP, "video")
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
    with pytest.raises(GateClosed) as refused:
        case.complete("zhou", "investigation_report")
    owed = {line["requirement"] for line in refused.value.missing}
    for recording in case.recordings():
        case.deposit("zhou", recording.id, str(recording.id).encode())
    case.complete("zhou", "investigation_report")

    assert owed == {"recording:photo", "recording:video"}
    assert film in {recording.id for recording in case.recordings()}
    assert case.open() == ["panel_convening"]


def test_a_guard_is_told_before_the_records(office):
    """A legal precondition is refused by its own name and clause."""
    case = office.open_case().docket()
    with pytest.raises(GuardClosed) as refused:
        case.complete(
            "qin",
            "assign_officers",
            inputs={"officers": [str(office.people["zhou"])]},
        )

    assert refused.value.facts() == {
        "guard": "too_few_officers",
        "task": "assign_officers",
        "cites": ["pl-42"],
    }


def test_an_alternative_fills_the_requirement(office):
    """Where the rules leave the choice, any one of the media suffices."""
    case = office.open_case().accept()
    case.complete("zhou", "registration_requested_early")
    case.complete("zhou", "registration_application", outcome="ordinary")
    case.complete("fang", "registration_approval", outcome="approved")
    office.now += HOUR
    with pytest.raises(GateClosed) as refused:
        case.complete(
            "zhou",
            "registration",
            inputs={"registered_at": office.now.isoformat()},
        )
    asked = {line["requirement"] for line in refused.value.missing}
    case.declare("zhou", "registration", "photo")
    with pytest.raises(GateClosed) as again:
        case.complete(
            "zhou",
            "registration",
            inputs={"registered_at": office.now.isoformat()},
        )
    left = {line["requirement"] for line in again.value.missing}

    assert asked - left == {"recording:photo|video"}
