"""What runs out, and how each end was counted: on pages, in the API, on the line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.commands import definitions
from engine.commands.errors import TimerPending
from engine.commands.pinned import SHANGHAI
from forms import registry
from storage.database import new_id
from storage.models import Case, Deadline, Person, Task
from storage.vocabulary import DeadlineStatus, TermUnit
from tests.engine.commands.timed import drawn
from tests.factories import shipped, stands_alone
from webapp import acts, clock, database
from webapp.auth import current
from webapp.i18n import sentence

#: A Thursday before the May holiday of 2026.
NOTICED = datetime(2026, 4, 23, 15, tzinfo=SHANGHAI)


@pytest.fixture
def at_noon():
    """Stop the clock at noon of a Monday, so that today and tomorrow are certain."""
    with clock.standing_at(datetime(2026, 5, 11, 12, tzinfo=SHANGHAI)):
        yield clock.now()


@pytest.fixture
def case(published, at_noon):
    """Return a case that an officer has opened, without deadlines of its own."""
    del at_noon
    with published.test_request_context():
        current.g.person = database.session().scalar(
            select(Person).where(Person.login == "zhou.lan@pds")
        )
        acts.do(
            "cases.open",
            process="penalty",
            cause="cause",
            parties=[{"kind": "citizen", "name": "李四"}],
        )
        return database.session().scalars(select(Case.id)).one()


def add(app, case_id, **given):
    """Add a deadline to a case; seven working days from the notice if not told."""
    values = {
        "code": "hearing_notice",
        "status": DeadlineStatus.RUNNING,
        "base_at": NOTICED,
        "length": 7,
        "unit": TermUnit.WORKING_DAY,
        "due_at": datetime(2026, 5, 7, 23, 59, 59, tzinfo=SHANGHAI),
        "cites": ["pl-64"],
        **given,
    }
    with app.app_context(), database.transaction() as tx:
        row = Deadline(id=new_id(), case_id=case_id, **values)
        tx.add(row)
        return row.id


@pytest.fixture
def running(published, case, at_noon):
    """Return deadlines of a case that end late, today, soon, later and far off."""
    due = {
        "overdue": at_noon - timedelta(minutes=1),
        "today": at_noon + timedelta(hours=11),
        "soon": at_noon + timedelta(days=3),
        "later": at_noon + timedelta(days=4),
        "far": at_noon + timedelta(days=40),
    }
    return {name: add(published, case, due_at=at) for name, at in due.items()}


def test_what_runs_out_is_grouped(sign_in, running):
    """Overdue, today, within three days or thirty; what is far off is not shown."""
    page = sign_in("qin.weidong@pds").get("/deadlines").text
    sections = {
        name: page.split(f'id="{name}"')[1].split("</section>")[0]
        for name in ("overdue", "today", "soon", "later")
    }
    found = {
        name: [other for other, id_ in running.items() if f"d-{id_}" in text]
        for name, text in sections.items()
    }

    assert found == {name: [name] for name in sections}


def test_another_authority_sees_none_of_it(sign_in, running):
    """Deadlines of cases that one may not see are not told."""
    page = sign_in("head@dl").get("/deadlines").text

    assert [name for name, id_ in running.items() if str(id_) in page] == []


def test_machines_read_what_runs_out(sign_in, running):
    """The API lists the same, within as many days as it is asked for."""
    person = sign_in("qin.weidong@pds")
    three = person.get("/api/v1/deadlines").json["items"]
    fifty = person.get("/api/v1/deadlines?days=50").json["items"]
    first = person.get("/api/v1/deadlines?days=50&limit=3").json
    second = person.get(f"/api/v1/deadlines?days=50&cursor={first['next']}").json

    assert [row["group"] for row in three] == ["overdue", "today", "soon"]
    assert [row["deadline"]["id"] for row in fifty] == [
        str(i) for i in running.values()
    ]
    assert [*first["items"], *second["items"]] == fifty
    assert person.get("/api/v1/deadlines?days=-1").status_code == 422


def test_the_command_line_lists_what_runs_out(published, running):
    """``flask deadlines due`` prints a line for each, of one authority if asked."""
    run = published.test_cli_runner().invoke
    own = run(args=["deadlines", "due", "--days", "4"]).output.splitlines()
    other = run(args=["deadlines", "due", "--issuer", "shanghai"]).output

    assert len(running) == 5
    assert [line.split("\t")[0] for line in own] == [
        "overdue",
        "today",
        "soon",
        "later",
    ]
    assert other == ""


def test_a_page_shows_how_an_end_was_counted(published, sign_in, case):
    """Seven working days over the May holiday, run by run, with the holiday's name."""
    deadline = add(published, case)
    page = sign_in("qin.weidong@pds").get(f"/cases/{case}/deadlines").text
    section = page.split(f'id="d-{deadline}"')[1].split("</section>")[0]

    assert "2026-05-01 – 2026-05-05" in section
    assert "劳动节" in section
    assert "第 6–7 日" in section


def test_machines_read_how_an_end_was_counted(published, sign_in, case):
    """The API gives the same runs as data."""
    deadline = add(published, case)
    found = sign_in("qin.weidong@pds").get(f"/api/v1/deadlines/{deadline}/account").json

    assert found[0]["kind"] == "start"
    assert found[-1] == {
        "first": "2026-05-06",
        "last": "2026-05-07",
        "kind": "counted",
        "from_number": 6,
        "to_number": 7,
        "extension": 0,
        "name": "",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"unit": TermUnit.HOUR, "length": 24}, "按小时计"),
        (
            {
                "status": DeadlineStatus.SUSPENDED,
                "deductions": [
                    {"first": "2026-04-27", "last": None, "reason": "x", "by": ""}
                ],
            },
            "期限已中止",
        ),
        ({"base_at": NOTICED + timedelta(days=365 * 3)}, "日历未覆盖"),
        ({"base_at": NOTICED + timedelta(days=300)}, "2027 年的放假安排尚未公布"),
    ],
)
def test_a_page_says_why_days_are_not_listed(published, sign_in, case, given, said):
    """Hours, a suspension, a year without a notice: each has its sentence."""
    add(published, case, **given)
    page = sign_in("qin.weidong@pds").get(f"/cases/{case}/deadlines").text

    assert said in page


def test_a_start_is_corrected_on_the_page(published, sign_in, case, at_noon):
    """The head of the unit enters the right moment; both stand on the page then."""
    moment = at_noon.replace(microsecond=0)
    with published.app_context(), database.transaction() as tx:
        row = tx.session.get_one(Case, case)
        row.facts = {**row.facts, "accepted_at": moment.isoformat()}
        row.opened_at = moment - timedelta(days=5)
    deadline = add(
        published,
        case,
        code="docketing",
        base_at=moment,
        base_from="accepted_at",
        due_at=moment + timedelta(days=9),
    )
    head = sign_in("qin.weidong@pds")
    path = f"/deadlines/{deadline}/correction"
    wrong = head.send(path, data={"value": "soon", "reason": "登记有误"})
    right = head.send(path, data={"value": "2026-05-08T09:30", "reason": "登记有误"})
    page = head.get(f"/cases/{case}/deadlines").text
    with published.app_context():
        base = database.session().get_one(Deadline, deadline).base_at

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert base == datetime(2026, 5, 8, 9, 30, tzinfo=SHANGHAI)
    assert "2026-05-11 12:00 → 2026-05-08 09:30" in page


@pytest.fixture
def timed(published, at_noon):
    """Return a case whose diagram says its times itself."""
    files = {path: text for path, text in shipped().items() if stands_alone(path)}
    codes = [form.code for form in registry.all()]
    with published.app_context(), database.transaction() as tx:
        definitions.publish(tx, {**files, "drawn/drawn.bpmn": drawn()}, codes)
    with published.test_request_context():
        current.g.person = database.session().scalar(
            select(Person).where(Person.login == "zhou.lan@pds")
        )
        acts.do(
            "cases.open",
            process="drawn",
            cause="cause",
            parties=[{"kind": "citizen", "name": "李四"}],
        )
        case = database.session().scalars(select(Case)).one()
        assert case.opened_at == at_noon
        return case.id


def test_a_timer_of_the_diagram_is_shown_by_its_name(sign_in, timed):
    """With the time that the diagram says, and its arithmetic, on every page."""
    person = sign_in("zhou.lan@pds")
    own = person.get(f"/cases/{timed}/deadlines").text
    whole = person.get(f"/cases/{timed}").text
    due = person.get("/deadlines").text
    codes = {
        row["deadline"]["code"] for row in person.get("/api/v1/deadlines").json["items"]
    }

    assert "timer:" not in own + whole + due
    for page in (own, whole):
        assert "催办" in page
        assert "1 日（图中写明 R3/PT24H）" in page
        assert "31 日（图中写明 P1M）" in page
    assert "按流程图写明的时间计" in own
    assert "催办" in due
    assert "timer:drawn/remind" in codes


def test_a_timer_that_has_not_moved_the_case_is_named(published, timed, at_noon):
    """Who acts after its end is told by the name on the drawing what is awaited."""
    late = at_noon + timedelta(days=1, seconds=1)
    with clock.standing_at(late), published.test_request_context():
        current.g.person = database.session().scalar(
            select(Person).where(Person.login == "zhou.lan@pds")
        )
        task = database.session().scalars(
            select(Task).where(Task.case_id == timed, Task.element == "answer")
        )
        with pytest.raises(TimerPending) as refused:
            acts.do("tasks.complete", task_id=task.one().id)

        assert "期限“催办”" in sentence(refused.value)
        assert refused.value.deadline == "timer:drawn/remind"
