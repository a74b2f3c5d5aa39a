"""The deadlines that run in a case, as a command needs to know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from storage.models import Deadline
from storage.prepared import Prepared
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus

#: Built once: to build a statement costs more than to carry it out.
_THIS = update(Deadline).where(Deadline.id == bindparam("deadline_id"))
_MEET = Prepared(_THIS, {"status", "met_at", "overdue_at", "warn_at"})
_CANCEL = Prepared(_THIS, {"status", "warn_at"})


@dataclass
class Clock:
    """A deadline that is not met yet."""

    id: UUID
    code: str
    scope: str
    task_id: UUID | None  #: the timer that it wakes
    status: DeadlineStatus
    base_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    fresh: dict[str, Any] | None = None  #: its row, until that is sent

    def meet(self, tx: Transaction, at: datetime) -> None:
        """Note that what it asks for has happened."""
        lifecycle.DEADLINE.check(self.status, DeadlineStatus.MET)
        if is_overdue(self.due_at, at) and self.overdue_at is None:
            self.overdue_at = self.due_at  # met, but late: kept for ever
        self._end(
            tx,
            _MEET,
            {
                "status": DeadlineStatus.MET,
                "met_at": at,
                "overdue_at": self.overdue_at,
                "warn_at": None,
            },
        )

    def cancel(self, tx: Transaction) -> None:
        """Note that nothing is waited for any longer."""
        lifecycle.DEADLINE.check(self.status, DeadlineStatus.CANCELLED)
        ended = {"status": DeadlineStatus.CANCELLED, "warn_at": None}
        self._end(tx, _CANCEL, ended)

    def _end(
        self, tx: Transaction, statement: Prepared, values: Mapping[str, Any]
    ) -> None:
        self.status = values["status"]
        if self.fresh:
            self.fresh.update(values)
        else:
            tx.later(statement, {"deadline_id": self.id, **values})


def of_rows(rows: Iterable[Any]) -> list[Clock]:
    """Return the clocks among the rows of who stands where, the first base first."""
    found = [
        Clock(
            id=row.id,
            code=row.code,
            scope=row.scope,
            task_id=row.task_id,
            status=DeadlineStatus(row.status),
            base_at=row.base_at,
            due_at=row.due_at,
            overdue_at=row.overdue_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda clock: (clock.base_at, clock.id))
