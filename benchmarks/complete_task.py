"""How long it takes to complete a step of a case, against what it costs at least.

Run as ``python -m benchmarks.complete_task`` or ``make bench``.
"""

from __future__ import annotations

import argparse
import cProfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import floors
from benchmarks.measure import Once, Series, machine, table
from benchmarks.walks import COMPLETE, OPEN, Installation


@dataclass(frozen=True)
class Figures:
    """What was measured in one run."""

    completed: Series
    opened: Series
    durable: Series
    manual: Series
    by_step: tuple[Series, ...]
    machine: str


def measure(
    folder: Path,
    cases: int,
    steps: int | None = None,
    *,
    warm: bool = True,
    profile: cProfile.Profile | None = None,
) -> Figures:
    """Walk *cases* through the first *steps* of the scenario and measure them.

    With *warm* one case is walked unmeasured before: it compiles what later ones
    share. Each floor is measured right beside what it is a floor of.
    """
    durable, manual = floors.Durable(folder), floors.Manual(folder)
    least = Series("a durable transaction as large")
    naive = Series("SpiffWorkflow, JSON in one row")

    def beside(name: str, once: Once) -> None:
        if name == COMPLETE:
            least.runs.append(durable.run(once.statements))

    installation = Installation(folder, steps, beside, profile)
    if warm:
        installation.walk()
        list(manual.walk())
        installation.forget()
        least.runs.clear()
    for _ in range(cases):
        installation.walk()
        naive.runs += manual.walk()
    durable.close()
    manual.close()
    installation.engine.dispose()
    return Figures(
        completed=installation.taken[COMPLETE],
        opened=installation.taken[OPEN],
        durable=least,
        manual=naive,
        by_step=tuple(installation.by_step.values()),
        machine=machine(folder),
    )


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    profile = cProfile.Profile() if arguments.profile else None
    with tempfile.TemporaryDirectory(
        prefix="casetrack-bench-", dir=arguments.folder
    ) as made:
        figures = measure(Path(made), arguments.cases, arguments.steps, profile=profile)
    print(figures.machine)
    print("milliseconds; SQLite in WAL mode with synchronous=FULL\n")
    print(
        table([figures.completed, figures.durable, figures.manual], figures.completed)
    )
    print()
    print(table([figures.opened], figures.opened))
    if arguments.by_step:
        print()
        for series in sorted(figures.by_step, key=lambda s: -s.quantile(0.5)):
            print(table([series], series).splitlines()[1])
    if profile is not None:
        profile.dump_stats(arguments.profile)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the completion of steps.")
    parser.add_argument("--cases", type=int, default=20, help="cases that are walked")
    parser.add_argument(
        "--steps", type=int, help="steps of the scenario; all when left out"
    )
    parser.add_argument("--folder", help="where to measure, for another disk")
    parser.add_argument(
        "--by-step", action="store_true", help="print each step of the diagram too"
    )
    parser.add_argument("--profile", type=Path, help="write cProfile's figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
