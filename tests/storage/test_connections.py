"""Connections to PostgreSQL: what travels together, and those whose server has gone."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import database
from storage.database import configure, engine_options, new_id, together
from storage.models import Serial
from storage.prepared import Prepared

pytestmark = pytest.mark.postgres

_NUMBER = Prepared(insert(Serial).inline(), ("agency_id", "series", "year", "last"))
_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def engine(server, furnished_on_server):
    """Return an engine on a database of this test alone."""
    url = server.url(server.create(furnished_on_server))
    made = create_engine(url, **engine_options(url))
    configure(made)
    yield made
    made.dispose()


def _send_all(connection, rows):
    with together(connection):
        return [_NUMBER.send(connection, [row]) for row in rows]


def test_a_rested_connection_is_asked_before_it_is_used(engine, monkeypatch):
    """Whose server ended the connection meanwhile gets another one, and no error."""
    monkeypatch.setattr(database, "RESTED", 0)
    with engine.connect() as other:
        with engine.connect() as first:
            first.execute(text("SELECT 1"))
        other.execute(_END_OTHERS)
    with engine.connect() as again:
        found = again.scalar(text("SELECT 7"))

    assert found == 7


def test_what_travels_together_fails_by_its_usual_name(engine):
    """A row that is there already is refused as an integrity error at the end."""
    row = {"agency_id": new_id(), "series": "s", "year": 2026, "last": 1}
    with Session(engine) as session:
        connection = session.connection()
        with pytest.raises(IntegrityError):
            _send_all(connection, [row, row])
        session.rollback()

        assert session.scalar(text("SELECT count(*) FROM serial")) == 0


def test_what_travels_together_is_known_afterwards(engine):
    """Each statement says what it touched once all have been answered."""
    rows = [
        {"agency_id": new_id(), "series": "s", "year": 2026, "last": last}
        for last in (1, 2)
    ]
    with Session(engine) as session:
        connection = session.connection()
        sent = _send_all(connection, rows)

        assert [one.touched() for one in sent] == [1, 1]
        assert session.scalar(text("SELECT sum(last) FROM serial")) == 3
