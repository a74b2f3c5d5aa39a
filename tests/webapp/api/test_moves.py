"""Moves between colleagues over JSON and on pages, each by whom it concerns."""

from __future__ import annotations

import pytest


@pytest.fixture
def claimed(officer, task_id):
    """Return a step that the officer has taken on."""
    officer.send(f"/api/v1/tasks/{task_id}/claim")
    return task_id


@pytest.fixture
def colleague(officer, sign_in):  # noqa: ARG001 - the officer opens the case first
    """Return a colleague of the same unit, with their id."""
    browser = sign_in("he.zhiyuan@pds")
    return browser, browser.get("/api/v1/users/me").json["id"]


def test_a_question_is_asked_read_and_answered(officer, colleague, claimed):
    """The step stays where it is; both see the question with its answer."""
    other, other_id = colleague
    asked = officer.send(
        f"/api/v1/tasks/{claimed}/questions", {"person_id": other_id, "text": "面积？"}
    )
    memo = asked.json["memo_ids"][0]
    answered = other.send(f"/api/v1/memos/{memo}/answer", {"text": "80 平方米"})
    mine = officer.get("/api/v1/memos").json["items"][0]

    assert (asked.status_code, answered.status_code) == (201, 200)
    assert (mine["answer"], mine["task_id"]) == ("80 平方米", claimed)
    assert "80 平方米" in other.get("/memos").get_data(as_text=True)


def test_a_step_waits_for_the_opinion_asked_for(officer, colleague, claimed):
    """It cannot end before the colleague has spoken, and nobody speaks for them."""
    other, other_id = colleague
    given = {"person_id": other_id, "reason": "听取意见"}
    asked = officer.send(f"/api/v1/tasks/{claimed}/cosigners", given)
    cosigner = asked.json["cosigner_id"]
    early = officer.send(f"/api/v1/tasks/{claimed}/complete", {"inputs": {}})
    theirs = officer.send(f"/api/v1/cosigners/{cosigner}/answer", {"agreed": True})
    answered = other.send(f"/api/v1/cosigners/{cosigner}/answer", {"agreed": True})

    assert early.json["code"] == "cosigners_silent"
    assert theirs.json["code"] == "not_yours"
    assert answered.json["status"] == "agreed"


def test_a_delegated_step_comes_back(officer, colleague, claimed):
    """Who helps does not complete it; given back, it is the first one's again."""
    other, other_id = colleague
    given = {"person_id": other_id, "reason": "代为准备"}
    officer.send(f"/api/v1/tasks/{claimed}/delegate", given)
    early = other.send(f"/api/v1/tasks/{claimed}/complete", {"inputs": {}})
    other.send(f"/tasks/{claimed}/moves/return")
    task = officer.get(f"/api/v1/tasks/{claimed}").json["task"]

    assert early.json["code"] == "still_delegated"
    assert task["assignee_id"] != other_id


def test_what_was_saved_is_there_on_another_device(officer, claimed):
    """Half-filled answers are kept with the step, not with the browser."""
    saved = officer.send(
        f"/tasks/{claimed}/save", data={"opinion": "", "in.source": "complaint"}
    )
    officer.client.delete_cookie("entered")
    page = officer.get(f"/tasks/{claimed}").get_data(as_text=True)

    assert saved.status_code == 302
    assert 'value="complaint" selected' in page or 'value="complaint" checked' in page


def test_pages_of_moves_open(officer, claimed, case_id):
    """The ways back of a first step are none; deputies and messages can be seen."""
    back = officer.get(f"/tasks/{claimed}/back")
    ways = officer.get(f"/api/v1/tasks/{claimed}/returns").json
    pages = [officer.get(path) for path in ("/deputies", "/memos", f"/cases/{case_id}")]

    assert (back.status_code, ways) == (200, {"items": []})
    assert [page.status_code for page in pages] == [200, 200, 200]


def test_a_suspended_case_is_seen_and_takes_no_act(officer, sign_in, claimed, case_id):
    """A leader suspends and resumes; meanwhile the pages still open."""
    leader = sign_in("fang.lixin@pds")
    refused = officer.send(f"/api/v1/cases/{case_id}/suspend", {"reason": "等待"})
    leader.send(f"/api/v1/cases/{case_id}/suspend", {"reason": "等待裁判"})
    shut = officer.send(f"/api/v1/tasks/{claimed}/release", {"reason": "x"})
    seen = [
        officer.get(p).status_code for p in (f"/cases/{case_id}", f"/tasks/{claimed}")
    ]
    resumed = leader.send(f"/api/v1/cases/{case_id}/resume", {"reason": "已裁判"})

    assert refused.json["code"] == "not_allowed"
    assert shut.json["code"] == "case_closed"
    assert seen == [200, 200]
    assert resumed.json["status"] == "open"


def test_several_acts_of_one_request_are_several_commands(
    officer, sign_in, person_id, case_id
):
    """Handing over case by case, sent twice, does each once and answers alike."""
    head = sign_in("qin.weidong@pds")
    address = f"/api/v1/people/{person_id('zhou.lan@pds')}/hand-over"
    second = officer.get(f"/api/v1/cases/{case_id}/tasks").json[0]["id"]
    officer.send(f"/api/v1/tasks/{second}/claim")
    body = {"to_id": str(person_id("he.zhiyuan@pds")), "reason": "调离"}
    first = head.send(address, body)
    again = head.send(address, body)

    assert [each["moved"] for each in first.json["moved"]] == [[second]]
    assert again.json == {"moved": [], "refused": []}
