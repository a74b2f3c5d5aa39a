"""Deputies, opinions, delegation, handing over, and a case that stands still."""

from __future__ import annotations

import pytest

from engine.commands.errors import (
    CaseClosed,
    CosignersSilent,
    NotYours,
    SelfAppointment,
    StatutoryPanel,
    StillDelegated,
)
from engine.errors import Invalid
from engine.rules.errors import SeparationOfDuties
from forms.submission import signed_snapshot
from storage.models import Document, Signature
from storage.vocabulary import CaseStatus, TaskStatus
from tests.case_file import CHECKED
from tests.factories import DAY


@pytest.fixture
def checking(office):
    """Return a case at its preliminary check, taken on by zhou."""
    case = office.open_case().accept()
    case.do("zhou", "tasks.claim", "preliminary_check")
    return case


def stand_in(office, deputy, principal="zhou"):
    """Let somebody stand in for a week."""
    return office.act(
        principal,
        "deputies.name",
        principal_id=office.people[principal],
        deputy_id=office.people[deputy],
        since=office.now,
        until=office.now + 7 * DAY,
        reason="休假",
    )


def test_a_deputy_does_what_is_the_principals(checking, office):
    """The record says for whom; before and after the time it is refused."""
    with pytest.raises(NotYours):
        checking.do("he", "tasks.claim", "preliminary_check")
    stand_in(office, "he")
    checking.complete("he", "preliminary_check", outcome="docket", inputs=CHECKED)
    facts = checking.events()[-1].payload["facts"]

    assert facts["behalf_of"] == str(office.people["zhou"])


def test_a_deputyship_ends_by_itself(checking, office):
    """The first moment after its time is too late."""
    stand_in(office, "he")
    office.now += 7 * DAY
    with pytest.raises(NotYours):
        checking.do("he", "tasks.claim", "preliminary_check")

    assert checking.task("preliminary_check").behalf_of_id is None


def test_a_deputy_lends_no_power(office):
    """Nobody stands in for a post that they do not hold, nor for themselves."""
    with pytest.raises(Invalid) as refused:
        stand_in(office, "zhou", "fang")
    with pytest.raises(SelfAppointment):
        stand_in(office, "fang", "fang")

    assert refused.value.errors == {"deputy_id": ["no_common_post"]}


def test_nobody_votes_for_another(office):
    """A standing deputy has no voice in a collective discussion."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    stand_in(office, "sun", "fang")
    task_id = case.task("member_opinion", "fang").id
    with pytest.raises(NotYours):
        office.act("sun", "tasks.claim", task_id=task_id)

    assert case.task("member_opinion", "fang").behalf_of_id is None


def test_nobody_is_added_to_a_statutory_panel(office):
    """The law says who sits in a collective discussion: no opinion is added."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    given = {"person_id": office.people["qin"], "reason": "听取意见"}
    for name in ("cosigners.add", "tasks.delegate"):
        with pytest.raises(StatutoryPanel):
            case.do("fang", name, "member_opinion", **given)

    assert case.task("member_opinion", "fang").cosigners_open is None


def test_a_step_waits_for_an_opinion_until_nobody_is_asked(checking, office):
    """Silence keeps the step open; taking the question back lets it go on."""
    given = {"person_id": office.people["he"], "reason": "听取意见"}
    asked = checking.do("zhou", "cosigners.add", "preliminary_check", **given)
    with pytest.raises(CosignersSilent) as refused:
        checking.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
    removed = {"cosigner_id": asked["cosigner_id"], "reason": "不再需要"}
    office.act("zhou", "cosigners.remove", **removed)
    checking.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)

    assert refused.value.waiting == 1
    assert "docketing_report" in checking.open()


def test_who_helps_does_not_decide(checking, office):
    """A delegated step comes back before it ends."""
    given = {"person_id": office.people["he"], "reason": "代为核查"}
    checking.do("zhou", "tasks.delegate", "preliminary_check", **given)
    with pytest.raises(StillDelegated):
        checking.complete("he", "preliminary_check", outcome="docket", inputs=CHECKED)
    checking.do("he", "tasks.return", "preliminary_check")

    assert checking.task("preliminary_check").assignee_id == office.people["zhou"]


def test_a_suspended_case_takes_no_step(checking, office):
    """It stands still until a leader lets it go on."""
    office.act("fang", "cases.suspend", case_id=checking.id, reason="等待裁判")
    with pytest.raises(CaseClosed):
        checking.do("zhou", "tasks.release", "preliminary_check")
    office.act("fang", "cases.resume", case_id=checking.id, reason="已裁判")
    checking.do("zhou", "tasks.release", "preliminary_check")

    assert checking.row().status is CaseStatus.OPEN


def test_a_terminated_case_has_nothing_open(checking, office):
    """Every open step ends, and nothing can be done in the case any more."""
    office.act("fang", "cases.terminate", case_id=checking.id, reason="撤案")
    row = checking.row()

    assert (row.status, row.closed_at) == (CaseStatus.TERMINATED, office.now)
    assert checking.open() == []
    assert checking.task("preliminary_check").status is TaskStatus.CANCELLED


def test_handing_over_keeps_voices_where_they_are(office):
    """Open steps go to the colleague; a seat in a discussion stays."""
    case = office.open_case()
    case.do("zhou", "tasks.claim", "acceptance")
    people = office.people
    ids = {"person_id": people["zhou"], "to_id": people["he"]}
    result = office.act(
        "qin", "assignments.hand_over", case_id=case.id, **ids, reason="调离"
    )
    seats = office.open_case(process="collective_discussion")
    seats.discuss("lin", "fang", "ma", "sun")
    seat = {"person_id": people["fang"], "to_id": people["sun"], "reason": "调离"}
    kept = office.act("lin", "assignments.hand_over", case_id=seats.id, **seat)

    assert result["moved"] == [str(case.task("acceptance").id)]
    assert (kept["moved"], len(kept["kept"])) == ([], 1)
    assert case.task("acceptance").assignee_id == people["he"]


def named_reviewer(office):
    """Return a case whose docketing report only qin may review, and the report."""
    case = office.open_case().accept()
    case.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
    report = case.write(
        "zhou", "docketing_report", "docketing_report", [("zhou", "handler")]
    )
    case.complete("zhou", "docketing_report")
    office.act(
        "fang",
        "assignments.assign",
        case_id=case.id,
        capacity="reviewer",
        person_ids=[office.people["qin"]],
        reason="分办",
    )
    return case, report


def test_a_deputy_signs_for_the_principal(office):
    """The record says who signed, and for whom; nobody else may."""
    case, report = named_reviewer(office)
    with pytest.raises(NotYours):
        case.sign("guo", report, "reviewer")
    stand_in(office, "guo", "qin")
    case.sign("guo", report, "reviewer")
    signature = case.find(Signature, role="reviewer")
    with office.transaction() as tx:
        paper = tx.session.get_one(Document, report)
        printed = signed_snapshot(tx, paper)["signatures"]

    assert (signature.person_id, signature.behalf_of_id) == (
        office.people["guo"],
        office.people["qin"],
    )
    facts = case.events()[-1].payload["facts"]
    assert facts["behalf_of"] == str(office.people["qin"])
    assert [row["name"] for row in printed] == ["周岚", "郭峰（代秦卫东）"]


def test_a_deputy_signs_only_in_the_time_and_by_an_own_post(office):
    """After its end a deputyship gives nothing; it never lends a post."""
    case, report = named_reviewer(office)
    stand_in(office, "guo", "qin")
    office.now += 8 * DAY
    with pytest.raises(NotYours):
        case.sign("guo", report, "reviewer")

    assert case.documents("docketing_report")[0].signed_by == ["handler"]


def test_a_deputy_who_holds_what_excludes_it_does_not_sign(office):
    """Who handled the case does not review it, not even for somebody else."""
    case, report = named_reviewer(office)
    office.act(
        "fang",
        "assignments.assign",
        case_id=case.id,
        capacity="handler",
        person_ids=[office.people["zhou"], office.people["guo"]],
        reason="分办",
    )
    stand_in(office, "guo", "qin")
    with pytest.raises(SeparationOfDuties):
        case.sign("guo", report, "reviewer")


def test_nobody_signs_for_another_what_was_voted(office):
    """The minutes of a committee are signed by those who sat, and nobody for them."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma")
    for who in ("lin", "fang", "ma"):
        case.complete(who, "member_opinion", inputs={"vote": "agree"})
    minutes = case.prepare("lin", "discussion_record", "collective_discussion_record")
    stand_in(office, "sun", "fang")
    with pytest.raises(NotYours):
        case.sign("sun", minutes, "committee_member")
