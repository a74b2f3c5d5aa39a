"""How long it takes to complete a step of a case, against what it costs at least.

Run as ``python -m benchmarks.complete_task`` or ``make bench``.
"""

from __future__ import annotations

import argparse
import cProfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import floors
from benchmarks.databases import Place, add_arguments, chosen
from benchmarks.measure import Once, Series, machine, table
from benchmarks.peers import Viewflow
from benchmarks.walks import COMPLETE, OPEN, Installation
from webapp import memory


@dataclass(frozen=True)
class Figures:
    """What was measured in one run."""

    completed: Series
    opened: Series
    peers: tuple[Series, ...]  #: the floor first
    by_step: tuple[Series, ...]
    machine: str


class _Peers:
    """What is measured beside the product, in turns with it."""

    def __init__(self, place: Place, *, viewflow: bool) -> None:
        self.least = Series("the least: a durable transaction as large")
        self.naive = Series("SpiffWorkflow as documented, ten tasks")
        self.viewflow = Series("viewflow, ten tasks")
        self._durable, self._manual = floors.Durable(place), floors.Manual(place)
        self._viewflow = Viewflow(place) if viewflow else None

    def beside(self, name: str, once: Once) -> None:
        """Do the least right after a step of the product."""
        if name == COMPLETE:
            self.least.runs.append(self._durable.run(once.statements))

    def walk(self) -> None:
        """Let each library do its ten tasks."""
        self.naive.runs += self._manual.walk()
        if self._viewflow is not None:
            self.viewflow.runs += self._viewflow.walk()

    def series(self) -> tuple[Series, ...]:
        """Return what was measured."""
        found = self.least, self.naive, self.viewflow
        return tuple(series for series in found if series.runs)

    def forget(self) -> None:
        """Begin to measure anew."""
        for series in (self.least, self.naive, self.viewflow):
            series.runs.clear()

    def close(self) -> None:
        """Let go of the databases."""
        self._durable.close()
        self._manual.close()
        if self._viewflow is not None:
            self._viewflow.close()


def measure(
    place: Place,
    cases: int,
    steps: int | None = None,
    *,
    warm: bool = True,
    viewflow: bool = True,
    profile: cProfile.Profile | None = None,
) -> Figures:
    """Walk *cases* through the first *steps* of the scenario and measure them.

    With *warm* one case is walked unmeasured before: it compiles what later ones
    share. The cases go side by side, so that the same step of all is completed back
    to back; the libraries do their ten tasks back to back as often.
    """
    peers = _Peers(place, viewflow=viewflow)
    url = place.database("casetrack")
    installation = Installation(place.folder, steps, peers.beside, profile, url)
    if warm:
        installation.walk()
        peers.walk()
        installation.forget()
        peers.forget()
        memory.settle()  # as a serving process does
    installation.walk_together(cases)
    for _ in range(cases):
        peers.walk()
    peers.close()
    installation.engine.dispose()
    return Figures(
        completed=installation.taken[COMPLETE],
        opened=installation.taken[OPEN],
        peers=peers.series(),
        by_step=tuple(installation.by_step.values()),
        machine=machine(place.folder),
    )


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    profile = cProfile.Profile() if arguments.profile else None
    for place in chosen(arguments):
        figures = measure(
            place,
            arguments.cases,
            arguments.steps,
            viewflow=not arguments.alone,
            profile=profile,
        )
        print(f"{figures.machine}\n{place.kind}; milliseconds, durable commits\n")
        print(table([figures.completed, *figures.peers], figures.completed))
        print()
        print(table([figures.opened], figures.opened))
        print()
        if arguments.by_step:
            for series in sorted(figures.by_step, key=lambda s: -s.quantile(0.5)):
                print(table([series], series).splitlines()[1])
            print()
    if profile is not None:
        profile.dump_stats(arguments.profile)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the completion of steps.")
    parser.add_argument("--cases", type=int, default=20, help="cases that are walked")
    parser.add_argument(
        "--steps", type=int, help="steps of the scenario; all when left out"
    )
    parser.add_argument(
        "--alone", action="store_true", help="without viewflow, which pip must fetch"
    )
    add_arguments(parser)
    parser.add_argument(
        "--by-step", action="store_true", help="print each step of the diagram too"
    )
    parser.add_argument("--profile", type=Path, help="write cProfile's figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
