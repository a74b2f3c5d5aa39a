"""A page offers what its reader may do, and nothing that would be refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.models import Document
from storage.vocabulary import DocumentStatus
from webapp import database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.stage import Stage

ROOT = Path(__file__).parents[3]
SCENARIO = ROOT / "processes/penalty/scenarios/hearing_and_discussion.toml"
SLOT = re.compile(r'name="role" value="(\w+)"')


def _text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def report(published):
    """Return the address of a docketing report that its officer has signed."""
    script = scripts.read(SCENARIO)
    stage = Stage(lambda: published, script)
    stage.enter()
    for played in Player(script, stage).play():
        assert played.agrees, played
        if played.step.task == "docketing_report":
            break
    with published.app_context():
        found = database.session().scalar(
            select(Document.id).where(
                Document.code == "docketing_report",
                Document.status == DocumentStatus.PREPARED,
            )
        )
    return f"/documents/{found}"


def test_each_reader_is_offered_only_the_slots_that_are_theirs(report, sign_in):
    """Neither the officer nor the reviewer can sign where the approver must."""
    logins = ("zhou.lan@pds", "qin.weidong@pds", "fang.lixin@pds", "yin.jing@pds")
    offered = [SLOT.findall(_text(sign_in(login).get(report))) for login in logins]

    assert offered == [[], ["reviewer"], ["approver"], []]


def test_what_was_signed_is_not_offered_again(report, sign_in):
    """A reader who has filled their slot waits for the others."""
    reviewer = sign_in("qin.weidong@pds")
    signed = reviewer.send(f"{report}/sign", data={"role": "reviewer"})
    page = _text(reviewer.get(report))

    assert signed.status_code == 302
    assert SLOT.findall(page) == []
    assert "等待签署" in page


def test_a_document_cites_no_other_authority(report, sign_in):
    """The national clause is shown, that of another authority is not."""
    page = _text(sign_in("zhou.lan@pds").get(report))
    cited = re.findall(r'href="/clauses/([a-z0-9-]+)"', page)

    assert "pl-54" in cited
    assert [each for each in cited if each.startswith(("dl-", "sh-", "qy-"))] == []


def test_a_new_case_is_offered_to_who_may_open_one(published, sign_in):  # noqa: ARG001 - chooses the application
    """Officers and heads of units open cases; nobody else is led to the form."""
    for login, may in {
        "zhou.lan@pds": True,
        "qin.weidong@pds": True,
        "yin.jing@pds": False,
        "head@pds": False,
    }.items():
        reader = sign_in(login)
        pages = [_text(reader.get(path)) for path in ("/", "/cases")]

        assert [('href="/cases/new"' in page) for page in pages] == [may, may]
        assert ["登记新案" in page for page in pages] == [may, may]
        assert reader.get("/cases/new").status_code == (200 if may else 403)
