"""Column types, identifiers and engine settings."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import dumps, new_id
from storage.models import Case, Event, Job, Task, Unit
from storage.vocabulary import CaseStatus, JobStatus, TaskStatus
from tests.factories import MINUTE

SHANGHAI = ZoneInfo("Asia/Shanghai")


def job(**values):
    """Return a job that only lacks its instant."""
    return Job(
        id=new_id(), kind="k", key=str(new_id()), status=JobStatus.READY, **values
    )


def test_a_naive_instant_is_refused(either_office):
    """A moment without its zone is a mistake, on its way in and in a question."""
    naive = datetime(2026, 3, 9, 9, 30)  # noqa: DTZ001 - it is under test
    with either_office.reading() as session:
        session.add(job(due_at=naive))
        with pytest.raises(StatementError, match="naive datetime"):
            session.flush()
        session.rollback()
        with pytest.raises(StatementError, match="naive datetime"):
            session.scalars(select(Job).where(Job.due_at < naive)).all()


def test_an_instant_comes_back_in_utc(either_office):
    """Whatever the zone it was entered in, the same moment comes back, aware."""
    entered = datetime(2026, 3, 9, 9, 30, 15, 123456, tzinfo=SHANGHAI)
    with either_office.transaction() as tx:
        tx.add(job(due_at=entered))
    with either_office.reading() as session:
        stored = session.scalars(select(Job.due_at)).one()

    assert stored == entered
    assert stored.utcoffset() == timedelta()


def test_instants_compare_as_moments(office):
    """Across offsets, sooner and later are those of the moments, not of the text."""
    noon = datetime(2026, 3, 9, 12, tzinfo=SHANGHAI)
    with office.transaction() as tx:
        tx.add(job(due_at=noon))
    with office.reading() as session:
        before = session.scalars(
            select(Job.id).where(Job.due_at < noon.astimezone(UTC) + MINUTE)
        ).all()
        after = session.scalars(select(Job.id).where(Job.due_at < noon)).all()

    assert (len(before), len(after)) == (1, 0)


def test_enumerations_are_stored_by_value(either_office):
    """A database holds the words, not the names of Python's members."""
    case = either_office.open_case()
    with either_office.reading() as session:
        status = session.scalar(text("SELECT status FROM case_"))
        kind = session.scalar(text("SELECT kind FROM task"))
        read = session.get_one(Case, case.id).status

    assert (status, kind) == ("open", "user")
    assert read is CaseStatus.OPEN


def test_identifiers_are_of_version_seven():
    """Identifiers are UUIDs of version 7, and no two are alike."""
    made = [new_id() for _ in range(1000)]

    assert {identifier.version for identifier in made} == {7}
    assert len(set(made)) == len(made)


def test_identifiers_sort_by_birth():
    """Identifiers made later, in another millisecond, sort later."""
    made = [new_id() for _ in range(2000)]
    born = [identifier.int >> 80 for identifier in made]

    assert born == sorted(born)


def test_json_keeps_identifiers_and_moments_as_text():
    """What a JSON column cannot hold is written as its text."""
    moment = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
    identifier = new_id()

    assert dumps({"id": identifier, "at": moment, "由": "中文"}) == (
        f'{{"id":"{identifier}","at":"2026-03-09T01:30:00+00:00","由":"中文"}}'
    )


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 2**53)))
def test_json_columns_hold_any_text(facts):
    """Whatever is asked to be stored comes back as it was."""
    assert orjson.loads(dumps(facts)) == facts


def test_sqlite_is_durable_and_strict(office):
    """Every connection syncs fully, checks keys, and waits for locks."""
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30000,
    }
    with office.reading() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}

    assert found == wanted


def test_foreign_keys_are_checked_at_the_commit(either_office):
    """Rows may come in any order, but a transaction leaves none without its parent."""
    agency_id = either_office.agency_id
    with either_office.transaction() as tx:
        tx.add(Unit(id=new_id(), agency_id=agency_id, name="x"))
    with pytest.raises(IntegrityError):
        orphan(either_office)


def orphan(office):
    """Store a unit of an agency that there is not."""
    with office.transaction() as tx:
        tx.add(Unit(id=new_id(), agency_id=new_id(), name="x"))


def test_a_writer_announces_itself(office):
    """A command takes the write lock at once; a reader does not wait for it."""
    case = office.open_case()
    with office.transaction() as tx, office.reading() as reader:
        tx.lock_case(case.id).cause = "changed"
        tx.session.flush()
        seen = reader.get_one(Case, case.id).cause
        other = sqlite3.connect(office.engine.url.database, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()

    assert seen == "涉嫌无证行医"
    assert case.row().cause == "changed"


def test_tables_are_named_for_what_they_hold(office):
    """No constraint is left without a name that a migration could use."""
    inspector = inspect(office.engine)
    names = [
        key["name"]
        for table in inspector.get_table_names()
        for key in (
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            inspector.get_pk_constraint(table),
        )
        if table != "alembic_version"
    ]

    assert names
    assert all(names)


def test_open_states_are_found_by_value(office):
    """A question in the words of the enumeration finds the rows."""
    office.open_case()
    with office.reading() as session:
        found = session.scalars(
            select(Task.status).where(Task.status.in_([TaskStatus.OPEN]))
        ).all()
        events = session.scalars(select(Event.tag).where(Event.seq == 1)).all()

    assert found == [TaskStatus.OPEN]
    assert "case.opened" in events
