"""Tickets: the proof that a gate was asked before a task runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol
from uuid import UUID

from engine.runtime.errors import NoTicket

_SEAL = object()


class GateVerdict(Protocol):
    """What a gate says; only an open one earns a ticket."""

    @property
    def open(self) -> bool:
        """Whether nothing that the law demands now is missing."""


class Ticket:
    """Leave to run one task once; only ``issue`` makes it."""

    __slots__ = ("task_id",)

    def __init__(self, task_id: UUID, seal: object = None) -> None:
        if seal is not _SEAL:
            raise TypeError("tickets are issued, not made")
        self.task_id = task_id


_held: ContextVar[Ticket | None] = ContextVar("ticket", default=None)


def issue(task_id: UUID, verdict: GateVerdict) -> Ticket:
    """Return a ticket for a task whose gate is open.

    Raises:
        NoTicket: the gate is closed.
    """
    if verdict.open is not True:
        raise NoTicket(task_id)
    return Ticket(task_id, _SEAL)


@contextmanager
def held(ticket: Ticket | None) -> Iterator[None]:
    """Hold a ticket while one task runs."""
    token = _held.set(ticket)
    try:
        yield
    finally:
        _held.reset(token)


def check(task_id: UUID) -> None:
    """Refuse unless the ticket held now is for this task.

    Raises:
        NoTicket: none is held, or one for another task.
    """
    ticket = _held.get()
    if not isinstance(ticket, Ticket) or ticket.task_id != task_id:
        raise NoTicket(task_id)
