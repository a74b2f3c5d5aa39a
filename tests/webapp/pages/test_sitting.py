"""A vote on the step's page: counts while it sits, voices in their order afterwards."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from engine.commands import definitions
from forms import registry
from storage.models import Person, Task
from storage.vocabulary import TaskStatus
from tests.factories import shipped, stands_alone
from tests.webapp.conftest import Browser
from webapp import database

CHAIR, OTHERS = "head@pds", ("deputy@pds", "fang.lixin@pds", "ma.xiangyang@pds")
#: The box of the vote on a page.
BOX = re.compile(r'<section class="panel" id="sitting">.*?</section>', re.DOTALL)
NEW_CASE = {
    "process": "collective_discussion",
    "cause": "涉嫌未取得医疗机构执业许可证擅自执业",
    "parties": [{"kind": "legal_person", "name": "恒康源健康管理有限公司"}],
}


def panel(page):
    """Return the box of the vote on a page."""
    found = BOX.search(page)
    return found[0] if found else ""


def voice_of(app, login):
    """Return the open voice of a member."""
    with app.app_context():
        query = (
            select(Task.id)
            .join(Person, Person.id == Task.assignee_id)
            .where(Task.element == "member_opinion", Person.login == login)
            .where(Task.status.in_((TaskStatus.OPEN, TaskStatus.CLAIMED)))
        )
        return database.session().scalar(query)


@pytest.fixture
def seated(published, sign_in, person_id):
    """Return the case of a committee of four that sits."""
    alone = {path: text for path, text in shipped().items() if stands_alone(path)}
    codes = [definition.code for definition in registry.all()]
    with published.app_context(), database.transaction() as tx:
        definitions.publish(tx, alone, codes)
    officer = sign_in("zhou.lan@pds")
    case_id = officer.send("/api/v1/cases", NEW_CASE).json["case_id"]
    with published.app_context():
        query = select(Task.id).where(Task.element == "discussion_convening")
        convening = database.session().scalar(query)
    ids = [str(person_id(login)) for login in (CHAIR, *OTHERS)]
    inputs = {"committee_chair": ids[0], "committee_members": ids}
    made = officer.send(f"/api/v1/tasks/{convening}/complete", {"inputs": inputs})
    assert made.status_code == 200, made.json
    return case_id


def speak(app, login, vote, reason=None):
    """Let a member give their voice."""
    inputs = {"vote": vote} | ({"vote_reason": reason} if reason else {})
    address = f"/api/v1/tasks/{voice_of(app, login)}/complete"
    given = Browser(app, login).send(address, {"inputs": inputs})
    assert given.status_code == 200, given.json


def test_while_it_sits_the_box_is_below_the_ballot(published, seated):  # noqa: ARG001 - the committee
    """It counts and names who is waited for, and says nothing of any voice."""
    speak(published, OTHERS[0], "disagree", "建议减轻处罚。")
    page = Browser(published, CHAIR).get(f"/tasks/{voice_of(published, CHAIR)}").text
    box = panel(page)

    assert page.index('id="work-form"') < page.index('id="sitting"')
    assert page.index('id="sitting"') < page.index('id="others"')
    assert "已发表意见 1/4" in box
    assert "建议减轻处罚" not in box
    assert "不同意<" not in box
    assert box.count("待发表") == 3


def test_a_step_without_records_is_not_counted(published, seated):  # noqa: ARG001 - the committee
    """Nothing is asked for: the panel does not say “0/0”."""
    page = Browser(published, CHAIR).get(f"/tasks/{voice_of(published, CHAIR)}").text

    assert "0/0" not in page


def test_afterwards_each_voice_stands_with_its_answer(published, seated):
    """Who stayed away is named, whether recused or absent."""
    officer, chair = Browser(published, "zhou.lan@pds"), Browser(published, CHAIR)
    absent = voice_of(published, OTHERS[2])
    form = {"csrf_token": chair.token, "reason": "在外地出差"}
    chair.client.post(f"/tasks/{absent}/moves/excuse", data=form)
    speak(published, OTHERS[0], "disagree", "建议减轻处罚。")
    speak(published, OTHERS[1], "agree")
    speak(published, CHAIR, "agree")
    with published.app_context():
        query = select(Task.id).where(Task.element == "discussion_record")
        record = database.session().scalar(query)
    box = panel(officer.get(f"/tasks/{record}").text)

    assert seated
    assert re.findall(r'tag-(green|red)">([^<]+)<', box) == [
        ("green", "同意"),
        ("red", "不同意"),
        ("green", "同意"),
    ]
    assert "建议减轻处罚" in box
    assert "缺席：马向阳" in box
