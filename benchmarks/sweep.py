"""How long a sweep takes to let deadlines that have run out take their effect.

Run as ``python -m benchmarks.sweep``. Each takes effect in a transaction of its own,
with its event in the chain of its case; the others are open and lie in the future.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import multiply
from benchmarks.measure import machine
from benchmarks.walks import Installation
from storage.models import Deadline
from storage.vocabulary import DeadlineStatus
from webapp import clock, memory, sweeping

#: Up to the docketing approval: a case then has deadlines that run.
STEPS = 18

#: So many open deadlines have a case that none of them is due in.
CROWDED = 500

#: So many cases are in the hands of one officer.
EACH = 50


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    open: int
    due: int
    fired: int
    seconds: float
    cpu: float


def measure(folder: Path, open_: int, due: int, *, times: int = 3) -> Iterator[Swept]:
    """Sweep *due* deadlines among *open_*, *times* times, each time other ones."""
    installation = Installation(folder, STEPS)
    case = installation.walk()
    now = installation.script.steps[-1].at + timedelta(hours=1)
    late = now + timedelta(days=3650)
    with sqlite3.connect(folder / "casetrack.db", isolation_level=None) as connection:
        _alone(connection, case, late)
        multiply(connection, case, 1, due * times, EACH)
        _crowd(connection, case, late, open_ - due * times)
    connection.close()
    memory.settle()
    for _ in range(times):
        with sqlite3.connect(folder / "casetrack.db") as connection:
            _let_run_out(connection, now, due)
        connection.close()
        with Session(installation.engine) as session:
            running = Deadline.status == DeadlineStatus.RUNNING
            count = session.scalar(select(func.count(Deadline.id)).where(running))
        wall, cpu = time.perf_counter(), time.thread_time()
        with installation.app.app_context(), clock.standing_at(now):
            fired = sweeping.sweep()
        cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
        yield Swept(count or 0, due, fired, wall, cpu)
    installation.engine.dispose()


def _alone(connection: sqlite3.Connection, case: UUID, late: datetime) -> None:
    """Leave the case one open deadline that ends late and that nobody waits at."""
    connection.execute(
        "DELETE FROM deadline WHERE case_id = ? AND id <> "
        "(SELECT min(id) FROM deadline WHERE case_id = ?)",
        (case.hex, case.hex),
    )
    connection.execute(
        "UPDATE deadline SET status = 'running', due_at = ?, fires = 0, task_id = NULL,"
        " met_at = NULL, overdue_at = NULL, warn_at = NULL WHERE case_id = ?",
        (_text(late), case.hex),
    )


def _crowd(
    connection: sqlite3.Connection, case: UUID, late: datetime, wanted: int
) -> None:
    """Add open deadlines of other cases, as many as are *wanted*."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(deadline)")]
    values = {
        "id": "lower(hex(randomblob(16)))",
        "case_id": f"printf('%032x', n / {CROWDED})",
        "due_at": f"datetime('{_text(late)}', n || ' seconds') || '.000000'",
    }
    chosen = ", ".join(values.get(column, column) for column in columns)
    connection.execute(
        "WITH RECURSIVE copy (n) AS "  # noqa: S608  # names of our own table
        "(SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < ?) "
        f"INSERT INTO deadline ({', '.join(columns)}) "
        f"SELECT {chosen} FROM deadline, copy WHERE deadline.case_id = ?",
        (wanted, case.hex),
    )
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


def _let_run_out(connection: sqlite3.Connection, now: datetime, many: int) -> None:
    """Let running deadlines of so many copied cases have ended before *now*."""
    connection.execute(
        "UPDATE deadline SET due_at = ? WHERE id IN (SELECT deadline.id FROM deadline "
        "JOIN case_ ON case_.id = deadline.case_id WHERE deadline.status = 'running' "
        "LIMIT ?)",
        (_text(now - timedelta(days=1)), many),
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure a sweep of deadlines.")
    parser.add_argument("--open", type=int, default=1_000_000, dest="running")
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", help="where to measure, for another disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casetrack-bench-", dir=given.folder) as at:
        print(machine(Path(at)))
        for swept in measure(Path(at), given.running, given.due, times=given.times):
            print(
                f"{swept.fired:,} of {swept.due:,} due among {swept.open:,} open: "
                f"{swept.seconds:.1f} s, {swept.cpu:.1f} s of the processor, "
                f"{swept.seconds / swept.fired * 1000:.2f} ms each"
            )


if __name__ == "__main__":
    main()
