"""Statements that go around SQLAlchemy's execution, and what commands leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import (
    bindparam,
    func,
    insert,
    inspect,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import CompileError, IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from storage import chain
from storage.database import new_id
from storage.models import Agency, Case, Deadline, Event, Job, Person, Task, Unit
from storage.prepared import Prepared, as_loaded
from storage.transaction import transaction
from storage.vocabulary import CaseStatus, DeadlineStatus, JobStatus, TaskStatus
from tests.factories import link

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def one(office, model, identifier):
    """Return a row as it is stored now."""
    with office.reading() as session:
        return session.get_one(model, identifier)


def loaded(tx, model, identifier):
    """Return an object in no session, as the hot commands load it."""
    every = select(model.__table__).where(model.id == bindparam("this"))
    return as_loaded(model, Prepared(every).tuples(tx.connection, this=identifier)[0])


@pytest.mark.parametrize("model", [Agency, Case, Deadline, Event, Person, Task])
def test_every_type_comes_back_as_sqlalchemy_gives_it(either_office, model):
    """Identifiers, words, moments, days, lists and bytes are the same both ways."""
    either_office.open_case()
    every = select(model.__table__).order_by(model.id)
    with either_office.transaction() as tx:
        usual = [list(row) for row in tx.connection.execute(every)]
        prepared = Prepared(every).tuples(tx.connection)

    assert prepared == usual
    assert model is Deadline or prepared


def test_what_is_sent_is_what_sqlalchemy_sends(either_office):
    """Rows written by prepared statements read as if a session had written them."""
    first, second = new_id(), new_id()
    values = {
        "kind": "k",
        "payload": {"identifier": first, "when": NOON, "few": [1, None]},
        "status": JobStatus.READY,
        "due_at": NOON,
        "attempts": 3,
    }
    columns = {"id", "key", *values}
    with either_office.transaction() as tx:
        tx.add(Job(id=first, key="usual", **values))
        tx.session.flush()
        rows = [{"id": second, "key": "prepared", **values}]
        Prepared(insert(Job).inline(), columns).run(tx.connection, rows)
    usual, prepared = (one(either_office, Job, i) for i in (first, second))

    for name in values:
        assert getattr(prepared, name) == getattr(usual, name)


def test_rows_have_the_names_of_their_columns(office):
    """Labels name what a row holds; a union takes them from its first part."""
    statement = union_all(
        select(Agency.name.label("called"), Agency.id.label("id")),
        select(Unit.name, Unit.id),
    )
    with office.transaction() as tx:
        rows = Prepared(statement).rows(tx.connection)

    assert {(row.called, row.id) for row in rows} >= {
        ("平顶山市卫生健康委员会", office.agency_id)
    }


def test_a_statement_that_varies_is_refused(office):
    """A list of unknown length has no fixed text."""
    varying = select(Agency).where(Agency.id.in_(bindparam("many", expanding=True)))
    with office.transaction() as tx, pytest.raises(CompileError):
        Prepared(varying).rows(tx.connection, many=[office.agency_id])


def store(office, model, **values):
    """Store a row that is no object."""
    with office.transaction() as tx:
        tx.insert(model, **values)


def test_the_driver_refuses_in_sqlalchemys_words(either_office):
    """Whoever catches a database error need not know how a statement was sent."""
    agency = {"id": either_office.agency_id, "issuer": "x", "name": "x"}
    with pytest.raises(IntegrityError):
        store(either_office, Agency, **agency, letterhead={})
    job = {"id": new_id(), "kind": "k", "key": "k", "status": JobStatus.READY}
    with pytest.raises(StatementError, match="naive"):
        store(either_office, Job, **job, due_at=NOON.replace(tzinfo=None))


def test_only_what_changed_is_written(either_office):
    """Two commands may change different columns of a row that both have loaded."""
    case = either_office.open_case()
    with either_office.transaction() as tx:
        mine = loaded(tx, Case, case.id)
        tx.watch(mine)
        mine.cause = "changed"
        theirs = update(Case).where(Case.id == case.id).values(lock_version=77)
        tx.session.execute(theirs)
    stored = one(either_office, Case, case.id)

    assert (stored.cause, stored.lock_version) == ("changed", 77)


def test_a_change_is_written_once(office):
    """What was sent in the middle of a command is not sent again at its end."""
    case = office.open_case()
    with office.transaction() as tx:
        mine = loaded(tx, Case, case.id)
        tx.watch(mine)
        mine.cause = "first"
        tx.flush()
        tx.session.execute(update(Case).values(cause="second"))

    assert inspect(mine).committed_state == {}
    assert one(office, Case, case.id).cause == "second"


def close_another(office, case_id):
    """Close a case as if it had been stored under an identifier that it lacks."""
    with office.transaction() as tx:
        mine = loaded(tx, Case, case_id)
        tx.watch(mine)
        vars(mine)["id"] = new_id()
        mine.status = CaseStatus.CLOSED


def test_a_row_that_is_gone_is_noticed(office):
    """A change to a row that is not there is refused, with everything beside it."""
    case = office.open_case()
    with pytest.raises(StaleDataError):
        close_another(office, case.id)

    assert one(office, Case, case.id).status is CaseStatus.OPEN


def test_a_row_may_be_changed_until_it_is_sent(office):
    """A row is written as it is at the end; once sent, it is empty."""
    first, second = new_id(), new_id()
    with office.transaction() as tx:
        unit = {"agency_id": office.agency_id}
        row = tx.insert(Unit, id=first, name="early", **unit)
        tx.flush()
        tx.insert(Unit, id=second, name="early", **unit)["name"] = "late"

    assert row == {}
    assert one(office, Unit, first).name == "early"
    assert one(office, Unit, second).name == "late"


def test_what_nobody_says_is_filled_in(office):
    """Defaults of columns hold for rows that are no objects, one for each row."""
    ids = [new_id(), new_id()]
    with office.transaction() as tx:
        for number, identifier in enumerate(ids):
            tx.insert(
                Job,
                id=identifier,
                kind="k",
                key=str(number),
                status=JobStatus.READY,
                due_at=NOON + timedelta(days=number),
            )
    jobs = [one(office, Job, identifier) for identifier in ids]

    assert [(job.payload, job.attempts) for job in jobs] == [({}, 0), ({}, 0)]


def test_a_case_walks_on_either_database(either_office):
    """Steps opened, done and cancelled, clocks met and started: all is stored."""
    case = either_office.open_case().docket()
    with either_office.reading() as session:
        clocks = select(Deadline.code, Deadline.status)
        stored = {row.code: row.status for row in session.execute(clocks)}
    statuses = {task.element: task.status for task in case.tasks()}
    events = [link(event) for event in case.events()]

    assert case.open() == ["assign_officers"]
    assert statuses["docketing_approval"] is TaskStatus.DONE
    assert statuses["onsite_requested"] is TaskStatus.CANCELLED
    assert stored["docketing"] is DeadlineStatus.MET
    assert stored["decision"] is DeadlineStatus.RUNNING
    assert chain.verify(events) is None


def test_a_command_begins_with_what_is_stored_now(office):
    """What a session read before a command is read again, whoever changed it."""
    case = office.open_case()
    with office.reading() as session:
        known = session.get_one(Case, case.id)
        session.commit()
        office.act("zhou", "tasks.claim", task_id=case.task("acceptance").id)
        before = known.event_seq
        with transaction(session, office.now):
            after = known.event_seq

    assert (before, after) == (1, 2)


NAMED = Prepared(select(Case.cause).where(Case.id == bindparam("this")))


def test_what_was_asked_early_is_asked_once(either_office):
    """What travelled ahead is used for the same values, and only once."""
    case = either_office.open_case()
    cause = one(either_office, Case, case.id).cause
    with either_office.transaction() as tx:
        tx.command_id = "early"
        assert tx.replay([(NAMED, {"this": case.id})]) is None
        tx.session.execute(update(Case).values(cause="after"))
        ahead = tx.early(NAMED, this=case.id).tuples()
        again = tx.early(NAMED, this=case.id).tuples()

    assert (ahead, again) == ([[cause]], [["after"]])


def test_what_was_asked_early_for_another_is_asked_anew(either_office):
    """A row of one case never stands for another's."""
    one, other = either_office.open_case(), either_office.open_case()
    with either_office.transaction() as tx:
        tx.command_id = "early"
        tx.replay([(NAMED, {"this": one.id})])
        tx.session.execute(
            update(Case).where(Case.id == other.id).values(cause="other")
        )
        assert tx.early(NAMED, this=other.id).tuples() == [["other"]]


def test_what_is_done_later_is_found_by_what_follows(either_office):
    """A change that waits for the end is sent before anything is asked."""
    case = either_office.open_case()
    late = Prepared(update(Case).where(Case.id == bindparam("this")), {"cause"})
    with either_office.transaction() as tx:
        tx.later(late, {"this": case.id, "cause": "late"})
        found = tx.rows(NAMED, this=case.id)

    assert found[0].cause == "late"


@pytest.mark.postgres
def test_the_server_keeps_its_plans(office_on_postgres):
    """Neither a page that has only read nor a refused act makes it plan again."""
    case = office_on_postgres.open_case()
    with office_on_postgres.engine.connect() as connection:
        for _ in range(8):
            NAMED.tuples(connection, this=case.id)
        planned = select(func.count()).select_from(text("pg_prepared_statements"))
        before = connection.scalar(planned)
        connection.rollback()
        NAMED.tuples(connection, this=case.id)
        assert connection.scalar(planned) == before > 0
