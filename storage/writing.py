"""Write what a session holds: one statement for each table and kind of change.

SQLAlchemy's unit of work orders every flush by its graph of dependencies. Ours has
none: foreign keys are checked at the commit, and models know nothing of each other.
Without the graph a command writes in half the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    Update,
    bindparam,
    insert,
    inspect,
    update,
)
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.exc import StaleDataError

from storage.database import Model

#: Rows to insert by their table; all of one table fill the same columns.
Rows = dict[type[Model], list[dict[str, Any]]]

#: Put before the name of a key column, which may itself be among the values.
_KEY = "key_"


def write_rows(connection: Connection, rows: Rows) -> None:
    """Insert rows that are no objects, and forget them."""
    for model, values in rows.items():
        connection.execute(_insert(inspect(model)), values)
    rows.clear()


def write(session: Session, connection: Connection) -> None:
    """Send all pending changes; what was written leaves the session.

    What only the unit of work can do (deletions, related objects, keys made by
    the database) is left to it.

    Raises:
        StaleDataError: a changed row is no longer there.
    """
    fresh, changed = _states(session.new), _states(session.dirty)
    if session.deleted or not all(_is_plain(s) for s in (*fresh, *changed)):
        session.flush()
        return
    if not fresh and not changed:
        return
    for state in changed:
        values = {key: state.dict[key] for key in state.dict.keys() - state.unmodified}
        if values:
            mapper = state.mapper
            keys = zip(mapper.primary_key, state.identity or (), strict=True)
            values |= {f"{_KEY}{column.key}": value for column, value in keys}
            if connection.execute(_update(mapper), values).rowcount != 1:
                raise StaleDataError(str(mapper.local_table))
    tables: dict[tuple[Mapper[Any], frozenset[str]], list[dict[str, Any]]]
    tables = defaultdict(list)
    for state in fresh:
        values = {key: state.dict[key] for key in state.dict.keys() & state.manager}
        tables[state.mapper, frozenset(values)].append(values)
    for (mapper, _), rows in tables.items():
        connection.execute(_insert(mapper), rows)
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


@cache
def _update(mapper: Mapper[Any]) -> Update:
    table = _table(mapper)
    keys = [column == bindparam(f"{_KEY}{column.key}") for column in table.primary_key]
    return update(table).where(*keys)


@cache
def _insert(mapper: Mapper[Any]) -> Insert:
    return insert(_table(mapper))


def _table(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    if not isinstance(table, Table):
        raise TypeError(table)
    return table
