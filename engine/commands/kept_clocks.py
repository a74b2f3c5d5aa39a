"""Clocks begun by steps that a case went back behind: none begins a second time.

Which they are is kept among the facts of the case, by what began them, until the step
is done again, begins them no more, or the case is at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from engine.commands.work import Work
from storage.models import Deadline
from storage.vocabulary import DeadlineStatus

#: Among the facts: what began a clock, its code and its scope.
KEPT = "kept_clocks"


def keep(work: Work, rows: Mapping[UUID, Deadline]) -> None:
    """Note, by the ids of the clocks that run, that what began them is undone."""
    known = {each[0] for each in _kept(work)}
    fresh = [
        [str(identifier), row.origin, row.code, row.scope]
        for identifier, row in sorted(rows.items())
        if str(identifier) not in known
    ]
    if fresh:
        work.case.facts = {**work.case.facts, KEPT: [*_kept(work), *fresh]}


def begins_again(work: Work, origin: str, code: str, scope: str) -> bool:
    """Say whether a step that is done again has its clock already; it keeps it."""
    return bool(_take(work, origin, code, scope))


def begins_no_more(work: Work, origin: str, code: str, scope: str) -> None:
    """End the clock that a step had begun which is done again otherwise."""
    _cancel(work, _take(work, origin, code, scope))


def end_all(work: Work) -> None:
    """End what was never begun again: the case has come to its end without it."""
    kept = _kept(work)
    if kept:
        work.case.facts = {k: v for k, v in work.case.facts.items() if k != KEPT}
        _cancel(work, {UUID(each[0]) for each in kept})


def _kept(work: Work) -> list[list[str]]:
    kept: list[list[str]] = work.case.facts.get(KEPT, [])
    return kept


def _take(work: Work, *asked: str) -> set[UUID]:
    kept = _kept(work)
    found = [each for each in kept if tuple(each[1:]) == asked]
    if found:
        rest = [each for each in kept if each not in found]
        work.case.facts = {**work.case.facts, KEPT: rest}
    return {UUID(each[0]) for each in found}


def _cancel(work: Work, ids: set[UUID]) -> None:
    for clock in [clock for clock in work.clocks if clock.id in ids]:
        if clock.status is DeadlineStatus.RUNNING:
            clock.cancel(work.tx)
            work.clocks.remove(clock)
