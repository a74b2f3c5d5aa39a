"""People in processes of their own, who do something to one case at one moment."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from engine.commands import firing
from engine.errors import CaseError
from tests.factories import Office, connect

#: So many act at once at most.
MOST = 4

#: Stands for the sweep of deadlines, which nobody signed in carries out.
SWEEP = "the sweep"


@dataclass(frozen=True)
class Deed:
    """One act of one person, or one deadline that the sweep finds due."""

    who: str
    name: str
    params: dict[str, Any]
    at: datetime


_gates: list[Any] = []


def _begin(gates: list[Any]) -> None:
    """Take the barriers over, in a process that has just begun."""
    _gates[:] = gates


@cache
def _connected(url: str) -> Engine:
    return connect(url)


def _carry_out(url: str, deed: Deed, rivals: int) -> Any:
    """Do it on a connection of one's own, when all rivals are ready."""
    office = Office(_connected(url))
    office.now = deed.at
    _gates[rivals].wait(60)
    try:
        if deed.who == SWEEP:
            with office.transaction() as tx:
                return firing.fire(tx, UUID(deed.params["deadline_id"]))
        return office.act(deed.who, deed.name, **deed.params)
    except CaseError as refused:
        return pickle.loads(pickle.dumps(refused))  # noqa: S301  # our own, just made


class Arena:
    """Processes that wait to be rivals."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def race(self, office: Office, deeds: Sequence[Deed]) -> list[Any]:
        """Let every deed happen at once; returns results and refusals in order."""
        url = office.engine.url.render_as_string(hide_password=False)
        waiting = [
            self._pool.submit(_carry_out, url, deed, len(deeds)) for deed in deeds
        ]
        return [each.result(120) for each in waiting]


@contextmanager
def arena() -> Iterator[Arena]:
    """Start the processes; they share nothing with this one but the database."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    gates = [None, *(context.Barrier(number) for number in range(1, MOST + 1))]
    with ProcessPoolExecutor(
        MOST, mp_context=context, initializer=_begin, initargs=(gates,)
    ) as pool:
        yield Arena(pool)
