"""The pages of a fresh installation, without a browser."""

from __future__ import annotations

import pytest

FIXED = ["/", "/?box=claimable", "/?box=signing", "/?box=done", "/cases", "/cases/new"]
FIXED += ["/processes", "/clauses", "/clauses/pl-56", "/profile"]

#: Pages of one case.
DESKS = ("people", "deadlines", "evidence")

CASE = {
    "process": "penalty",
    "cause": "涉嫌未按规定处置医疗废物",
    "party.kind": "citizen",
    "party.name": "王某某",
}


@pytest.fixture
def officer(request, sign_in):
    """Return an officer's browser on an installation with processes."""
    request.getfixturevalue("published")
    return sign_in("zhou.lan@pds")


@pytest.mark.parametrize("path", FIXED)
def test_a_page_is_there_for_who_is_signed_in(officer, path):
    """Every fixed page answers, with its main part."""
    answer = officer.get(path)

    assert answer.status_code == 200
    assert 'id="main"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", FIXED)
def test_a_stranger_is_sent_to_the_login(published, path):
    """Nothing is shown to nobody."""
    answer = published.test_client().get(path)

    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def _send(officer, path, **fields):
    return officer.send(path, data={**fields, "csrf_token": officer.token})


def test_a_case_is_opened_by_its_form(officer):
    """The form leads to the page of the new case, which is on the desk at once."""
    answer = _send(officer, "/cases/new", **CASE)

    assert answer.status_code == 302

    page = officer.get(answer.location).get_data(as_text=True)

    assert CASE["cause"] in page
    assert "王某某" in officer.get("/").get_data(as_text=True)


def test_an_incomplete_form_says_what_is_missing(officer):
    """A refusal shows the form again, with what was entered and a summary."""
    answer = _send(officer, "/cases/new", **{**CASE, "party.name": ""})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'class="summary-errors"' in page
    assert CASE["cause"] in page


def test_pages_of_a_case_can_be_read_in_english(officer):
    """Every page of a case answers in English too, steps by their English names."""
    opened = _send(officer, "/cases/new", **CASE).location
    officer.send("/locale", data={"locale": "en"})
    paths = ["/", "/cases", opened, *(f"{opened}/{each}" for each in DESKS)]
    answers = [officer.get(path) for path in paths]

    assert [each.status_code for each in answers] == [200] * len(paths)
    assert all('lang="en"' in each.get_data(as_text=True) for each in answers)
    assert "Accept the lead" in answers[1].get_data(as_text=True)


def test_a_foreign_case_does_not_exist(officer, sign_in):
    """A case of another authority cannot be told from one that is not there."""
    opened = _send(officer, "/cases/new", **CASE).location
    stranger = sign_in("liang.jun@qy")

    assert stranger.get(opened).status_code == 404
    assert stranger.get(f"{opened}/evidence").status_code == 404
    assert stranger.get(f"{opened}/map").status_code == 404


def test_a_file_over_the_form_limit_is_read_only_by_who_is_signed_in(published):
    """A stranger's large upload is refused before it is read."""
    answer = published.test_client().post(
        "/tasks/00000000-0000-0000-0000-000000000000/recordings",
        data={"csrf_token": "x" * 3_000_000},
    )

    assert answer.status_code in {403, 413}
