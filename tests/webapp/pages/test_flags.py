"""A case is flagged and past steps are made good, by forms without a browser."""

from __future__ import annotations

import re

import pytest

from tests.webapp.conftest import Browser


@pytest.fixture
def case_id(published):
    """Return the case that an officer of Pingdingshan opened."""
    officer = Browser(published, "zhou.lan@pds")
    body = {
        "process": "penalty",
        "cause": "涉嫌未按规定处置医疗废物",
        "parties": [{"name": "某诊所", "kind": "legal_person"}],
    }
    return officer.send("/api/v1/cases", body).json["case_id"]


def test_a_head_flags_a_case_and_the_page_says_so(published, case_id):
    """The form changes the flag; the page and the history tell it."""
    head = Browser(published, "qin.weidong@pds")
    address = f"/cases/{case_id}/flags"
    page = head.get(address).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = {"name": "important_complaint", "raised": "yes", "reason": "媒体关注"}
    answer = head.client.post(address, data={**form, "csrf_token": token})
    after = head.get(address).text

    assert "重要投诉举报案件" in page
    assert answer.status_code == 302
    assert "取消标记" in after
    assert "标记案件情形" in head.get(f"/cases/{case_id}").text


def test_an_officer_is_shown_but_not_asked(published, case_id):
    """Who may not flag sees the flags without a form, and the API refuses."""
    officer = Browser(published, "zhou.lan@pds")
    page = officer.get(f"/cases/{case_id}/flags").text
    body = {"name": "serious", "raised": True, "reason": "重大"}
    answer = officer.send(f"/api/v1/cases/{case_id}/flags", body)

    assert "未标记" in page
    assert 'name="raised"' not in page
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


def test_a_remedy_that_nobody_asked_for_is_not_found(published, case_id):
    """A note answers a demand; without one there is nothing to note."""
    officer = Browser(published, "zhou.lan@pds")
    body = {"task_id": case_id, "requirement": "recording:video", "note": "补录"}
    answer = officer.send(f"/api/v1/cases/{case_id}/remedies", body)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
