"""Events are appended: the database itself refuses everything else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from storage.models import Event

COLUMNS = ", ".join(column.name for column in Event.__table__.columns)

CHANGES = (
    "UPDATE event SET tag = 'task.released'",
    "UPDATE event SET seq = seq",
    "UPDATE event SET payload = NULL WHERE seq = 1",
    "DELETE FROM event",
    "DELETE FROM event WHERE seq = 1",
)
#: Each dialect's own ways around; {columns} are those of the table.
AROUND = {
    "sqlite": (
        "INSERT OR REPLACE INTO event SELECT {columns} FROM event WHERE seq = 1",
        "REPLACE INTO event ({columns}) SELECT {columns} FROM event",
        "UPDATE OR REPLACE event SET id = (SELECT id FROM event LIMIT 1)",
    ),
    "postgresql": (
        "INSERT INTO event SELECT {columns} FROM event WHERE seq = 1 "  # noqa: ISC004 - one statement
        "ON CONFLICT (id) DO UPDATE SET tag = 'task.released'",
        "TRUNCATE event",
        "SET session_replication_role = replica; DELETE FROM event",
        "SET session_replication_role = replica; UPDATE event SET seq = seq",
    ),
}


def attempt(office, statement):
    """Carry out a statement as whoever holds the database's own password might."""
    with office.engine.execution_options(writes=True).begin() as connection:
        for part in statement.split("; "):
            connection.execute(text(part.format(columns=COLUMNS)))


def kept(office):
    """Return all events as they are stored."""
    with office.reading() as session:
        return session.execute(select(Event.__table__).order_by(Event.id)).all()


def test_events_are_never_changed(either_office):
    """Neither update nor delete nor any way of replacing reaches an event."""
    either_office.open_case()
    before = kept(either_office)
    dialect = either_office.engine.dialect.name
    for statement in (*CHANGES, *AROUND[dialect]):
        with pytest.raises(DBAPIError, match="never"):
            attempt(either_office, statement)

        assert kept(either_office) == before


def test_events_are_still_appended(either_office):
    """What refuses changes does not refuse the next event."""
    case = either_office.open_case()
    case.do("zhou", "tasks.claim", "acceptance")

    assert [event.tag for event in case.events()] == ["case.opened", "task.claimed"]
