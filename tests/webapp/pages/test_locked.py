"""What an unsettled emergency shuts is shown as shut, on the case and at the step."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.commands.pinned import SHANGHAI
from storage.models import Person, Task
from tests.webapp.conftest import Browser
from webapp import clock, database

BEGUN = datetime(2026, 4, 7, 14, tzinfo=SHANGHAI)
URGENT = {
    "violation": "V3",
    "measure_necessity": "车辆即将驶离。",
    "measure_related": True,
    "living_necessities": False,
    "already_sealed": False,
}


def task_of(app, element):
    """Return the newest task of an element."""
    with app.app_context():
        query = select(Task.id).where(Task.element == element)
        return database.session().scalars(query.order_by(Task.opened_at.desc())).first()


@pytest.fixture
def urgent(published):
    """Return a case in which a seizure has begun on oral consent."""
    with published.app_context():
        query = select(Person.id).where(Person.login == "fang.lixin@pds")
        leader = str(database.session().scalar(query))
    moment = BEGUN.isoformat()
    steps = [
        ("measure_request", "urgent", URGENT),
        (
            "record_emergency",
            None,
            {
                "emergency_ground": "医疗废物正在装车。",
                "emergency_harm": "去向不明。",
                "emergency_place": "矿工路",
            },
        ),
        (
            "oral_request",
            "given",
            {
                "consenting_leader": leader,
                "oral_at": moment,
                "oral_channel": "phone",
                "oral_words": "同意。",
            },
        ),
        ("emergency_start", None, {"emergency_started_at": moment}),
    ]
    with clock.standing_at(BEGUN):
        officer = Browser(published, "zhou.lan@pds")
        body = {
            "process": "coercive_measure",
            "cause": "涉嫌交由无资质单位运输医疗废物",
            "parties": [{"name": "某诊所", "kind": "legal_person"}],
        }
        case_id = officer.send("/api/v1/cases", body).json["case_id"]
        for element, outcome, inputs in steps:
            answer = officer.send(
                f"/api/v1/tasks/{task_of(published, element)}/complete",
                {"outcome": outcome, "inputs": inputs}
                if outcome
                else {"inputs": inputs},
            )
            assert answer.status_code == 200, answer.json
    return case_id


def test_a_locked_step_is_never_said_to_be_ready(published, urgent):
    """In time the step goes on; overrun it is shut on both pages, before any sweep."""
    told = {}
    for hours in (1, 25):
        with clock.standing_at(BEGUN + timedelta(hours=hours)):
            officer = Browser(published, "zhou.lan@pds")
            step = officer.get(f"/tasks/{task_of(published, 'presence')}").text
            case = officer.get(f"/cases/{urgent}").text
            told[hours] = ["本环节已锁定" in step, "本环节已锁定" in case]

    assert told == {1: [False, False], 25: [True, True]}


def test_who_only_looks_on_sees_the_lock_too(published, urgent):  # noqa: ARG001 - the case
    """A supervisor who may not work on the step is told why it stands still."""
    with clock.standing_at(BEGUN + timedelta(hours=25)):
        supervisor = Browser(published, "gao.yuan@pds")
        page = supervisor.get(f"/tasks/{task_of(published, 'presence')}").text

    assert page.index("gate-link") < page.index("本环节已锁定")
    assert "逾期永久登记" in page
    assert 'id="recordings"' not in page
