"""At any step of any case: what is asked, why, since when, who can waive it."""

from __future__ import annotations

import html
import re

import pytest

from tests.webapp.conftest import Browser
from webapp import rulebook
from webapp.pages.conditions import condition

CASE = {
    "process": "inspection",
    "cause": "日常监督检查",
    "parties": [{"kind": "legal_person", "name": "恒康源健康管理有限公司"}],
}
#: What stands in a page of Chinese in other letters and is no code of ours: names of
#: clauses, and units, formats and places as the texts themselves write them.
_ALLOWED = re.compile(r"\b(?:pds|dl|sh|qy|zh|pl|cl|ll|gd)-[\w-]+")
_CODE = re.compile(r"(?<![\w.])[a-z]{3,}(?:[._][a-z_]+)*(?!\w)")
_SNAKE = re.compile(r"[a-z]+_[a-z_]+")


@pytest.fixture
def officer(published, sign_in):  # noqa: ARG001 - chooses the application
    """Return the officer who opens cases here."""
    return sign_in("zhou.lan@pds")


@pytest.fixture
def case(officer):
    """Return a new inspection, its number and its first step."""
    made = officer.send("/api/v1/cases", CASE).json
    (task, *_) = officer.get(f"/api/v1/cases/{made['case_id']}/tasks").json
    return {**officer.get(f"/api/v1/cases/{made['case_id']}").json, "task": task}


def _read(page):
    """Return what a reader sees beside the verbatim text of clauses."""
    page = re.sub(
        r"<(blockquote|script|style|summary)\b.*?</\1>", " ", page, flags=re.DOTALL
    )
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def _pages(issuers):
    yield from ("/rules", "/rules/general", "/rules/points", "/rules/coverage")
    for activity in rulebook.activities():
        yield f"/rules/{activity}"
        yield from (f"/rules/{activity}/{issuer}" for issuer in issuers)


@pytest.mark.parametrize(
    ("locale", "codes", "issuers"),
    [("zh_Hans", _CODE, rulebook.issuers()), ("en", _SNAKE, ["qingyuan"])],
)
def test_no_page_of_rules_shows_a_code(staffed, locale, codes, issuers):
    """Every page, for every activity and authority, speaks in words."""
    reader = Browser(staffed, "zhou.lan@pds")
    form = {"locale": locale, "next": "/", "csrf_token": reader.token}
    reader.client.post("/locale", data=form)
    shown = {
        (code, page)
        for page in _pages(issuers)
        for code in codes.findall(_ALLOWED.sub(" ", _read(reader.get(page).text)))
    }

    assert shown == set()


def test_who_decides_beside_the_steps_is_told(officer, case):
    """On the page of a case and of an authority, and over JSON, with the clause."""
    on_case = _read(officer.get(f"/rules/of/case/{case['id']}").text)
    of_issuer = _read(officer.get("/rules/inspection.onsite/qingyuan").text)
    told = officer.get("/api/v1/rules/inspection.onsite").json["authorities"]
    given = told[0]["decisions"]
    recusal = next(each for each in given if each["name"] == "recusal_posts")

    assert "决定回避的职务" in on_case
    assert "决定回避的职务" in of_issuer
    assert recusal["facts"]["value"] == ["deputy_head", "agency_head"]
    assert [clause["id"] for clause in recusal["clauses"]] == ["pl-43"]


def test_a_condition_is_told_in_words(app):
    """Facts, outcomes, switches and papers are named; both, either and not are said."""
    told = {
        "param.recording_conflict == 'strict'": "从严",
        "outcome.closing_approval != 'returned'": "不是",
        "mode in ('entrusted', 'forwarded')": "转交送达",
        "document.inspection_approval.inspection_kind == 'random'": "双随机",
        "about == 'seizure_decision' and measure_at != null": "，并且",
        "dispute_prone": "容易引起行政争议",
    }
    with app.test_request_context():
        said = {text: condition(text) for text in told}

    assert [text for text in told if told[text] not in said[text]] == []
    assert [text for text in said.values() if _SNAKE.search(text)] == []


def test_the_step_links_to_what_it_rests_on(officer, case):
    """From the page and from each line of its gate, to the explanation of this step."""
    task = case["task"]["id"]
    page = html.unescape(officer.get(f"/tasks/{task}").text)
    told = officer.get(f"/rules/of/task/{task}").text
    (line, *_) = officer.get(f"/api/v1/tasks/{task}").json["gate"]

    assert f'/rules/of/task/{task}"' in page
    assert f"/rules/of/task/{task}#{line['requirement']}" in page
    assert f'id="{line["requirement"]}"' in told
    assert "平顶山市卫生计生监督局" in told
    assert case["number"] in told


def test_printed_every_clause_stands_open(officer, case):
    """On paper no clause is folded away."""
    address = f"/rules/of/task/{case['task']['id']}"
    folded, printed = officer.get(address).text, officer.get(f"{address}?print=1").text

    assert '<details class="clause" open>' not in folded
    assert '<details class="clause">' not in printed


def test_page_api_and_command_line_explain_the_same_step(published, officer, case):
    """The same records, their clauses verbatim and their days, three times."""
    task, number = case["task"], case["number"]
    by_task = officer.get(f"/api/v1/tasks/{task['id']}/rules").json
    (by_case,) = officer.get(f"/api/v1/cases/{case['id']}/rules").json
    args = ["clauses", "explain", "--case", number]
    printed = published.test_cli_runner().invoke(args=args)

    assert by_task == by_case
    assert by_case["case_number"] == number
    for record in by_case["records"]:
        assert record["record"] in printed.output
        for clause in record["clauses"]:
            assert clause["text"] in printed.output


def test_a_step_to_come_is_explained_for_the_case(published, officer, case):
    """What will be asked on site, before the case is there; strange steps are none."""
    address = f"/api/v1/cases/{case['id']}/rules?step="
    (told,) = officer.get(f"{address}inspection.onsite").json
    photo = next(r for r in told["records"] if r["record"] == "recording:photo")
    args = ["clauses", "explain", "--case", case["number"], "--step"]
    printed = published.test_cli_runner().invoke(args=[*args, "inspection.onsite"])
    strange = published.test_cli_runner().invoke(args=[*args, "nowhere"])
    page = officer.get(f"/rules/of/case/{case['id']}?step=inspection.onsite")

    assert (photo["level"], photo["holds"], photo["state"]) == ("mandatory", True, None)
    assert photo["since"] == ["2019-03-20"]
    assert "pds-2019-16-1a" in printed.output
    assert strange.exit_code == 1
    assert officer.get(f"{address}nowhere").status_code == 404
    assert "应采用现场笔录、照相形式记录" in page.text


def test_nobody_reads_the_explanation_of_a_strange_case(case, sign_in):
    """To another authority's officer there is no such case."""
    stranger = sign_in("gu.wen@sh")
    codes = [
        stranger.get(address).status_code
        for address in (
            f"/rules/of/task/{case['task']['id']}",
            f"/rules/of/case/{case['id']}",
            f"/api/v1/cases/{case['id']}/rules",
        )
    ]

    assert codes == [404, 404, 404]
