"""viewflow, a workflow library for Django, doing ten tasks in the same run.

It is installed from PyPI into a virtual environment below ``var/``, which nothing else
uses, and runs as a process of its own that is told when to walk.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from benchmarks.databases import SQLITE, Place
from benchmarks.measure import Once, Statement

#: The versions that figures are given for.
WANTED = ("django-viewflow==2.2.15", "Django==5.2.19", "psycopg[binary]==3.3.9")

_FLOWS = Path(__file__).with_name("viewflow_ten_tasks")
_HOME = Path(__file__).parents[1] / "var" / "viewflow"
_RUN = "from ten_tasks.flows import main; main()"


class PeerMissing(Exception):
    """The library could not be installed, or did not start."""


class Viewflow:
    """One process that walks when it is asked to."""

    def __init__(self, place: Place) -> None:
        python = _installed()
        home = place.folder / "peer"
        package = home / "ten_tasks"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        shutil.copy(_FLOWS, package / "flows.py")
        self._process = subprocess.Popen(  # noqa: S603  # words of our own
            [python, "-c", _RUN, json.dumps(_settings(place))],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._read().strip() != "ready":
            raise PeerMissing("did not start")

    def walk(self) -> Iterator[Once]:
        """Let it walk one process; yields what each of its tasks took."""
        if self._process.stdin is None:
            raise PeerMissing("has no input")
        self._process.stdin.write("walk\n")
        self._process.stdin.flush()
        for wall, cpu, statements in json.loads(self._read()):
            yield Once(wall, cpu, (Statement("SELECT", 0),) * statements)

    def _read(self) -> str:
        if self._process.stdout is None:
            raise PeerMissing("has no output")
        return self._process.stdout.readline()

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()


def _installed() -> Path:
    """Return the interpreter of the environment; made once, by pip."""
    python = _HOME / "bin" / "python"
    mark = _HOME / "installed"
    if mark.exists() and mark.read_text() == "\n".join(WANTED):
        return python
    print("installing", *WANTED, file=sys.stderr)
    venv.create(_HOME, clear=True, with_pip=True)
    done = subprocess.run(  # noqa: S603  # words of our own
        [python, "-m", "pip", "install", "--quiet", *WANTED], check=False
    )
    if done.returncode != 0:
        raise PeerMissing("could not be installed")
    mark.write_text("\n".join(WANTED))
    return python


def _settings(place: Place) -> dict[str, Any]:
    """Return how Django reaches a new database, as durable as the product's."""
    url = make_url(place.database("viewflow"))
    if place.kind == SQLITE:
        pragmas = "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "; ".join(f"PRAGMA {each}" for each in pragmas),
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.query["host"],
    }
