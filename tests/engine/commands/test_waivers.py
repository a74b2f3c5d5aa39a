"""Going on without a record: who agrees, in which order, before or after the act."""

from __future__ import annotations

import pytest

from engine.commands.errors import GateClosed, NotAllowed, TaskClosed, WaiverRefused
from engine.errors import IllegalTransition, Invalid
from storage.models import Agency, Waiver
from storage.vocabulary import WaiverStatus
from tests.case_file import HOUR

STEP = "onsite_inspection"
SIGNED = [("zhou", "party", "郑启明"), ("zhou", "officer"), ("he", "officer")]
OFFICERS = [("zhou", "officer"), ("he", "officer")]


def at_inspection(office, issuer, **stated):
    """Return a case at an inspection of an authority, its record signed."""
    with office.transaction() as tx:
        tx.session.get_one(Agency, office.agency_id).issuer = issuer
    case = office.open_case()
    seen = [("zhou", "handler"), ("qin", "reviewer")]
    case.write("zhou", "acceptance", "acceptance_record", seen)
    began = case.row().opened_at.isoformat()
    found = {"accepted_at": began, "source": "inspection"}
    case.complete("zhou", "acceptance", inputs=found)
    case.complete("zhou", "onsite_requested")
    case.write(
        "fang",
        "inspection_approval",
        "inspection_approval",
        [("zhou", "handler"), ("fang", "approver")],
    )
    case.complete("fang", "inspection_approval", outcome="approved")
    case.write("zhou", STEP, "onsite_record", SIGNED, **stated)
    return case


def waive(case, requirement, ground, statement="电量不足，途中关机"):
    """Ask to go on without a record."""
    return case.do(
        "zhou",
        "gates.request_waiver",
        STEP,
        requirement=requirement,
        ground=ground,
        statement=statement,
    )


def decide(case, who, *, approved=True, reason="情况属实"):
    """Decide on the newest waiver of a case."""
    return case.office.act(
        who,
        "gates.decide_waiver",
        waiver_id=case.find(Waiver).id,
        approved=approved,
        reason=reason,
    )


def missing(case, step=STEP):
    """Return what the gate of a step asks for."""
    with pytest.raises(GateClosed) as refused:
        case.complete("zhou", step)
    return sorted(line["requirement"] for line in refused.value.missing)


@pytest.fixture
def qingyuan(rent):
    """Return a case of Qingyuan that lacks nothing but its film."""
    with rent() as office:
        case = at_inspection(office, "qingyuan")
        case.declare("zhou", STEP, "photo")
        yield case


@pytest.fixture
def zhanhe(rent):
    """Return a case of Zhanhe whose inspection ended unphotographed, unreviewed."""
    with rent() as office:
        case = at_inspection(office, "zhanhe")
        case.declare("zhou", STEP, "video")
        waive(case, "recording:photo", "obstruction", "当事人阻挡拍照")
        case.write("zhou", STEP, "recording_exception_statement", OFFICERS)
        case.complete("zhou", STEP)
        yield case


def write_up(case):
    """Write what Qingyuan asks to be written of a recorder that was stopped."""
    for code in ("recording_exception_statement", "recorder_stop_approval"):
        case.write("zhou", STEP, code, OFFICERS)


@pytest.mark.clause("qy-zd-19a", "qy-yqj-11a")
def test_what_was_waived_is_written_down(qingyuan):
    """工作记录 and 审批单 are asked for once somebody asks to go on without film."""
    before = missing(qingyuan)
    waive(qingyuan, "recording:video", "equipment_failure")
    asked = missing(qingyuan)
    write_up(qingyuan)
    qingyuan.complete("zhou", STEP)

    assert before == ["recording:video"]
    assert asked == [
        "document:recorder_stop_approval",
        "document:recording_exception_statement",
    ]


@pytest.mark.clause("qy-zd-19b", "qy-yqj-11b")
def test_two_leaders_agree_in_their_order(qingyuan):
    """First 分管领导, then 主要领导; nobody out of turn, and the last one grants it."""
    asked = waive(qingyuan, "recording:video", "equipment_failure")
    with pytest.raises(NotAllowed) as early:
        decide(qingyuan, "lin")
    first = decide(qingyuan, "fang")
    with pytest.raises(NotAllowed) as again:
        decide(qingyuan, "sun")
    last = decide(qingyuan, "lin", reason="照片和笔录足以证明")
    with pytest.raises(IllegalTransition):
        decide(qingyuan, "lin")
    row = qingyuan.find(Waiver)

    assert [asked["next_post"], first["next_post"]] == ["deputy_head", "agency_head"]
    assert (early.value.posts, again.value.posts) == (["deputy_head"], ["agency_head"])
    assert (first["status"], last["status"]) == ("requested", "approved")
    assert [(d["post"], d["approved"]) for d in row.decisions] == [
        ("deputy_head", True),
        ("agency_head", True),
    ]
    assert (row.next_post, row.decision_reason) == (None, "照片和笔录足以证明")


def test_the_first_refusal_ends_it(qingyuan):
    """A refusal needs its reason; the second leader is not asked any more."""
    waive(qingyuan, "recording:video", "equipment_failure")
    with pytest.raises(Invalid) as silent:
        decide(qingyuan, "fang", approved=False, reason=" ")
    decide(qingyuan, "fang", approved=False, reason="可以借用记录仪")

    assert silent.value.errors == {"reason": ["required"]}
    assert missing(qingyuan) == ["recording:video"]
    assert qingyuan.find(Waiver).next_post is None


def to_report(case):
    """Walk to the investigation report, a checkpoint, with every file in store."""
    office = case.office
    case.docket()
    officers = [str(office.people[who]) for who in ("zhou", "he")]
    case.complete("qin", "assign_officers", inputs={"officers": officers})
    case.complete("zhou", "investigation", outcome="complete")
    for recording in case.recordings():
        case.deposit("zhou", recording.id, str(recording.id).encode())
    case.write(
        "zhou",
        "investigation_report",
        "investigation_report",
        [("zhou", "handler"), ("he", "handler"), ("qin", "reviewer")],
    )


@pytest.mark.clause("zh-yx-12a", "zh-yx-12b")
def test_the_review_may_follow_the_act_but_not_a_checkpoint(zhanhe):
    """Afterwards is soon enough for the inspection, too late for the report."""
    to_report(zhanhe)
    waiting = missing(zhanhe, "investigation_report")
    decide(zhanhe, "lin")
    zhanhe.complete("zhou", "investigation_report")

    assert waiting == ["recording:photo"]
    assert "investigation_report" not in zhanhe.open()


def test_refused_after_the_act_it_is_answered_with_a_note(zhanhe):
    """The step stays as it is; how it was made good is written before a checkpoint."""
    step = zhanhe.task(STEP)
    decide(zhanhe, "lin", approved=False, reason="本可以拍照")
    to_report(zhanhe)
    owed = missing(zhanhe, "investigation_report")
    zhanhe.office.act(
        "zhou",
        "cases.note_remedy",
        case_id=zhanhe.id,
        task_id=step.id,
        requirement="recording:photo",
        note="已由两名证人证明，并补拍现场",
    )
    zhanhe.complete("zhou", "investigation_report")

    assert owed == ["recording:photo"]


def test_what_must_be_granted_first_is_not_granted_later(office):
    """Where the leave comes before, a step that ended otherwise needs none."""
    case = at_inspection(office, "pingdingshan")
    case.do(
        "zhou",
        "gates.judge",
        STEP,
        requirement="recording:video",
        needed=False,
        reason="简单",
    )
    waive(case, "recording:photo", "unlisted")
    before = missing(case)
    case.declare("zhou", STEP, "photo")
    case.complete("zhou", STEP)
    with pytest.raises(TaskClosed):
        decide(case, "lin")

    assert before == ["recording:photo"]


@pytest.mark.clause("sh-a1-13b", "sh-a1-11b")
@pytest.mark.parametrize(
    ("ground", "asked"),
    [("weather", ["document:recording_exception_statement"]), ("hazardous_site", [])],
)
def test_shanghai_asks_for_a_work_record_except_at_hazardous_sites(rent, ground, asked):
    """恶劣天气 is written down; 易燃易爆、无菌场所 need only be named (d-10)."""
    with rent() as office:
        case = at_inspection(office, "shanghai")
        (film,) = missing(case)
        given = waive(case, film, ground)
        if asked:
            found = missing(case)
            case.write("zhou", STEP, "recording_exception_statement", OFFICERS)
        else:
            found = []
        case.complete("zhou", STEP)

    assert found == asked
    assert given["status"] == WaiverStatus.APPROVED


@pytest.mark.parametrize(
    ("issuer", "requirement", "posts"),
    [("shanghai", None, "agency_head"), ("qingyuan", "recording:video", None)],
)
def test_a_ground_that_is_not_listed(rent, issuer, requirement, posts):
    """Shanghai's step waits for the leader; Qingyuan's list is closed (d-11)."""
    with rent() as office:
        case = at_inspection(office, issuer)
        if requirement is None:
            (requirement,) = missing(case)
            given = waive(case, requirement, "unlisted", "执法记录仪损坏")
            before = missing(case)
            decide(case, "lin")
            case.complete("zhou", STEP)

            assert (given["next_post"], before) == (posts, [requirement])
        else:
            case.declare("zhou", STEP, "photo")
            with pytest.raises(WaiverRefused) as refused:
                waive(case, requirement, "unlisted")

            assert "unlisted" not in refused.value.grounds


def test_each_agreement_is_an_act_of_its_own(qingyuan):
    """The order of acts stands in the chain, each with post and reason."""
    waive(qingyuan, "recording:video", "weather", "暴雨")
    qingyuan.office.now += HOUR
    decide(qingyuan, "fang", reason="已到现场核实")
    decide(qingyuan, "lin")
    told = [e.payload["facts"] for e in qingyuan.events() if e.tag == "waiver.decided"]

    assert [(each["post"], each["next_post"]) for each in told] == [
        ("deputy_head", "agency_head"),
        ("agency_head", None),
    ]
    assert told[0]["reason"] == "已到现场核实"
