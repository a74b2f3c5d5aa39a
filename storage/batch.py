"""Several commands that become durable together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from storage.transaction import Transaction


@dataclass
class Batch:
    """Several commands that become durable together, each whole or not at all."""

    session: Session
    now: datetime
    _after: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def command(self) -> Iterator[Transaction]:
        """Open one command; an exception undoes it alone, and comes through."""
        self.session.expire_all()
        tx = Transaction(self.session, self.now)
        tx.connection = self.session.connection()
        with self.session.begin_nested():
            yield tx
            tx.write()
        self._after += tx.follow_ups


@contextmanager
def batch(session: Session, now: datetime) -> Iterator[Batch]:
    """Open a write transaction for several commands; commit them at the end.

    For a database with one writer, where to make each durable by itself costs more
    than to carry it out. What a command undoes is undone to its own beginning.
    """
    session.rollback()
    found = Batch(session, now)
    session.connection(execution_options={"writes": True})
    try:
        yield found
        session.commit()
    except BaseException:
        session.rollback()
        raise
    for action in found._after:  # noqa: SLF001  # this is its own module
        action()
