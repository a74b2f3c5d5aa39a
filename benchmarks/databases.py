"""Where a benchmark keeps its cases: a file of SQLite, or a PostgreSQL server.

The server is started for the benchmark alone and waits for the disk at each commit.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine

from storage.database import configure, engine_options
from tests.postgres import Server, cluster

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)


@dataclass
class Place:
    """A scratch folder, and new databases beside one another."""

    kind: str
    folder: Path
    server: Server | None = None

    def database(self, name: str) -> str:
        """Return the address of a new and empty database."""
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        return self.server.url(self.server.create())

    def engine(self, name: str) -> Engine:
        """Return an engine on a new database, set up as the product sets up its own."""
        url = self.database(name)
        engine = create_engine(url, **engine_options(url))
        configure(engine)
        return engine


class Bare:
    """The driver's own connection; statements hold ``?`` for what is given."""

    def __init__(self, place: Place, name: str, table: str) -> None:
        self._engine = place.engine(name)
        self._held = self._engine.raw_connection()
        self._cursor = self._held.cursor()
        self._sqlite = place.kind == SQLITE
        key = "INTEGER PRIMARY KEY" if self._sqlite else "BIGSERIAL PRIMARY KEY"
        blob = "BLOB" if self._sqlite else "BYTEA"
        self.begin()
        self.send(table.format(key=key, blob=blob))
        self.commit()

    def begin(self) -> None:
        """Begin to write."""
        if self._sqlite:
            self._cursor.execute("BEGIN IMMEDIATE")

    def send(self, text: str, given: tuple[Any, ...] = ()) -> Any:
        """Carry out one statement; returns the cursor."""
        self._cursor.execute(text if self._sqlite else text.replace("?", "%s"), given)
        return self._cursor

    def commit(self) -> None:
        """Wait until what was written is durable."""
        self._held.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._held.close()
        self._engine.dispose()


@contextmanager
def place(kind: str, folder: Path | str | None = None) -> Iterator[Place]:
    """Make room for one run of a benchmark; everything is thrown away at its end."""
    with tempfile.TemporaryDirectory(prefix="casetrack-bench-", dir=folder) as made:
        if kind == SQLITE:
            yield Place(kind, Path(made))
        else:
            with cluster(durable=True) as server:
                yield Place(kind, Path(made), server)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let whoever runs a benchmark choose where."""
    parser.add_argument("--database", choices=KINDS, help="only here; else on both")
    parser.add_argument("--folder", help="where to measure, for another disk")


def chosen(given: argparse.Namespace) -> Iterator[Place]:
    """Go through the places that were asked for, one after the other."""
    for kind in (given.database,) if given.database else KINDS:
        with place(kind, given.folder) as made:
            yield made
