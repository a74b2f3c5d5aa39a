"""Who may act: by post, by name, never in two capacities, never once recused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from engine.commands.acts import perform
from engine.commands.errors import NotAllowed, NotYours, Recused
from engine.errors import Invalid, NotFound
from engine.rules.errors import (
    CertificateInvalid,
    PostNotHeld,
    SeparationOfDuties,
)
from storage.models import Assignment, Person
from storage.vocabulary import Capacity, TaskStatus


def test_a_post_suffices_until_somebody_is_named(office):
    """Any officer may take a step; once officers are named, only they may."""
    case = office.open_case().docket()
    case.complete("qin", "assign_officers", inputs=officers(office, "zhou", "he"))
    with pytest.raises(NotYours) as refused:
        case.do("zhang", "tasks.claim", "investigation")
    case.do("he", "tasks.claim", "investigation")

    assert refused.value.capacity == Capacity.HANDLER
    assert case.task("investigation").assignee_id == office.people["he"]


def officers(office, *who):
    """Return the answer to who shall investigate."""
    return {"officers": [str(office.people[each]) for each in who]}


def test_a_new_name_replaces_the_old(office):
    """Naming others ends what was held, frees their tasks, and is kept as history."""
    case = office.open_case().docket()
    case.complete("qin", "assign_officers", inputs=officers(office, "zhou", "he"))
    case.do("zhou", "tasks.claim", "investigation")
    office.act(
        "qin",
        "assignments.assign",
        case_id=case.id,
        capacity="handler",
        person_ids=[office.people["he"], office.people["zhang"]],
        reason="周岚外出培训",
    )
    task = case.task("investigation")
    with pytest.raises(NotYours):
        case.do("zhou", "tasks.claim", "investigation")
    case.do("zhang", "tasks.claim", "investigation")
    ended = case.find(
        Assignment, person_id=office.people["zhou"], capacity="handler", named=True
    )

    assert (task.status, task.assignee_id) == (TaskStatus.OPEN, None)
    assert ended.until == office.now


def test_the_handler_does_not_review_the_own_case(office):
    """What somebody did in one capacity bars the other two, even after release."""
    case = office.open_case("guo").accept()
    case.complete("zhou", "onsite_requested")
    with pytest.raises(SeparationOfDuties) as refused:
        office.act(
            "qin",
            "assignments.assign",
            case_id=case.id,
            capacity="reviewer",
            person_ids=[office.people["guo"]],
            reason="审核",
        )

    assert refused.value.facts() == {
        "capacity": "reviewer",
        "conflicts_with": "handler",
        "rule": "SD1",
        "cites": ("pl-57", "pl-47"),
    }


def test_approval_goes_by_post(office):
    """An approver is a leader of the agency, by post; nobody needs to name one."""
    case = office.open_case().accept()
    case.complete("zhou", "onsite_requested")
    for who in ("he", "qin", "yin", "liu"):
        with pytest.raises(NotYours):
            case.do(who, "tasks.claim", "inspection_approval")
    case.do("lin", "tasks.claim", "inspection_approval")

    assert case.task("inspection_approval").assignee_id == office.people["lin"]


def test_named_people_need_the_post(office):
    """A committee is made of leaders: an officer cannot be named to it."""
    case = office.open_case(process="collective_discussion")
    with pytest.raises(PostNotHeld) as refused:
        case.discuss("lin", "fang", "he")

    assert refused.value.capacity == Capacity.COMMITTEE_MEMBER
    assert set(refused.value.posts) == {"agency_head", "deputy_head"}
    assert case.open() == ["discussion_convening"]


def test_only_the_named_discuss(office):
    """A post alone gives no voice in a committee."""
    case = office.open_case(process="collective_discussion").discuss(
        "lin", "fang", "ma"
    )
    with pytest.raises(NotYours):
        case.complete("sun", "member_opinion", inputs={"vote": "agree"})

    assert len(case.tasks("member_opinion")) == 3


def test_a_run_out_certificate_bars_naming(office):
    """Nobody is named handler without a certificate that covers the day."""
    case = office.open_case().docket()
    with office.transaction() as tx:
        tx.session.execute(
            update(Person)
            .where(Person.login == "he")
            .values(certificate_valid_to=date(2026, 3, 8))
        )
    with pytest.raises(CertificateInvalid) as refused:
        case.complete("qin", "assign_officers", inputs=officers(office, "zhou", "he"))
    with office.transaction() as tx:
        tx.session.execute(
            update(Person)
            .where(Person.login == "he")
            .values(certificate_valid_to=date(2026, 3, 9))
        )
    case.complete("qin", "assign_officers", inputs=officers(office, "zhou", "he"))

    assert refused.value.persons == (str(office.people["he"]),)
    assert refused.value.cites == ("pl-42",)


def test_nobody_of_another_agency_finds_the_case(office):
    """To an actor of another agency a case does not exist."""
    case = office.open_case()
    stranger = office.actor("zhou")
    stranger = type(stranger)(
        id=stranger.id,
        agency_id=case.id,
        unit_id=None,
        posts=stranger.posts,
    )
    task_id = case.task("acceptance").id
    with office.transaction() as tx, pytest.raises(NotFound) as refused:
        perform(tx, "tasks.claim", actor=stranger, params={"task_id": task_id})

    assert refused.value.facts() == {"kind": "task", "id": str(task_id)}


def recuse(case, who, replacement=None, *, challenger="zhou"):
    """Have somebody recused from a case."""
    office = case.office
    asked = office.act(
        challenger,
        "recusals.challenge",
        case_id=case.id,
        person_id=office.people[who],
        ground="与当事人有直接利害关系",
        applicant="当事人",
    )
    return office.act(
        "lin" if who != "lin" else "fang",
        "recusals.decide",
        recusal_id=asked["recusal_id"],
        granted=True,
        reason="属实",
        replacement=office.people[replacement] if replacement else None,
    )


def test_work_goes_on_while_a_challenge_is_undecided(office):
    """A challenge alone takes nothing from anybody (处罚法 43)."""
    case = office.open_case().accept()
    office.act(
        "zhang",
        "recusals.challenge",
        case_id=case.id,
        person_id=office.people["zhou"],
        ground="亲属",
        applicant="当事人",
    )
    case.do("zhou", "tasks.claim", "preliminary_check")

    assert case.task("preliminary_check").status is TaskStatus.CLAIMED


def test_the_recused_lose_everything(office):
    """Recused, somebody can no longer do a single act in the case."""
    case = office.open_case().accept()
    record = case.documents("acceptance_record")[0].id
    case.do("zhou", "tasks.claim", "preliminary_check")
    recuse(case, "zhou", challenger="zhang")
    task = case.task("preliminary_check")
    acts = [
        ("tasks.claim", {"task_id": task.id}),
        ("tasks.complete", {"task_id": task.id, "outcome": "docket"}),
        ("documents.draft", {"task_id": task.id, "code": "item_list"}),
        ("documents.sign", {"document_id": record, "role": "reviewer"}),
        ("gates.judge", _judgement(task.id)),
        (
            "recusals.challenge",
            {
                "case_id": case.id,
                "person_id": office.people["he"],
                "ground": "x",
                "applicant": "x",
            },
        ),
    ]

    assert (task.status, task.assignee_id) == (TaskStatus.OPEN, None)
    for name, params in acts:
        with pytest.raises(Recused):
            office.act("zhou", name, **params)


def _judgement(task_id):
    return {
        "task_id": task_id,
        "requirement": "recording:video",
        "needed": True,
        "reason": "x",
    }


def test_the_recused_cannot_come_back(office):
    """Nobody names a recused person again, nor hands them a task."""
    case = office.open_case().accept()
    recuse(case, "he")
    with pytest.raises(Invalid) as named:
        office.act(
            "qin",
            "assignments.assign",
            case_id=case.id,
            capacity="handler",
            person_ids=[office.people["he"]],
            reason="分办",
        )
    with pytest.raises(Invalid) as handed:
        case.do(
            "qin",
            "tasks.reassign",
            "preliminary_check",
            person_id=office.people["he"],
            reason="分办",
        )

    assert named.value.errors == {"person_ids": ["recused"]}
    assert handed.value.errors == {"person_id": ["recused"]}


def test_a_replacement_takes_over(office):
    """The replacement gets name and tasks of the recused, if eligible; others stay."""
    case = office.open_case().docket()
    case.complete("qin", "assign_officers", inputs=officers(office, "zhou", "he"))
    case.do("he", "tasks.claim", "investigation")
    with pytest.raises(PostNotHeld):
        recuse(case, "he", "fang")
    recuse(case, "he", "zhang")
    with pytest.raises(NotYours):
        case.do("ding", "tasks.claim", "onsite_started")
    case.do("zhou", "tasks.claim", "onsite_started")

    assert case.task("investigation").assignee_id == office.people["zhang"]


def test_a_recused_member_leaves_the_committee(office):
    """The opinion of a recused member is no longer waited for."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    recuse(case, "sun")
    for who in ("fang", "ma", "lin"):
        case.complete(who, "member_opinion", inputs={"vote": "agree"})
    statuses = sorted(task.status.value for task in case.tasks("member_opinion"))

    assert statuses == ["cancelled", "done", "done", "done"]
    assert case.open() == ["discussion_record"]


def test_the_last_member_recused_does_not_block(office):
    """When everybody else has spoken, a recusal lets the case go on."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    for who in ("fang", "ma", "lin"):
        case.complete(who, "member_opinion", inputs={"vote": "agree"})
    waiting = case.open()
    recuse(case, "sun")

    assert waiting == ["member_opinion"]
    assert case.open() == ["discussion_record"]


def test_nobody_decides_on_the_own_recusal(office):
    """A leader who is challenged does not decide the challenge."""
    case = office.open_case()
    asked = office.act(
        "zhou",
        "recusals.challenge",
        case_id=case.id,
        person_id=office.people["fang"],
        ground="亲属",
        applicant="当事人",
    )
    params = {"recusal_id": asked["recusal_id"], "granted": False, "reason": "不属实"}
    with pytest.raises(NotAllowed):
        office.act("fang", "recusals.decide", **params)
    office.act("lin", "recusals.decide", **params)

    assert case.task("acceptance").status is TaskStatus.OPEN
