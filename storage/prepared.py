"""Statements that are compiled once and sent by the bare driver.

For each statement SQLAlchemy finds its compiled form by its shape, makes a context
and dresses the result; a command that sends ten of them spends half its time there.
The fixed statements of commands go around that. They are written in SQLAlchemy's
language, and its types convert what goes in and comes out, on every database.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Connection,
    Dialect,
    Enum,
    Insert,
    Select,
    Table,
    Update,
    Uuid,
    inspect,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import CompileError, StatementError
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import instance_dict, manager_of_class
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from storage.database import Model, send, spelling

_Object = TypeVar("_Object", bound=Model)
_Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement without parts that vary from one call to the next."""

    def __init__(
        self,
        statement: Select[Any] | CompoundSelect[Any] | Insert | Update,
        columns: Collection[str] | None = None,
    ) -> None:
        """Take *statement*; *columns* names what an INSERT or UPDATE sets."""
        self._statement = statement
        self._columns = None if columns is None else sorted(columns)
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: object) -> list[Any]:
        """Return what it finds; a row has the names of its columns."""
        return self.send(connection, [values]).rows()

    def tuples(self, connection: Connection, **values: object) -> list[list[Any]]:
        """Return what it finds as bare values, when names would not be unique."""
        return self.send(connection, [values]).tuples()

    def run(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> int:
        """Carry it out with each of the values; returns how many rows it touched."""
        return self.send(connection, given).touched()

    def send(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> Sent:
        """Send it with each of the values, and ask later what became of it."""
        compiled = self._for(connection.dialect)
        arguments = [compiled.arguments(values) for values in given]
        return Sent(compiled, send(connection, compiled.text, arguments))

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compile(dialect)
            self._compiled[dialect.name] = found
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(
            dialect=spelling(dialect), column_keys=self._columns
        )
        if not isinstance(compiled, SQLCompiler) or compiled.post_compile_params:
            raise CompileError(f"a part of it varies: {self._statement}")
        order = compiled.positiontup
        names = compiled.binds.keys() if order is None else order
        statement = self._statement
        columns = (
            statement.selected_columns.values()
            if isinstance(statement, Select | CompoundSelect)
            else statement.exported_columns.values()  # what RETURNING names
        )
        binds = [compiled.binds[name] for name in names]
        ways = [_writing(bind.type, dialect) for bind in binds]
        fixed = [bind.effective_value for bind in binds]
        for place, (bind, way) in enumerate(zip(binds, ways, strict=True)):
            if bind.unique and way is not None:  # nobody gives it another value
                fixed[place], ways[place] = way(fixed[place]), None
        keys = [column.key or "" for column in columns]
        row = namedtuple("Row", keys, rename=True)  # type: ignore[misc]  # noqa: PYI024
        return _Compiled(
            text=str(compiled),
            binds=tuple(zip(names, fixed, strict=True)),
            writing=_some(ways),
            positional=order is not None,
            reading=_some(_reading(column.type, dialect) for column in columns),
            row=row._make,
        )


def _some(found: Iterable[_Convert]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Return the places that are converted, with how."""
    return tuple((place, way) for place, way in enumerate(found) if way is not None)


def _writing(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    """Return how a value of a type is given to the driver."""
    if isinstance(kind, Boolean):
        return None  # every driver knows them
    if isinstance(kind, Uuid) and dialect.name == "sqlite":
        return _hexadecimal
    if isinstance(kind, Enum) and kind.enum_class is not None:
        known = {each: each.value for each in kind.enum_class}
        texts = {text: text for text in known.values()}
        return {None: None, **texts, **known}.__getitem__
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    """Return how a column of a type is read."""
    if isinstance(kind, Uuid) and dialect.name == "sqlite":
        return _identifier
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {each.value: each for each in kind.enum_class}.__getitem__
    return kind.dialect_impl(dialect).result_processor(dialect, None)


#: The same people, cases and steps are read again and again.
_identifier = lru_cache(maxsize=8192)(UUID)


def _hexadecimal(value: UUID | None) -> str | None:
    return None if value is None else value.hex


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one kind of database."""

    text: str
    binds: tuple[tuple[str, Any], ...]  #: name, what the driver gets if none is given
    writing: tuple[tuple[int, Callable[[Any], Any]], ...]
    positional: bool
    reading: tuple[tuple[int, Callable[[Any], Any]], ...]
    row: Callable[[list[Any]], Any]

    def arguments(self, given: Mapping[str, Any]) -> Any:
        """Return what the driver is given for *given*."""
        try:
            values = [given.get(name, value) for name, value in self.binds]
            for place, way in self.writing:
                values[place] = way(values[place])
        except (TypeError, ValueError, LookupError) as error:
            raise StatementError(str(error), self.text, dict(given), error) from error
        if self.positional:
            return values
        return {bind[0]: value for bind, value in zip(self.binds, values, strict=True)}


@dataclass(frozen=True)
class Sent:
    """A statement that was given to the driver."""

    _compiled: _Compiled
    _cursor: DBAPICursor

    def rows(self) -> list[Any]:
        """Return what it found; a row has the names of its columns."""
        return [*map(self._compiled.row, self.tuples())]

    def tuples(self) -> list[list[Any]]:
        """Return what it found as bare values, when names would not be unique."""
        found = [list(row) for row in self._cursor.fetchall()]
        self._cursor.close()
        reading = self._compiled.reading
        for row in found:
            for place, way in reading:
                value = row[place]
                if value is not None:
                    row[place] = way(value)
        return found

    def close(self) -> None:
        """Forget what it found."""
        self._cursor.close()

    def touched(self) -> int:
        """Return how many rows it touched."""
        touched = self._cursor.rowcount
        self._cursor.close()
        return touched


def as_loaded(model: type[_Object], values: Iterable[Any]) -> _Object:
    """Return an object with the *values* of all its columns, in no session."""
    manager = manager_of_class(model)
    found: _Object = manager.new_instance()
    instance_dict(found).update(zip(keys_of(model), values, strict=True))
    return found


@cache
def keys_of(model: type[Model]) -> tuple[str, ...]:
    """Return the names of all columns of *model* in their order."""
    return tuple(column.key for column in table_of(inspect(model)).columns)


def table_of(mapper: Mapper[Any]) -> Table:
    """Return the one table of a model."""
    table = mapper.local_table
    if not isinstance(table, Table):
        raise TypeError(table)
    return table
