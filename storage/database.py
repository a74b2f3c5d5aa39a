"""Base class of all models, constraint names, column types, engine settings."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache, partial
from typing import Any, ClassVar

import orjson
import psycopg
from psycopg._preparing import PrepareManager
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    MetaData,
    TypeDecorator,
    Uuid,
    event,
    literal_column,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry

#: A connection that nobody used for so many seconds is asked before it is used.
RESTED = 1.0
_USED = "casetrack_used"

#: Under this name a connection says which cursor of psycopg reads numbered values.
RAW = "casetrack_raw_cursor"

#: Version and variant of an identifier, and the bits that they leave free.
_SEVEN = (7 << 76) | (0b10 << 62)
_FREE = ((1 << 128) - 1) & ~((0xF << 76) | (0b11 << 62))

#: What makes the server's plans useless.
_REMADE = re.compile(rb"(DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b")

#: So many statements stay planned on one connection to PostgreSQL.
PREPARED = 400

#: Constraint names are spelled out so that migrations can name them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Store UTC; a naive moment is a mistake and raises ValueError."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Any] | None:
        """Give back an aware moment in UTC."""
        del coltype
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        message = f"naive datetime: {moment!r}"
        raise ValueError(message)
    return moment.astimezone(UTC)


@lru_cache(maxsize=1024)
def _to_text(moment: datetime | None) -> str | None:
    found = _to_utc(moment)
    if found is None:
        return None
    return found.replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """Base of every stored thing."""

    registry: ClassVar[registry] = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: Instant,
            date: Date,
            uuid.UUID: Uuid,
            dict[str, Any]: JSON,
            list[Any]: JSON,
            StrEnum: Enum(
                StrEnum,
                native_enum=False,
                length=40,
                create_constraint=False,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )


def references(column: str) -> ForeignKey:
    """Return a foreign key that is checked at the commit, whatever comes first."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def fixed(value: StrEnum) -> ColumnElement[Any]:
    """Return a value as it is written in a statement, never as a parameter.

    Only so a database sees that an index of some rows holds what is asked for.
    """
    return literal_column(f"'{value.value}'")


def new_id() -> uuid.UUID:
    """Return a new identifier that sorts by its time of birth (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    return uuid.UUID(int=value & _FREE | _SEVEN)


def dumps(value: object) -> str:
    """Serialize a JSON column; identifiers and moments become text."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def engine_options(url: str) -> dict[str, Any]:
    """Return the options with which an engine for *url* is made."""
    options: dict[str, Any] = {
        "json_serializer": dumps,
        "json_deserializer": orjson.loads,
    }
    if url.startswith("postgresql"):
        options |= {"pool_size": 10, "max_overflow": 20}
    else:
        options["connect_args"] = {"timeout": 30, "cached_statements": 512}
    return options


def configure(engine: Engine) -> None:
    """Make SQLite durable, strict and transactional; let no dead connection be used."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        event.listen(engine, "connect", _on_postgresql_connect)
        event.listen(engine, "checkin", _on_return)
        event.listen(engine, "checkout", partial(_on_checkout, engine.dialect))


class _Prepared(PrepareManager):
    """Statements that the server has planned, kept across a ROLLBACK.

    psycopg forgets them all then, for fear of tables that were made in what is undone.
    Ours are made by migrations alone, but every page that only reads ends so: the next
    command would have each of its statements planned again.
    """

    def clear(self) -> bool:
        """Do nothing: psycopg calls it after each ROLLBACK."""
        return False

    def _should_discard(self, prep: Any, results: Sequence[Any], *_: Any) -> bool:
        del prep
        if any(_REMADE.match(found.command_status or b"") for found in results):
            return super().clear()
        return False


def _on_postgresql_connect(connection: Any, _record: object) -> None:
    connection._prepared = _Prepared()  # noqa: SLF001  # nothing public sets it
    connection.prepared_max = PREPARED


def _on_return(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _on_checkout(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Ask a connection that has rested whether its server is still there.

    Raises:
        DisconnectionError: it is not; the pool then opens another one.
    """
    used = record.info.get(_USED)
    if used is None or time.monotonic() - used < RESTED:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what follows without waiting for answers, where the driver can.

    PostgreSQL then answers all of it in one round trip. What the statements found
    or touched is known, and what fails is raised, after the body.

    Raises:
        DBAPIError: whatever the driver raises, as SQLAlchemy names it.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise _named(error, connection.dialect, "", ()) from error


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: we say BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE would slip past the append-only triggers.
        "recursive_triggers=ON",
        "busy_timeout=30000",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writes", False)
    send(connection, "BEGIN IMMEDIATE" if immediate else "BEGIN", [()]).close()


@cache
def spelling(dialect: Dialect) -> Dialect:
    """Return how statements are spelled that go to the bare driver.

    On PostgreSQL values are numbered, as the server itself reads them.
    """
    if dialect.name != "postgresql":
        return dialect
    numbered = copy(dialect)
    numbered.paramstyle, numbered.positional = "numeric_dollar", True
    numbered.identifier_preparer = numbered.preparer(numbered)
    return numbered


def _cursor(connection: Connection) -> DBAPICursor:
    held: Any = connection.connection
    driver = held.dbapi_connection
    found: DBAPICursor
    if connection.dialect.name == "sqlite":
        found = driver.cursor()
    else:
        found = held.info.get(RAW, psycopg.RawCursor)(driver)
    return found


def send(connection: Connection, text: str, arguments: Sequence[Any]) -> DBAPICursor:
    """Give *text* to the bare driver, once with each of *arguments*.

    Raises:
        DBAPIError: whatever the driver raises, as SQLAlchemy names it.
    """
    dialect = connection.dialect
    cursor = _cursor(connection)
    try:
        if len(arguments) == 1:
            cursor.execute(text, arguments[0])
        else:
            cursor.executemany(text, arguments)
    except dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise _named(error, dialect, text, arguments) from error
    return cursor


def _named(
    error: Exception, dialect: Dialect, text: str, arguments: Sequence[Any]
) -> BaseException:
    return DBAPIError.instance(
        text, arguments, error, dialect.loaded_dbapi.Error, dialect=dialect
    )
