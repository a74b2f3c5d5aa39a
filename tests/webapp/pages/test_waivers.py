"""The supervisor's list of what cases did without, and whose turn it is to agree."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.models import Agency, Person, Waiver
from tests.webapp.conftest import QUICK
from webapp import database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.stage import Stage

FOLDER = Path(__file__).parents[3] / "processes/penalty/scenarios"


def _play(app, name, until=None):
    """Play a scenario up to a step of its; return its agency."""
    script = scripts.read(FOLDER / name)
    stage = Stage(lambda: app, script)
    stage.enter()
    for step in Player(script, stage).play():
        assert step.agrees, step
        if step.step.number == until:
            break
    with app.app_context():
        waiver = database.session().scalars(select(Waiver)).first()
        agency = select(Person.agency_id).where(Person.id == waiver.requested_by_id)
        return database.session().scalar(agency), waiver.id


@pytest.fixture
def enter(published, sign_in):
    """Return a function that signs in the person of an agency by their name."""

    def go(agency_id, name):
        with published.app_context(), database.transaction() as tx:
            tx.session.execute(
                update(Person)
                .where(Person.agency_id == agency_id, Person.name == name)
                .values(login=f"{name}@test", password_hash=QUICK)
            )
        return sign_in(f"{name}@test")

    return go


def _leader(app, agency_id, post):
    with app.app_context():
        people = database.session().scalars(
            select(Person).where(Person.agency_id == agency_id)
        )
        return next(p.name for p in people if post in {h.post for h in p.posts})


def test_what_nobody_has_to_review_is_listed(published, enter):
    """In Dalian Jinpu a statement suffices: supervisors see, narrow and export it."""
    agency, waiver = _play(published, "onsite_dalian_jinpu.toml")
    head = enter(agency, _leader(published, agency, "agency_head"))
    officer = enter(agency, _leader(published, agency, "officer"))
    shown = head.get("/supervision/waivers").get_data(as_text=True)
    other = head.get("/supervision/waivers?ground=weather").get_data(as_text=True)
    late = head.get("/supervision/waivers?since=2026-03-10").get_data(as_text=True)
    day = head.get("/supervision/waivers?since=2026-03-09&until=2026-03-09")
    file = head.get("/supervision/waivers/export")
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    api = head.get("/api/v1/waivers").json
    narrowed = head.get("/api/v1/waivers?which=refused").json

    assert "dl-13b" in shown or "第十三条" in shown
    assert str(waiver) not in other
    assert "没有符合条件的说明" in other
    assert "没有符合条件的说明" in late
    assert "不适宜音像记录" in day.get_data(as_text=True)
    assert file.mimetype == "text/csv"
    assert [len(row) for row in rows] == [12, 12]
    assert [each["id"] for each in api["items"]] == [str(waiver)]
    assert (api["items"][0]["approvers"], narrowed["items"]) == ([], [])
    assert officer.get("/supervision/waivers").status_code == 403
    assert officer.get("/api/v1/waivers").status_code == 403


def test_another_agency_sees_nothing_of_it(published, enter):
    """The list holds what the reader may see, no more."""
    agency, _ = _play(published, "onsite_dalian_jinpu.toml")
    with published.app_context():
        other = database.session().scalar(
            select(Agency.id).where(Agency.id != agency, Agency.issuer == "shanghai")
        )
    head = enter(other, _leader(published, other, "agency_head"))

    assert head.get("/api/v1/waivers?which=all").json["items"] == []


#: After this step the waiver waits for the first leader, the step being over.
WAITING = 10


def test_whose_turn_it_is_is_shown_and_only_they_decide(published, enter):
    """First 分管领导, then 主要领导: inbox, task page and list say whose turn it is."""
    agency, waiver = _play(published, "onsite_qingyuan.toml", WAITING)
    deputy = enter(agency, _leader(published, agency, "deputy_head"))
    head = enter(agency, _leader(published, agency, "agency_head"))
    with published.app_context():
        task = database.session().get_one(Waiver, waiver).task_id
    form = f'action="/waivers/{waiver}"'

    def seen():
        return [
            (
                "电量不足" in who.get("/decisions").get_data(as_text=True),
                form in who.get(f"/tasks/{task}").get_data(as_text=True),
            )
            for who in (deputy, head)
        ]

    first = seen()
    early = head.send(f"/waivers/{waiver}", data={"decision": "approve"})
    deputy.send(f"/waivers/{waiver}", data={"decision": "approve", "reason": "属实"})
    second = seen()
    listed = head.get("/supervision/waivers?which=pending").get_data(as_text=True)
    head.send(f"/waivers/{waiver}", data={"decision": "approve", "reason": "同意"})
    last = head.get(f"/api/v1/waivers/{waiver}").json

    assert first == [(True, True), (False, False)]
    assert early.status_code == 403
    assert second == [(False, False), (True, True)]
    assert "轮到" in listed
    assert (last["status"], last["next_post"]) == ("approved", None)
    assert [each["post"] for each in last["decisions"]] == [
        "deputy_head",
        "agency_head",
    ]
    assert seen() == [(False, False), (False, False)]


@pytest.mark.parametrize("query", ["since=morgen", "unit=7", "until=2026-13-01"])
def test_a_wrong_filter_is_refused(sign_in, published, query):  # noqa: ARG001
    """A day that is none, a section that is none."""
    head = sign_in("head@pds")

    assert head.get(f"/supervision/waivers?{query}").status_code == 422
