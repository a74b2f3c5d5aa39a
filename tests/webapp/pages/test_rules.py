"""What is required where, and why: pages, API and command line tell the same."""

from __future__ import annotations

import pytest

from tests.webapp.conftest import Browser


@pytest.fixture
def officer(staffed):
    """Return an officer of Pingdingshan, signed in."""
    return Browser(staffed, "zhou.lan@pds")


def test_a_step_is_explained_with_its_clause_and_its_day(officer):
    """The record, the verbatim clause, since when, and who may waive it."""
    page = officer.get("/rules/inspection.onsite/pingdingshan?on=2026-03-09").text

    assert "现场笔录" in page
    assert "应采用现场笔录、照相形式记录" in page
    assert "2019-03-20" in page
    assert "第十六条（一）" in page


def test_the_day_decides_what_holds(officer):
    """Before the authority's own rules only the nation's were there."""
    page = officer.get("/rules/inspection.onsite/pingdingshan?on=2019-03-19").text

    assert "应采用现场笔录、照相形式记录" not in page


def test_authorities_are_compared_and_silence_is_shown(officer):
    """All five stand side by side; who says nothing is shown to say nothing."""
    page = officer.get("/rules/complaint.handling").text

    assert "上海市卫生健康委员会" in page
    assert "未规定" in page
    assert "卫生监督意见书" in page


def test_a_contradiction_is_shown_with_how_it_was_settled(officer):
    """Where two clauses of one notice disagree, both stand beside the answer."""
    page = officer.get("/rules/inspection.onsite").text
    told = officer.get("/api/v1/rules/inspection.onsite").json["authorities"]

    assert "方法可选，文书必做" in page
    assert any(point["id"] == "d-18" for each in told for point in each["points"])


@pytest.mark.parametrize(
    "address",
    [
        "/rules",
        "/rules/general",
        "/rules/coverage",
        "/rules/points",
        "/rules/service.delivery",
        "/rules/service.delivery/dalian_jinpu",
    ],
)
def test_every_page_opens_in_both_languages(officer, address):
    """No page falls over a word that lacks its label."""
    chinese = officer.get(address)
    form = {"locale": "en", "next": "/", "csrf_token": officer.token}
    officer.client.post("/locale", data=form)
    english = officer.get(address)

    assert chinese.status_code == english.status_code == 200


def test_strange_steps_and_authorities_are_not_found(officer):
    """What no catalogue has is not shown as silence."""
    codes = [
        officer.get(address).status_code
        for address in (
            "/rules/no.such",
            "/rules/inspection.onsite/nowhere",
            "/api/v1/rules/no.such",
        )
    ]

    assert codes == [404, 404, 404]


def test_the_api_explains_every_authority(officer):
    """Five authorities, each with its records, clauses and ways to go without."""
    told = officer.get("/api/v1/rules/inspection.onsite?on=2026-03-09").json
    by_issuer = {each["issuer"]: each for each in told["authorities"]}
    photo = next(
        record
        for record in by_issuer["pingdingshan"]["records"]
        if record["record"] == "recording:photo"
    )

    assert len(by_issuer) == 5
    assert photo["level"] == "mandatory"
    assert "pds-2019-16-1a" in [clause["id"] for clause in photo["clauses"]]
    assert by_issuer["dalian_jinpu"]["records"] != by_issuer["zhanhe"]["records"]


def test_coverage_is_told_alike(officer, staffed):
    """The API and the command line give the same numbers, and the floor holds."""
    rows = officer.get("/api/v1/clauses/coverage").json
    printed = staffed.test_cli_runner().invoke(args=["clauses", "coverage"])
    enforceable = [row for row in rows if row["enforceable"] == "yes"]
    total = sum(row["claimed"] for row in enforceable)

    assert sum(row["clauses"] for row in enforceable) == 489
    assert printed.exit_code == 0, printed.output
    assert f"489\t{total}\t" in printed.output


def test_the_command_line_explains(staffed):
    """What is required, why, since when, who may waive it."""
    words = ["clauses", "explain", "zhanhe", "inspection.onsite", "--on", "2026-03-09"]
    printed = staffed.test_cli_runner().invoke(args=words)
    strange = staffed.test_cli_runner().invoke(args=["clauses", "explain", "x", "y.z"])

    assert printed.exit_code == 0, printed.output
    assert "zh-yx-6a" in printed.output
    assert "agency_head" in printed.output
    assert strange.exit_code == 1
    assert "not_found" in strange.output
