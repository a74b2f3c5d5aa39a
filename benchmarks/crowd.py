"""Many cases made from one that was really walked: copied by SQL, each its own."""

from __future__ import annotations

import sqlite3
from uuid import UUID

from sqlalchemy import Column, Table, Uuid

from storage.models import (
    Assignment,
    Case,
    Deadline,
    Document,
    Event,
    Judgement,
    Party,
    Person,
    PersonPost,
    Recording,
    Signature,
    Task,
    Waiver,
)

#: Copied with a case; its events are left out, which only its own page reads.
OF_A_CASE = (
    Case,
    Party,
    Task,
    Assignment,
    Document,
    Signature,
    Recording,
    Deadline,
    Judgement,
    Waiver,
)
#: The people who really took part.
_STAFF = "SELECT id FROM person WHERE login NOT LIKE '%-%'"

#: Tables whose rows are copied with the case; an identifier of them is changed.
_OWN = {model.__tablename__ for model in (*OF_A_CASE, Event)}


def multiply(
    connection: sqlite3.Connection, case: UUID, first: int, last: int, each: int
) -> None:
    """Copy *case* for each number from *first* to *last*; a staff has *each* cases.

    Identifiers differ from the originals in their last bits, so that copies sort as
    the originals do.
    """
    connection.create_function("other", 2, _other, deterministic=True)
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS copy (n INTEGER PRIMARY KEY)")
    connection.execute("BEGIN IMMEDIATE")
    _number(connection, (first - 1) // each + 1, last // each)
    # Copies have a number after their login; only originals are copied.
    _copy(connection, _table(PersonPost), "copy.n", f"WHERE person_id IN ({_STAFF})")
    _copy(connection, _table(Person), "copy.n", f"WHERE person.id IN ({_STAFF})")
    _number(connection, first, last)
    for table in map(_table, OF_A_CASE):
        key = "id" if table.name == Case.__tablename__ else "case_id"
        where = f"WHERE {table.name}.{key} = '{case.hex}'"
        _copy(connection, table, f"copy.n / {each}", where)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA foreign_keys=ON")


def _number(connection: sqlite3.Connection, first: int, last: int) -> None:
    connection.execute("DELETE FROM copy")
    connection.executemany(
        "INSERT INTO copy VALUES (?)", ((n,) for n in range(first, last + 1))
    )


def _copy(connection: sqlite3.Connection, table: Table, staff: str, where: str) -> None:
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_value(column, staff) for column in table.columns)
    connection.execute(
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608  # names of our own tables
        f"SELECT {values} FROM {table.name} CROSS JOIN copy {where}"
    )


def _value(column: Column[object], staff: str) -> str:
    table = column.table.name
    name = f"{table}.{column.name}"
    target = next((key.column.table.name for key in column.foreign_keys), None)
    if target == Person.__tablename__ or (table, column.name) == ("person", "id"):
        return f"other({name}, {staff})"
    if target in _OWN or (target is None and column.primary_key and table in _OWN):
        return f"other({name}, copy.n)"
    if column.unique and not isinstance(column.type, Uuid):
        return f"{name} || '-' || copy.n"
    return "NULL" if column.name == "snapshot" else name


def _other(identifier: str | None, number: int) -> str | None:
    return None if identifier is None else f"{int(identifier, 16) ^ number:032x}"


def _table(model: type[object]) -> Table:
    table = getattr(model, "__table__", None)
    if not isinstance(table, Table):
        raise TypeError(model)
    return table
