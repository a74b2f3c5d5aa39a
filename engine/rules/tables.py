"""The tables of a rule pack, read key by key, each with the line it begins on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from engine.rules.errors import InvalidPack
from storage.vocabulary import TermUnit

_T = TypeVar("_T")
_Word = TypeVar("_Word", bound=StrEnum)
_HEADER = re.compile(r"^\s*\[(\[?)([a-z0-9_.\"-]+)\]?\]", re.MULTILINE)
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_MARKS = frozenset({"c", "k", "v"})
#: Kinds of entry that have no name of their own.
LISTS = ("record", "waiver", "separation", "access", "retention")
_NAMED = (
    "deadline",
    "parameter",
    "capacity",
    "announcement",
    "duty",
    "titles",
    "grounds",
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a pack may name; None: anything."""

    activities: Collection[str] | None = None
    documents: Collection[str] | None = None
    clauses: Collection[str] | None = None
    roles: Collection[str] | None = None
    says: Collection[str] | None = None


@dataclass
class Table:
    """One table of a pack, taken key by key; what is left over is refused."""

    file: str
    line: int | None
    entry: str
    values: dict[str, Any]
    known: Known

    def refuse(self, reason: str) -> InvalidPack:
        """Return the refusal of this entry, for a reason."""
        return InvalidPack(self.file, self.line, self.entry, reason)

    def take(self, key: str, kind: type[_T], default: _T | None = None) -> _T:
        """Return the value of *key*, which must be of *kind*."""
        value = self.values.pop(key, default)
        if value is None:
            raise self.refuse(f"missing_key:{key}")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.refuse(f"wrong_type:{key}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; absent: empty."""
        texts = self.take(key, list, [])
        if not all(isinstance(text, str) for text in texts):
            raise self.refuse(f"wrong_type:{key}")
        return tuple(texts)

    def word(self, key: str, kind: type[_Word], default: _Word | None = None) -> _Word:
        """Return a word of the vocabulary."""
        return self.as_word(key, kind, self.take(key, str, str(default or "") or None))

    def maybe_word(self, key: str, kind: type[_Word]) -> _Word | None:
        """Return a word of the vocabulary; None: the key is absent."""
        return self.word(key, kind) if key in self.values else None

    def unit(self) -> TermUnit:
        """Return the unit of a term; no text of law counts seconds."""
        unit = self.word("unit", TermUnit)
        if unit is TermUnit.SECOND:
            raise self.refuse(f"unknown_unit:{unit}")
        return unit

    def words(self, key: str, kind: type[_Word]) -> tuple[_Word, ...]:
        """Return a list of words of the vocabulary."""
        return tuple(self.as_word(key, kind, text) for text in self.texts(key))

    def as_word(self, key: str, kind: type[_Word], text: str) -> _Word:
        """Return *text* as a word of the vocabulary."""
        try:
            return kind(text)
        except ValueError:
            raise self.refuse(f"unknown_{key}:{text}") from None

    def check(self, what: str, name: str, known: Collection[str] | None) -> str:
        """Return *name*, which must be among the *known* if those are given."""
        if known is not None and name not in known:
            raise self.refuse(f"unknown_{what}:{name}")
        return name

    def cites(self) -> tuple[str, ...]:
        """Return the clauses, of which there must be one."""
        cites = self.texts("cites")
        if not cites:
            raise self.refuse("missing_key:cites")
        for clause in cites:
            self.check("clause", clause, self.known.clauses)
        return cites

    def says(self) -> tuple[tuple[str, bool | tuple[str, ...]], ...]:
        """Return what else the clauses say; a number has its place elsewhere."""
        found: list[tuple[str, bool | tuple[str, ...]]] = []
        for key, value in self.take("says", dict, {}).items():
            self.check("says", key, self.known.says)
            if isinstance(value, bool):
                found.append((key, value))
                continue
            words = [value] if isinstance(value, str) else value
            if not isinstance(words, list) or not words:
                raise self.refuse(f"wrong_type:says.{key}")
            if not all(isinstance(word, str) and word for word in words):
                raise self.refuse(f"wrong_type:says.{key}")
            found.append((key, tuple(words)))
        return tuple(found)

    def mark(self) -> str:
        """Return how certain the entry is."""
        mark = self.take("mark", str, "")
        if mark and mark not in _MARKS:
            raise self.refuse(f"unknown_mark:{mark}")
        return mark

    def end(self) -> None:
        """Refuse what nobody took."""
        if self.values:
            raise self.refuse(f"unknown_key:{min(self.values)}")


@dataclass
class Pack:
    """Every table of one pack, with the line that each begins on."""

    file: str
    text: str
    known: Known

    def __post_init__(self) -> None:
        try:
            self.pack = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else None
            raise InvalidPack(self.file, line, "", f"not_toml:{error}") from error
        self.lines: dict[str, list[int]] = {}
        for found in _HEADER.finditer(self.text):
            line = self.text.count("\n", 0, found.start(2)) + 1
            self.lines.setdefault(found[2], []).append(line)

    def head(self) -> Table:
        """Return what stands above the first table."""
        inner = {*LISTS, *_NAMED}
        values = {k: v for k, v in self.pack.items() if k not in inner}
        return Table(self.file, None, "head", values, self.known)

    def line(self, header: str, index: int) -> int | None:
        """Return the line of the *index*-th table of that name."""
        lines = self.lines.get(header, [])
        return lines[index] if -len(lines) <= index < len(lines) else None

    def tables(self, header: str, rows: object) -> Iterator[Table]:
        """Yield the tables of one name."""
        if not isinstance(rows, list):
            reason = "not_a_list_of_tables"
            raise InvalidPack(self.file, self.line(header, 0), header, reason)
        for index, row in enumerate(rows):
            line = self.line(header, index)
            name = f"{header} {index + 1}"
            yield Table(self.file, line, name, dict(row), self.known)

    def read(self, kind: str, make: Callable[[Table], _T]) -> tuple[_T, ...]:
        """Return an entry for each table of a kind."""
        made = []
        for table in self.tables(kind, self.pack.get(kind, [])):
            made.append(make(table))
            table.end()
        return tuple(made)

    def read_named(self, kind: str, make: Callable[[Table, str], _T]) -> tuple[_T, ...]:
        """Return an entry for each table of each name of a kind."""
        made = []
        for name, rows in self.pack.get(kind, {}).items():
            header = f"{kind}.{name}"
            for table in self.tables(header, rows):
                if not _CODE.fullmatch(name):
                    raise table.refuse("bad_name")
                made.append(make(table, name))
                table.end()
        return tuple(made)

    def labels(self, kind: str) -> dict[str, str]:
        """Return a table whose values are texts."""
        table = Table(
            self.file,
            self.line(kind, 0),
            kind,
            dict(self.pack.get(kind, {})),
            self.known,
        )
        return {key: table.take(key, str) for key in tuple(table.values)}
