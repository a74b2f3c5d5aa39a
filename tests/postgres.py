"""A PostgreSQL server of our own: started for the tests, gone after them."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

#: PostgreSQL refuses to run as root; Debian's package brings this login.
LOGIN = "postgres" if os.geteuid() == 0 else None


class Server:
    """A running server that nobody else can reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://owner@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Create a database as a copy of another; returns its name."""
        name = f"casetrack_{next(self._numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        address = f"postgresql://owner@/postgres?host={self.folder}"
        with psycopg.connect(address, autocommit=True) as connection:
            query = sql.SQL(statement).format(*map(sql.Identifier, names))
            connection.execute(query)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Server]:
    """Start a server in a new folder; stop it and remove the folder at the end.

    Unless *durable*, nothing waits for the disk.
    """
    # The path of a socket is short; pytest's own folders are not.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if LOGIN is not None:
            shutil.chown(folder, LOGIN)
        data = folder / "data"
        _run("initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "-N")
        fsync = "on" if durable else "off"
        settings = f"-c listen_addresses= -k {folder} -c fsync={fsync}"
        log = folder / "log"
        _run("pg_ctl", "-D", data, "-w", "-l", log, "-o", settings, "start")
        try:
            yield Server(folder)
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str | Path) -> None:
    subprocess.run(
        [_path(program), *arguments],
        user=LOGIN,
        cwd="/",
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _path(program: str) -> str:
    found = shutil.which(program)
    if found is not None:
        return found
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(installed[-1])
