"""Locks: what keeps the steps of a procedure shut while something is unsettled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Path = tuple[str, ...]


class LockWhy(StrEnum):
    """Why other steps are shut."""

    PENDING = "pending"  #: a step that comes first is still open
    OVERDUE = "overdue"  #: a term ran out that nobody may ignore


@dataclass(frozen=True, kw_only=True)
class LockFact:
    """One thing that shuts steps, and which of them."""

    element: str  #: the step that is open, or the code of the term
    why: LockWhy
    path: Path  #: the calls around it, outermost first; its own procedure is the last
    cites: tuple[str, ...]
    checkpoints_only: bool = False
    own_too: bool = False  #: True: the steps of its own procedure are shut as well
    due_at: datetime | None = None

    def facts(self) -> dict[str, Any]:
        """Return the lock as plain values."""
        return {
            "element": self.element,
            "why": self.why.value,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "cites": list(self.cites),
        }

    def shuts(self, element: str, path: Path, *, checkpoint: bool) -> bool:
        """Say whether a step is shut.

        A lock reaches the steps of the procedure that called its own, and whatever
        that one calls. Where it stands itself, work goes on.
        """
        if self.checkpoints_only and not checkpoint:
            return False
        if self.why is LockWhy.PENDING and element == self.element:
            return False
        if self.path and path[: len(self.path)] == self.path:
            return self.own_too
        caller = self.path[:-1]
        return path[: len(caller)] == caller


def shutting(
    locks: Iterable[LockFact], element: str, path: Path, *, checkpoint: bool
) -> tuple[LockFact, ...]:
    """Return the locks that shut one step."""
    return tuple(
        lock for lock in locks if lock.shuts(element, path, checkpoint=checkpoint)
    )
