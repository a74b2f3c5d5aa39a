"""Write what a command leaves behind: one statement for each table and kind of change.

SQLAlchemy's unit of work orders every flush by its graph of dependencies. Ours has
none: foreign keys are checked at the commit, and models know nothing of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from storage.database import Model
from storage.prepared import Prepared, Sent, table_of

#: Rows to insert by their table; all of one table fill the same columns.
Rows = dict[type[Model], list[dict[str, Any]]]

#: Put before the name of a key column, which may itself be among the values.
_KEY = "key_"


@dataclass(frozen=True)
class Update:
    """Changes that were sent; the rows must still have been there."""

    sent: Sent
    table: str
    rows: int = 1

    def check(self) -> None:
        """Raise StaleDataError when a row was not changed."""
        if self.sent.touched() != self.rows:
            raise StaleDataError(self.table)


def write_rows(connection: Connection, rows: Rows) -> None:
    """Insert rows that are no objects; each is empty afterwards."""
    for model, values in rows.items():
        _insert(connection, model.__mapper__, values)
        for row in values:
            row.clear()
    rows.clear()


def write_changes(
    connection: Connection, objects: Iterable[Model], *, again: bool = False
) -> list[Update]:
    """Write what changed in objects that are in no session; returns what to check.

    With *again*, what changes after this is written by a later call.
    """
    sent = []
    for row in objects:
        state = instance_state(row)
        values = _changed(state)
        sent += _update(connection, state, values)
        if again:
            for name, value in values.items():
                set_committed_value(row, name, value)
    return sent


def is_plain(session: Session) -> bool:
    """Say whether all pending changes are of rows alone, as ``write`` needs them.

    What only the unit of work can do are deletions, related objects, and keys made
    by the database.
    """
    pending = _states((*session.new, *session.dirty))
    return not session.deleted and all(_is_plain(state) for state in pending)


def write(session: Session, connection: Connection) -> list[Update]:
    """Write all pending changes of *session*; what was written leaves it.

    Returns what to check.
    """
    fresh, changed = _states(session.new), _states(session.dirty)
    sent: list[Update] = []
    alike: dict[tuple[Mapper[Any], frozenset[str]], list[dict[str, Any]]]
    alike = defaultdict(list)
    for state in changed:
        if values := _changed(state):
            alike[state.mapper, frozenset(values)].append(_keyed(state, values))
    for (mapper, names), rows in alike.items():
        update_of = _update_of(mapper, names)
        table = str(mapper.local_table)
        sent.append(Update(update_of.send(connection, rows), table, len(rows)))
    tables: dict[tuple[Mapper[Any], frozenset[str]], list[dict[str, Any]]]
    tables = defaultdict(list)
    for state in fresh:
        values = {key: state.dict[key] for key in state.dict.keys() & state.manager}
        tables[state.mapper, frozenset(values)].append(values)
    for (mapper, _), rows in tables.items():
        _insert(connection, mapper, rows)
    for state in (*fresh, *changed):
        row = state.obj()
        if row is not None:
            session.expunge(row)
    return sent


def _states(rows: Iterable[Any]) -> list[InstanceState[Model]]:
    return [instance_state(row) for row in rows]


def _is_plain(state: InstanceState[Model]) -> bool:
    """Say whether a row is all that there is to write of an object."""
    mapper = state.mapper
    keys = {column.key for column in mapper.primary_key}
    return not mapper.relationships and keys <= state.dict.keys()


def _changed(state: InstanceState[Model]) -> dict[str, Any]:
    return {name: state.dict[name] for name in state.committed_state}


def _update(
    connection: Connection, state: InstanceState[Model], values: Mapping[str, Any]
) -> list[Update]:
    if not values:
        return []
    statement = _update_of(state.mapper, frozenset(values))
    sent = statement.send(connection, [_keyed(state, values)])
    return [Update(sent, str(state.mapper.local_table))]


def _keyed(state: InstanceState[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changes in a row, and by which keys it is found."""
    keys = {_KEY + name: state.dict[name] for name in _keys(state.mapper)}
    return {**values, **keys}


def _insert(
    connection: Connection, mapper: Mapper[Any], rows: list[dict[str, Any]]
) -> None:
    defaults = _defaults(mapper)
    for row in rows:
        for name, default in defaults:
            if name not in row:
                row[name] = default.arg(None) if default.is_callable else default.arg
    _insert_of(mapper, frozenset(rows[0])).send(connection, rows)


@cache
def _keys(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(column.key for column in table_of(mapper).primary_key)


@cache
def _defaults(mapper: Mapper[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the columns that are filled here when nobody says with what."""
    columns = table_of(mapper).columns
    return tuple((c.key, c.default) for c in columns if c.default is not None)


@cache
def _update_of(mapper: Mapper[Any], changed: frozenset[str]) -> Prepared:
    table = table_of(mapper)
    keys = [column == bindparam(f"{_KEY}{column.key}") for column in table.primary_key]
    return Prepared(update(table).where(*keys), changed)


@cache
def _insert_of(mapper: Mapper[Any], filled: frozenset[str]) -> Prepared:
    return Prepared(insert(table_of(mapper)).inline(), filled)
