"""How many clauses of each instrument are claimed and proven."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from webapp.library import Clause, library
from webapp.rulebook import NATIONAL, PROCESSES, packs

#: Written by ``make coverage``: which claims the tests have proven.
PROVEN = PROCESSES / "coverage.toml"
#: Below these numbers the law is not covered as it was.
FLOOR = PROCESSES / "clauses" / "floor.toml"
#: What a clause can be: enforceable, record-only, organizational.
ENFORCEABLE, RECORD_ONLY = "yes", "record"
_CITES = re.compile(r'cites="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Covered:
    """One instrument, and how many of its clauses of one kind are covered."""

    instrument: str
    enforceable: str
    clauses: int
    claimed: int
    proven: int

    @property
    def open(self) -> int:
        """How many are not proven yet."""
        return self.clauses - self.proven


@cache
def claimed() -> frozenset[str]:
    """Return the clauses that a pack, a diagram or a decision table cites."""
    held = {
        clause
        for pack in packs().values()
        for _, pairs in pack.keyed()
        for _, entry in pairs
        if not getattr(entry, "settles", "")
        for clause in getattr(entry, "cites", ())
    }
    for pattern in ("*/*.bpmn", "*/*.dmn"):
        for path in PROCESSES.glob(pattern):
            for found in _CITES.findall(path.read_text("utf-8")):
                held.update(found.split())
    return frozenset(held | proven())


@cache
def proven() -> frozenset[str]:
    """Return the clauses whose every claim the tests have proven."""
    books = tomllib.loads(PROVEN.read_text("utf-8"))["proven"]
    return frozenset(clause for book in books.values() for clause in book)


def table() -> list[Covered]:
    """Return every instrument of the authorities, in the order of the books."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for clause in _local():
        row = rows.setdefault((clause.source, clause.enforceable), Counter())
        row["clauses"] += 1
        row["claimed"] += clause.id in claimed()
        row["proven"] += clause.id in proven()
    return [
        Covered(
            instrument=source,
            enforceable=enforceable,
            clauses=row["clauses"],
            claimed=row["claimed"],
            proven=row["proven"],
        )
        for (source, enforceable), row in rows.items()
    ]


def total(enforceable: str) -> Covered:
    """Return all instruments together."""
    rows = [row for row in table() if row.enforceable == enforceable]
    return Covered(
        instrument="",
        enforceable=enforceable,
        clauses=sum(row.clauses for row in rows),
        claimed=sum(row.claimed for row in rows),
        proven=sum(row.proven for row in rows),
    )


def shortfalls() -> list[str]:
    """Return in what the coverage is below its floor, in words for the command line."""
    floor = tomllib.loads(FLOOR.read_text("utf-8"))
    return [
        f"{kind}: {have} {what} of {least} at least"
        for kind, numbers in floor.items()
        for what, least in numbers.items()
        if (have := getattr(total(kind), what)) < least
    ]


def _local() -> Iterator[Clause]:
    yield from (each for each in library().values() if each.book != NATIONAL)
