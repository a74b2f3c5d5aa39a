"""Durations and statements of one thing done often, and how they are printed."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from storage.database import RAW


@dataclass(frozen=True)
class Statement:
    """One statement that was sent: its first word, and the bytes sent with it."""

    verb: str
    size: int
    text: str = ""

    @property
    def writes(self) -> bool:
        """Say whether it changes rows."""
        return self.verb in {"INSERT", "UPDATE", "DELETE"}


@dataclass
class Once:
    """What doing it once took."""

    wall: float = 0.0  #: seconds by the clock
    cpu: float = 0.0  #: seconds of this thread
    statements: tuple[Statement, ...] = ()
    state: int = 0  #: bytes of stored state afterwards


@dataclass
class Series:
    """The same thing, measured many times."""

    name: str
    runs: list[Once] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the wall time in ms that *share* of the runs stayed within."""
        return _quantile([run.wall for run in self.runs], share) * 1000

    @property
    def mean(self) -> float:
        """Return the mean wall time in ms."""
        return fmean(run.wall for run in self.runs) * 1000

    @property
    def cpu(self) -> float:
        """Return the median processor time in ms."""
        return _quantile([run.cpu for run in self.runs], 0.5) * 1000

    @property
    def statements(self) -> tuple[int, int]:
        """Return the median and the largest number of statements."""
        counts = [len(run.statements) for run in self.runs]
        return int(_quantile(counts, 0.5)), max(counts)

    @property
    def state(self) -> tuple[int, int]:
        """Return the median and the largest stored state in bytes."""
        sizes = [run.state for run in self.runs if run.state] or [0]
        return int(_quantile(sizes, 0.5)), max(sizes)


@contextmanager
def measured(once: Once) -> Iterator[None]:
    """Note in *once* how long the body takes."""
    cpu, wall = time.thread_time(), time.perf_counter()
    yield
    once.wall = time.perf_counter() - wall
    once.cpu = time.thread_time() - cpu


class Tally:
    """Hears every statement that an engine gives to its driver."""

    def __init__(self, engine: Engine) -> None:
        self.sent: list[tuple[str, Any]] = []
        if engine.dialect.name == "sqlite":
            options = {"factory": _on_sqlite(self.sent.append)}
        else:
            raw = _on_postgresql(self.sent.append, psycopg.RawCursor)
            options = {
                "cursor_factory": _on_postgresql(self.sent.append, psycopg.Cursor)
            }
            event.listen(
                engine, "connect", lambda _, held: held.info.update({RAW: raw})
            )

        def connect(_dialect: Any, _record: Any, _args: Any, given: Any) -> None:
            given.update(options)

        event.listen(engine, "do_connect", connect)
        engine.dispose()  # what is connected already would not be heard

    def take(self) -> tuple[Statement, ...]:
        """Return what was sent since the last call, BEGIN and COMMIT apart."""
        found = tuple(
            Statement(text.split(None, 1)[0].upper(), _size(given), text)
            for text, given in self.sent
            if not text.startswith("BEGIN")
        )
        self.sent.clear()
        return found


def _on_sqlite(heard: Callable[[tuple[str, Any]], None]) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, text: str, given: Any = (), /) -> sqlite3.Cursor:
            heard((text, given))
            return super().execute(text, given)

        def executemany(self, text: str, given: Any, /) -> sqlite3.Cursor:
            heard((text, given))
            return super().executemany(text, given)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return Connection


def _on_postgresql(
    heard: Callable[[tuple[str, Any]], None], kind: type[Any]
) -> type[Any]:
    class Cursor(kind):  # type: ignore[misc]  # both kinds of psycopg's
        def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            heard((query, params or ()))
            return super().execute(query, params, **how)

        def executemany(self, query: Any, given: Any, **how: Any) -> None:
            heard((query, given))
            super().executemany(query, given, **how)

    return Cursor


def table(rows: Sequence[Series], under: Series) -> str:
    """Return one table; each row after the first is a floor of *under*."""
    heads = [f"{head:>8}" for head in ("p50", "p95", "p99", "mean", "cpu")]
    lines = [f"{'':38}{'n':>7}{''.join(heads)}{'statements':>14}{'state, bytes':>16}"]
    for row in rows:
        half, most = row.statements
        size, largest = row.state
        lines.append(
            f"{row.name:38}{len(row.runs):7}"
            + "".join(f"{row.quantile(q):8.2f}" for q in (0.5, 0.95, 0.99))
            + f"{row.mean:8.2f}{row.cpu:8.2f}"
            + f"{f'{half} to {most}':>14}"
            + (f"{f'{size} to {largest}':>16}" if largest else "")
        )
        if row is not under:
            lines.append(
                f"{'    ' + under.name + ', in times':38}{'':7}"
                + "".join(
                    f"{under.quantile(q) / row.quantile(q):8.2f}"
                    for q in (0.5, 0.95, 0.99)
                )
                + f"{under.mean / row.mean:8.2f}{under.cpu / row.cpu:8.2f}"
            )
    return "\n".join(lines)


def machine(folder: Path) -> str:
    """Return in a line what this was measured on."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, load {load}; {platform.system()} "
        f"{platform.release()}, {_file_system(folder)}; Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _file_system(folder: Path) -> str:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "unknown file system"
    best = ("", "unknown")
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split()
        if folder.resolve().is_relative_to(point) and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _size(given: Any) -> int:
    """Return about how many bytes *given*, parameters of a statement, hold."""
    if isinstance(given, str | bytes):
        return len(given.encode() if isinstance(given, str) else given)
    if isinstance(given, Mapping):
        return sum(_size(item) for item in given.values())
    if isinstance(given, list | tuple):
        return sum(_size(item) for item in given)
    return 0 if given is None else 8
