"""Whether a step of a long case takes longer than a step of a short one.

Run as ``python -m benchmarks.long_case``.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.measure import Series, machine
from benchmarks.walks import COMPLETE, Installation
from engine.commands.work import LIVE
from storage.models import Task
from webapp.scenarios.play import sample_fields

#: Up to the first report that a case be docketed.
STEPS = 15

#: Steps that are compared, at the beginning and at the end.
SOME = 10

OFFICER, HEAD = "zhoulan", "qinweidong"


def measure(folder: Path, steps: int) -> tuple[Series, Series, list[int]]:
    """Send a report back again and again; returns early and late steps, states.

    The third is the size of the stored state after each step in bytes.
    """
    installation = Installation(folder, STEPS)
    case = installation.walk()
    at = installation.script.steps[-1].at
    installation.forget()
    for _ in range(steps // 2):
        at += timedelta(minutes=1)
        task = _open(installation, case, "docketing_report")
        draft = installation.act(
            at,
            OFFICER,
            "documents.draft",
            {
                "task_id": task,
                "code": "docketing_report",
                "fields": dict(sample_fields("docketing_report")),
            },
        )
        document = {"document_id": draft["document_id"]}
        installation.act(at, OFFICER, "documents.prepare", document)
        installation.act(at, OFFICER, "documents.sign", {**document, "role": "handler"})
        installation.act(at, OFFICER, COMPLETE, {"task_id": task})
        back = {"outcome": "returned", "opinion": "Once more."}
        task = _open(installation, case, "docketing_review")
        installation.act(at, HEAD, COMPLETE, {"task_id": task, **back})
    runs = installation.taken[COMPLETE].runs
    installation.engine.dispose()
    # The first ones still compile what all later ones share.
    early = Series(f"steps {SOME + 1} to {2 * SOME}", runs[SOME : 2 * SOME])
    late = Series(f"steps {len(runs) - SOME + 1} to {len(runs)}", runs[-SOME:])
    return early, late, [run.state for run in runs]


def _open(installation: Installation, case: UUID, element: str) -> str:
    with Session(installation.engine) as session:
        query = select(Task.id).where(
            Task.case_id == case, Task.element == element, Task.status.in_(LIVE)
        )
        return str(session.scalars(query).one())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure steps of a long case.")
    parser.add_argument("--steps", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casetrack-bench-") as made:
        print(machine(Path(made)))
        early, late, states = measure(Path(made), given.steps)
    for series in (early, late):
        print(f"{series.name:20} p50 {series.quantile(0.5):6.2f} cpu {series.cpu:6.2f}")
    print(
        f"{'in times':20} p50 {late.quantile(0.5) / early.quantile(0.5):6.2f}", end=""
    )
    print(f" cpu {late.cpu / early.cpu:6.2f}")
    print(f"state {states[0]} to {states[-1]} bytes")


if __name__ == "__main__":
    main()
