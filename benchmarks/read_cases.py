"""How long the lists and the case page take to read, with few cases and with many.

Run as ``python -m benchmarks.read_cases``.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import multiply
from benchmarks.measure import Once, Series, machine, measured
from benchmarks.walks import Installation
from engine.actor import Actor
from storage.models import Task
from storage.queries import case_list, case_view, desk
from webapp import worklist
from webapp.auth.visibility import visible_cases

#: Up to the docketing approval: steps are open, documents and recordings are there.
STEPS = 18

#: So many cases are in the hands of one officer.
EACH = 50


class Reader:
    """What the pages of an officer, and of a leader, ask of the database."""

    def __init__(
        self, session: Session, case: UUID, officer: Actor, leader: Actor
    ) -> None:
        self.session, self.case = session, case
        self.officer, self.leader = officer, leader

    def reads(self) -> list[tuple[str, Callable[[], object]]]:
        """Return everything that is measured, with its name."""
        return [
            ("count of what waits", self.count),
            ("inbox of an officer", self.inbox),
            ("what a leader may take on", self.claimable),
            ("all cases, first page", self.cases),
            ("search by number", self.search),
            ("case page", self.page),
        ]

    def count(self) -> object:
        """Count what waits, as the frame of every page does."""
        query = select(func.count()).select_from(Task)
        return self.session.scalar(query.where(desk.own(self.officer.id)))

    def inbox(self) -> object:
        """Read an officer's desk: the steps, and what their gates look at."""
        ids = desk.chosen_ids(self.session, desk.own(self.officer.id))
        lines = desk.tasks(self.session, ids)
        return desk.gate_rows(self.session, {line.Case.id for line in lines})

    def claimable(self) -> object:
        """Read what a leader may take on, of the whole agency."""
        return worklist.tasks(self.session, self.leader, "claimable", None, 50)

    def cases(self) -> object:
        """Read the first page of all cases of the agency, and where they stand."""
        visible = visible_cases(self.leader)
        rows, _ = case_list.find_cases(self.session, visible)
        steps = case_list.open_steps(self.session, [row.Case.id for row in rows])
        return steps, case_list.step_names(self.session, visible)

    def search(self) -> object:
        """Find a case by a part of its number among those of the agency."""
        visible = visible_cases(self.leader)
        return case_list.find_cases(self.session, visible, text="-17")

    def page(self) -> object:
        """Read everything that a case page shows."""
        read: tuple[Callable[[Session, UUID], Any], ...] = (
            case_view.header,
            case_view.parties,
            case_view.officers,
            case_view.recusals,
            case_view.tasks,
            case_view.deadlines,
            case_view.documents,
            case_view.recordings,
            case_view.waivers,
            case_view.events,
        )
        return [one(self.session, self.case) for one in read]


def measure(folder: Path, cases: int, times: int) -> Iterator[tuple[int, list[Series]]]:
    """Measure with a tenth of *cases* and with all, each reading *times* times."""
    installation = Installation(folder, STEPS)
    case = installation.walk()
    officer, leader = (installation.actor_of(who) for who in ("zhoulan", "fanglixin"))
    done = 1
    for wanted in (cases // 10, cases):
        copier = sqlite3.connect(folder / "casetrack.db", isolation_level=None)
        multiply(copier, case, done, wanted - 1, EACH)
        copier.close()
        done = wanted
        installation.engine.dispose()
        with Session(installation.engine) as session:
            reads = Reader(session, case, officer, leader).reads()
            yield wanted, [_read(session, *read, times) for read in reads]


def _read(
    session: Session, name: str, read: Callable[[], object], times: int
) -> Series:
    series = Series(name)
    read()
    for _ in range(times):
        session.expunge_all()
        once = Once()
        with measured(once):
            read()
        series.runs.append(once)
    session.rollback()
    return series


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the reading of lists.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--folder", help="where to measure, for another disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casetrack-bench-", dir=given.folder) as at:
        print(machine(Path(at)))
        print("milliseconds")
        few: dict[str, Series] = {}
        for cases, measured_series in measure(Path(at), given.cases, given.times):
            print(f"\n{cases:,} cases{'':20}{'p50':>8}{'p95':>8}{'grown':>8}")
            for series in measured_series:
                before = few.setdefault(series.name, series).quantile(0.5)
                print(
                    f"{series.name:32}"
                    f"{series.quantile(0.5):8.2f}{series.quantile(0.95):8.2f}"
                    f"{series.quantile(0.5) / before:8.2f}"
                )


if __name__ == "__main__":
    main()
