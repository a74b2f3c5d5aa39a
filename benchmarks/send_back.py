"""How long it takes to see where a case may go back to, and to send it back.

Run as ``python -m benchmarks.send_back``.
"""

from __future__ import annotations

import argparse
import cProfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import floors
from benchmarks.databases import Place, add_arguments, chosen
from benchmarks.measure import Once, Series, machine, table
from benchmarks.walks import COMPLETE, SEND_BACK, Installation
from engine.commands.returning import returns_from
from engine.commands.work import LIVE, on_task
from storage.models import Task
from storage.transaction import Transaction
from storage.vocabulary import TaskKind

#: Far into the ordinary procedure: many steps lie before.
STEPS = 40
#: The preview is read so often in each case.
LOOKS = 5
#: Who leads the agency may send back from a step that is somebody else's.
LEADER = "fanglixin"


@dataclass(frozen=True)
class Figures:
    """What was measured in one run."""

    preview: Series
    sent_back: Series
    least: Series
    completed: Series
    ways: int  #: to how many steps the case could go back
    machine: str


def measure(
    place: Place, cases: int, steps: int, profile: cProfile.Profile | None = None
) -> Figures:
    """Walk *cases* so many *steps*, and send each back as far as it may go.

    One more is walked unmeasured before: it compiles what later ones share.
    """
    durable = floors.Durable(place)
    preview = Series("see where it may go back to")
    least = Series("the least: a durable transaction as large")

    def beside(name: str, once: Once) -> None:
        if name == SEND_BACK:
            least.runs.append(durable.run(once.statements))

    url = place.database("casetrack")
    installation = Installation(place.folder, steps, beside, profile, url)
    installation.profiled = SEND_BACK
    ways = 0
    for number in range(cases + 1):
        case_id = installation.walk()
        at, task_id = _open_step(installation, case_id)
        for _ in range(LOOKS):
            once, found = installation.read(lambda s: _look(s, at, task_id))  # noqa: B023  # called at once
            preview.runs.append(once)
        ways = len(found)
        given = {
            "task_id": task_id,
            "to": found[-1],
            "reason": "more is to be found out",
        }
        installation.act(at, LEADER, SEND_BACK, given)
        if not number:
            installation.forget()
            preview.runs.clear()
            least.runs.clear()
    durable.close()
    installation.engine.dispose()
    return Figures(
        preview=preview,
        sent_back=installation.taken[SEND_BACK],
        least=least,
        completed=installation.taken[COMPLETE],
        ways=ways,
        machine=machine(place.folder),
    )


def _open_step(installation: Installation, case_id: UUID) -> tuple[datetime, UUID]:
    """Return the step that opened last, and a moment after that."""
    with Session(installation.engine) as session:
        task = session.scalars(
            select(Task)
            .where(
                Task.case_id == case_id,
                Task.status.in_(LIVE),
                Task.kind == TaskKind.USER,
                Task.member_index.is_(None),
            )
            .order_by(Task.opened_at.desc(), Task.id)
        ).first()
        if task is None:
            raise AssertionError("the case waits for nobody")
        return task.opened_at + timedelta(hours=1), task.id


def _look(session: Session, at: datetime, task_id: UUID) -> list[UUID]:
    """Return the visits to which the case may go back, the latest first."""
    found = returns_from(on_task(Transaction(session, at), task_id, None))
    return [each.task.id for each in found if each.why is None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure going back.")
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--steps", type=int, default=STEPS, help="done in each case")
    parser.add_argument("--profile", help="write a profile of sending back here")
    add_arguments(parser)
    given = parser.parse_args()
    profile = cProfile.Profile() if given.profile else None
    for place in chosen(given):
        figures = measure(place, given.cases, given.steps, profile)
        print(f"{figures.machine}\n{place.kind}; milliseconds, durable commits")
        print(f"{figures.ways} steps to which the case may go back\n")
        print(table([figures.sent_back, figures.least], figures.sent_back))
        print()
        print(table([figures.preview, figures.completed], figures.preview))
        print()
    if profile is not None:
        profile.dump_stats(given.profile)


if __name__ == "__main__":
    main()
