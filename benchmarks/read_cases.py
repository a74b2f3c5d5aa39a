"""How long the lists and the case page take to read, with few cases and with many.

Run as ``python -m benchmarks.read_cases``.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import multiply
from benchmarks.measure import Once, Series, machine, measured
from benchmarks.walks import Installation
from engine.actor import Actor
from storage.models import Case, Task
from storage.queries import case_list, case_view, desk, registers, waived
from storage.queries import worklist as lists
from storage.queries.case_list import Filter
from storage.queries.keyset import Place
from storage.vocabulary import CaseStatus
from webapp import duelist, worklist
from webapp.auth.visibility import scope_of
from webapp.pages.deadlines import HORIZON
from webapp.worklist import signed_within

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
        found: list[tuple[str, Callable[[], object]]] = [
            ("count of what waits", self.count),
            ("inbox of an officer", self.inbox),
            ("what an officer has done", self.done),
        ]
        for name, who in (("officer", self.officer), ("leader", self.leader)):
            found += [
                (f"{name}: steps to take on", partial(self.free, who)),
                (f"{name}: documents to sign", partial(self.unsigned, who)),
                (f"{name}: cases, and their number", partial(self.cases, who)),
                (f"{name}: cases, a part further on", partial(self.further, who)),
                (f"{name}: cases of a status", partial(self.of_status, who)),
                (f"{name}: cases at a step", partial(self.at_step, who)),
                (f"{name}: cases overdue", partial(self.late, who)),
                (f"{name}: where cases stand", partial(self.places, who)),
                (f"{name}: deadlines, and their numbers", partial(self.ends, who)),
            ]
        return [
            *found,
            ("leader: waivers, and their number", self.waivers),
            ("devices", self.devices),
            ("search by a part of a number", self.search),
            ("case page", self.page),
        ]

    def count(self) -> object:
        """Count what waits, as the frame of every page does."""
        query = select(func.count()).select_from(Task)
        return self.session.scalar(query.where(desk.own(self.officer.id)))

    def inbox(self) -> object:
        """Read an officer's desk: the steps, and what their gates look at."""
        own = lists.ranges_of_own(self.officer.id)
        part = lists.part(self.session, own, limit=lists.PAGE)
        lists.count(self.session, own)
        return desk.gate_rows(self.session, {line.Case.id for line in part.rows})

    def done(self) -> object:
        """Read what an officer has finished."""
        return lists.done(self.session, self.officer.id, limit=lists.PAGE)

    def free(self, who: Actor) -> object:
        """Read what somebody may take on, and how much there is of it."""
        ranges = worklist.free(self.session, who)
        lists.count(self.session, ranges)
        return lists.part(self.session, ranges, limit=lists.PAGE)

    def unsigned(self, who: Actor) -> object:
        """Read documents that somebody may have to sign."""
        within = signed_within(self.session, who)
        return lists.unsigned_documents(self.session, within, limit=lists.PAGE)

    def cases(
        self, who: Actor, chosen: Filter | None = None, at: Place | None = None
    ) -> object:
        """Read a page of cases, where they stand, and how many there are."""
        ranges = case_list.ranges_of(self.session, scope_of(who), chosen or Filter())
        part = case_list.find_cases(self.session, ranges, place=at)
        case_list.open_steps(self.session, [row.Case.id for row in part.rows])
        case_list.count_cases(self.session, ranges)
        return part

    def further(self, who: Actor) -> object:
        """Read a page of cases from the middle of the list."""
        at = self.session.get_one(Case, self.case).opened_at
        return self.cases(who, at=Place((at, UUID(int=(self.case.int | 0xFF)))))

    def of_status(self, who: Actor) -> object:
        """Read the cases of a status, of which there is none."""
        return self.cases(who, Filter(status=CaseStatus.ARCHIVED))

    def at_step(self, who: Actor) -> object:
        """Read the cases at a step at which all of them are."""
        step = self.places(who)[0]
        return self.cases(who, Filter(element=step.element))

    def late(self, who: Actor) -> object:
        """Read the cases that are late."""
        return self.cases(who, Filter(overdue=True))

    def places(self, who: Actor) -> list[Any]:
        """Read at which steps cases stand."""
        return case_list.places(self.session, scope_of(who))

    def ends(self, who: Actor) -> object:
        """Read what runs out, and how much in each group."""
        duelist.counts(self.session, scope_of(who), HORIZON)
        return duelist.due_within(self.session, scope_of(who), HORIZON)

    def waivers(self) -> object:
        """Read what cases did without, and how often."""
        scope, chosen = scope_of(self.leader), waived.Filter(which=waived.Which.ALL)
        waived.count(self.session, scope, chosen)
        return waived.find(self.session, scope, chosen, limit=waived.PAGE)

    def devices(self) -> object:
        """Read the register of devices."""
        return registers.devices(self.session, self.leader.agency_id)

    def search(self) -> object:
        """Find cases by a part of their number among those of the agency."""
        scope = scope_of(self.leader)
        ranges = case_list.ranges_of(self.session, scope, Filter(text="-17"))
        return case_list.find_cases(self.session, ranges)

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


def measure(
    folder: Path, few: int, cases: int, steps: int, times: int
) -> Iterator[tuple[int, list[Series]]]:
    """Measure with *few* cases and with all, each reading *times* times."""
    installation = Installation(folder, steps)
    case = installation.walk()
    officer, leader = (installation.actor_of(who) for who in ("zhoulan", "fanglixin"))
    done = 1
    for wanted in (few, cases):
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
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=STEPS, help="done in each case")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--folder", help="where to measure, for another disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casetrack-bench-", dir=given.folder) as at:
        print(machine(Path(at)))
        print("milliseconds; grown: the processor's, against fewer cases")
        few: dict[str, Series] = {}
        for cases, measured_series in measure(
            Path(at), given.few, given.cases, given.steps, given.times
        ):
            print(
                f"\n{f'{cases:,} cases':38}{'p50':>8}{'p95':>8}{'cpu':>8}{'grown':>8}"
            )
            for series in measured_series:
                before = few.setdefault(series.name, series).cpu
                print(
                    f"{series.name:38}"
                    f"{series.quantile(0.5):8.2f}{series.quantile(0.95):8.2f}"
                    f"{series.cpu:8.2f}{series.cpu / before:8.2f}"
                )


if __name__ == "__main__":
    main()
