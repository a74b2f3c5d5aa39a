"""Write what a command leaves behind: one statement for each table and kind of change.

SQLAlchemy's unit of work orders every flush by its graph of dependencies. Ours has
none: foreign keys are checked at the commit, and models know nothing of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, inspect, update
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from storage.database import Model
from storage.prepared import Prepared, table_of

#: Rows to insert by their table; all of one table fill the same columns.
Rows = dict[type[Model], list[dict[str, Any]]]

#: Put before the name of a key column, which may itself be among the values.
_KEY = "key_"


def write_rows(connection: Connection, rows: Rows) -> None:
    """Insert rows that are no objects; each is empty afterwards."""
    for model, values in rows.items():
        _insert(connection, inspect(model), values)
        for row in values:
            row.clear()
    rows.clear()


def write_changes(
    connection: Connection, objects: Iterable[Model], *, again: bool = False
) -> None:
    """Write what changed in objects that are in no session.

    With *again*, what changes after this is written by a later call.

    Raises:
        StaleDataError: a changed row is no longer there.
    """
    for row in objects:
        written = _update(connection, inspect(row))
        if again:
            for name, value in written.items():
                set_committed_value(row, name, value)


def write(session: Session, connection: Connection) -> None:
    """Write all pending changes of *session*; what was written leaves it.

    What only the unit of work can do (deletions, related objects, keys made by
    the database) is left to it.

    Raises:
        StaleDataError: a changed row is no longer there.
    """
    fresh, changed = _states(session.new), _states(session.dirty)
    if session.deleted or not all(_is_plain(s) for s in (*fresh, *changed)):
        session.flush()
        return
    for state in changed:
        _update(connection, state)
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


def _states(rows: Iterable[Any]) -> list[InstanceState[Model]]:
    return [inspect(row) for row in rows]


def _is_plain(state: InstanceState[Model]) -> bool:
    """Say whether a row is all that there is to write of an object."""
    mapper = state.mapper
    keys = {column.key for column in mapper.primary_key}
    return not mapper.relationships and keys <= state.dict.keys()


def _update(connection: Connection, state: InstanceState[Model]) -> dict[str, Any]:
    values = {name: state.dict[name] for name in state.committed_state}
    if values:
        names = _keys(state.mapper)
        keys = {_KEY + name: state.dict[name] for name in names}
        statement = _update_of(state.mapper, frozenset(values))
        if statement.run(connection, [{**values, **keys}]) != 1:
            raise StaleDataError(str(state.mapper.local_table))
    return values


def _insert(
    connection: Connection, mapper: Mapper[Any], rows: list[dict[str, Any]]
) -> None:
    defaults = _defaults(mapper)
    for row in rows:
        for name, default in defaults:
            if name not in row:
                row[name] = default.arg(None) if default.is_callable else default.arg
    _insert_of(mapper, frozenset(rows[0])).run(connection, rows)


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
