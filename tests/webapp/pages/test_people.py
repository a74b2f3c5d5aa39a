"""Challenges, naming and the ends of deadlines, by forms without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.models import Assignment, Deadline, Party, Recusal, Task, Waiver
from storage.vocabulary import (
    Capacity,
    DeadlineStatus,
    RecusalStatus,
    TermUnit,
    WaiverStatus,
)
from webapp import clock, database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.stage import Stage

ROOT = Path(__file__).parents[3]
SCENARIO = ROOT / "processes/penalty/scenarios/hearing_and_discussion.toml"
#: After this step of the scenario an inspection on site may be carried out.
APPROVED = 6

CASE = {
    "process": "penalty",
    "cause": "涉嫌未按规定处置医疗废物",
    "party.kind": "citizen",
    "party.name": "王某某",
    "complainant.name": "举报人甲",
}
CHALLENGE = {"applicant": "王某某", "ground": "系当事人的近亲属"}


@pytest.fixture
def officer(published, sign_in):  # noqa: ARG001 - chooses the application
    """Return the officer who handles the case."""
    return sign_in("zhou.lan@pds")


@pytest.fixture
def case(officer):
    """Return the address of a new case."""
    return officer.send("/cases/new", data=CASE).location


@pytest.fixture
def challenged(officer, case, person_id):
    """Return the address of a challenge to the officer He."""
    given = {**CHALLENGE, "person_id": person_id("he.zhiyuan@pds")}
    officer.send(f"{case}/people/recusals", data=given)
    page = officer.get(f"{case}/people").get_data(as_text=True)
    found = re.search(r'id="recusal-([0-9a-f-]+)"', page)
    return f"{case}/people/recusals/{found[1]}"


def _text(answer):
    return answer.get_data(as_text=True)


def _rows(app, model):
    with app.app_context():
        return list(database.session().scalars(select(model)))


def test_a_challenge_is_kept_and_waits(published, officer, case, challenged, sign_in):
    """Anybody at the case records a challenge; it waits on the leaders' desk."""
    (row,) = _rows(published, Recusal)
    leader = sign_in("head@pds")
    waiting = _text(leader.get("/decisions"))

    assert challenged.endswith(str(row.id))
    assert (row.status, row.ground) == (RecusalStatus.REQUESTED, CHALLENGE["ground"])
    assert CHALLENGE["ground"] in waiting
    assert "待决定" in _text(officer.get(case))
    assert f'action="{challenged}"' in _text(leader.get(f"{case}/people"))
    assert f'action="{challenged}"' not in _text(officer.get(f"{case}/people"))
    assert "待决定" not in _text(officer.get("/"))


def test_an_empty_challenge_says_what_is_missing(officer, case, person_id):
    """The form comes back with what was entered and what it lacks."""
    given = {"person_id": person_id("he.zhiyuan@pds"), "applicant": "王某某"}
    answer = officer.send(f"{case}/people/recusals", data=given)

    assert answer.status_code == 422
    assert 'data-code="invalid"' in _text(answer)
    assert 'value="王某某"' in _text(answer)
    assert "必填" in _text(answer)


def test_only_leaders_decide(officer, challenged):
    """An officer is told whose decision it is."""
    answer = officer.send(challenged, data={"granted": "yes", "reason": "属实"})

    assert answer.status_code == 403
    assert 'data-code="not_allowed"' in _text(answer)
    assert "分管负责人" in _text(answer)


def test_a_decision_needs_a_reason(sign_in, challenged):
    """Neither answer is taken without a reason."""
    answer = sign_in("head@pds").send(challenged, data={"granted": "no"})

    assert answer.status_code == 422


def test_who_was_recused_is_told_so(published, sign_in, case, challenged, person_id):
    """Granted, the person sees nothing of the case but why."""
    leader, he = sign_in("head@pds"), sign_in("he.zhiyuan@pds")
    before = he.get(case).status_code
    given = {"granted": "yes", "reason": "属实", "replacement": ""}
    answer = leader.send(challenged, data=given)
    after = he.get(case)
    (row,) = _rows(published, Recusal)

    assert (before, answer.status_code, after.status_code) == (200, 302, 403)
    assert 'data-code="recused"' in _text(after)
    assert CASE["cause"] not in _text(after)
    assert (row.status, row.reason) == (RecusalStatus.GRANTED, "属实")
    assert row.decided_by_id == person_id("head@pds")
    assert "还没有" not in _text(leader.get(f"{case}/people"))


def test_the_replacement_must_be_eligible(sign_in, case, officer, person_id):
    """A leader cannot take over from an officer: the page says why."""
    given = {**CHALLENGE, "person_id": person_id("zhou.lan@pds")}
    officer.send(f"{case}/people/recusals", data=given)
    leader = sign_in("head@pds")
    page = _text(leader.get(f"{case}/people"))
    action = re.search(r'action="([^"]+/recusals/[^"]+)"', page)[1]
    given = {"granted": "yes", "reason": "属实"}
    wrong = leader.send(action, data={**given, "replacement": person_id("deputy@pds")})
    right = leader.send(
        action, data={**given, "replacement": person_id("he.zhiyuan@pds")}
    )

    assert wrong.status_code == 403
    assert 'data-code="post_not_held"' in _text(wrong)
    assert right.status_code == 302
    assert "何志远" in _text(leader.get(f"{case}/people"))


def test_people_are_named_by_the_head_of_the_unit(
    published, sign_in, officer, case, person_id
):
    """The head names two handlers; an officer may not."""
    head = sign_in("qin.weidong@pds")
    given = {
        "capacity": "handler",
        "people": [person_id("zhou.lan@pds"), person_id("he.zhiyuan@pds")],
        "reason": "分办",
    }
    refused = officer.send(f"{case}/people/assignments", data=given)
    empty = head.send(f"{case}/people/assignments", data={**given, "people": []})
    done = head.send(f"{case}/people/assignments", data=given)
    named = {
        row.person_id
        for row in _rows(published, Assignment)
        if row.capacity is Capacity.HANDLER and row.named
    }

    assert [refused.status_code, empty.status_code, done.status_code] == [403, 422, 302]
    assert "此事须由" in _text(refused)
    assert named == set(given["people"])


def test_one_person_is_not_named_to_capacities_that_exclude_each_other(
    sign_in, officer, case, person_id
):
    """Who handles the case cannot conduct its hearing; the page names the law."""
    handling = officer.get(case)  # the officer holds the case since it was opened
    answer = sign_in("qin.weidong@pds").send(
        f"{case}/people/assignments",
        data={
            "capacity": "hearing_officer",
            "people": [person_id("zhou.lan@pds")],
            "reason": "听证",
        },
    )

    assert handling.status_code == 200
    assert answer.status_code == 403
    assert 'data-code="separation_of_duties"' in _text(answer)


@pytest.fixture
def deadline(published, case):
    """Return the id of a running term of decision."""
    moment = clock.now()
    row = Deadline(
        case_id=UUID(case.rsplit("/", 1)[-1]),
        code="decision",
        scope="",
        status=DeadlineStatus.RUNNING,
        base_at=moment,
        length=90,
        unit=TermUnit.DAY,
        rolls=False,
        due_at=moment + timedelta(days=90),
        cites=["pl-60"],
        fires=False,
    )
    with published.app_context(), database.transaction() as tx:
        tx.add(row)
        tx.session.flush()
        return row.id


def test_a_leader_extends_a_deadline(published, sign_in, officer, case, deadline):
    """The end moves by the length, within what the law allows; officers may not."""
    leader = sign_in("head@pds")
    path = f"/deadlines/{deadline}/extension"
    before = _rows(published, Deadline)[0].due_at
    answers = [
        officer.send(path, data={"length": "10", "reason": "案情复杂"}),
        leader.send(path, data={"length": "", "reason": "案情复杂"}),
        leader.send(path, data={"length": "10", "reason": "案情复杂"}),
        leader.send(path, data={"length": "30", "reason": "案情复杂"}),
    ]
    row = _rows(published, Deadline)[0]

    assert [each.status_code for each in answers] == [403, 422, 302, 409]
    assert 'data-code="not_extendable"' in _text(answers[3])
    assert 8 <= (row.due_at - before).days <= 11
    assert row.extensions[0]["reason"] == "案情复杂"
    assert "案情复杂" in _text(officer.get(f"{case}/deadlines"))


def test_a_leader_leaves_days_out(published, sign_in, case, deadline):
    """Days of a hearing do not count; the first is not after the last."""
    leader = sign_in("head@pds")
    path = f"/deadlines/{deadline}/deduction"
    day = clock.now().date() + timedelta(days=3)
    given = {"first": day.isoformat(), "last": (day + timedelta(days=4)).isoformat()}
    why = {"ground": "hearing", "reason": "听证"}
    before = _rows(published, Deadline)[0].due_at
    wrong = leader.send(
        path, data={**why, "first": given["last"], "last": given["first"]}
    )
    done = leader.send(path, data={**why, **given})
    row = _rows(published, Deadline)[0]

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert row.due_at > before
    assert (row.deductions[0]["first"], row.deductions[0]["last"]) == tuple(
        given.values()
    )
    assert given["first"] in _text(leader.get(f"{case}/deadlines"))


@pytest.fixture
def inspection(published):
    """Return the address of an approved inspection, played from the scenario."""
    script = scripts.read(SCENARIO)
    stage = Stage(lambda: published, script)
    stage.enter()
    for step in Player(script, stage).play():
        assert step.agrees, step
        if step.step.number == APPROVED:
            break
    return next(
        f"/tasks/{task.id}"
        for task in _rows(published, Task)
        if task.element == "onsite_inspection"
    )


def test_a_waiver_is_asked_for_and_decided(published, officer, sign_in, inspection):
    """An officer states why nothing was recorded; only the post named decides."""
    page = _text(officer.get(inspection))
    key = re.search(r'id="ground-(recording:[^"]+)"', page)[1]
    ground = re.search(r'name="ground" required>\s*<option value="([^"]+)"', page)[1]
    given = {"requirement": key, "ground": ground, "statement": "执法记录仪损坏"}
    asked = officer.send(f"{inspection}/waivers", data=given)
    (row,) = _rows(published, Waiver)
    head = sign_in("head@pds")
    waiting = _text(head.get("/decisions"))
    offered = _text(head.get(inspection))
    own = officer.send(f"/waivers/{row.id}", data={"decision": "approve"})
    done = head.send(
        f"/waivers/{row.id}", data={"decision": "approve", "reason": "属实"}
    )
    (after,) = _rows(published, Waiver)

    assert [asked.status_code, own.status_code, done.status_code] == [302, 403, 302]
    assert "执法记录仪损坏" in waiting
    assert f'action="/waivers/{row.id}"' in offered
    assert f'action="/waivers/{row.id}"' not in _text(officer.get(inspection))
    assert after.status is WaiverStatus.APPROVED
    assert "执法记录仪损坏" not in _text(head.get("/decisions"))


def test_a_document_that_no_step_asks_for_can_be_begun(officer, inspection):
    """A decision on a recusal may be drafted at any step; a decision may not."""
    page = _text(officer.get(inspection))
    begun = officer.send(f"{inspection}/documents", data={"code": "recusal_decision"})
    early = officer.send(f"{inspection}/documents", data={"code": "penalty_decision"})

    assert 'value="recusal_decision"' in page
    assert 'value="penalty_decision"' not in page
    assert begun.location.startswith("/documents/")
    assert early.status_code == 409
    assert 'data-code="document_not_due"' in _text(early)


def test_who_reported_is_kept_and_never_shown(published, officer, case):
    """The complainant becomes a party of the case, and stands on no page."""
    roles = {row.role: row.name for row in _rows(published, Party)}

    assert roles == {"suspect": "王某某", "complainant": "举报人甲"}
    assert "举报人甲" not in _text(officer.get(case))
