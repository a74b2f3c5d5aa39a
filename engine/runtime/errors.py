"""Why the runtime refuses to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from engine.errors import Refusal


@dataclass(eq=False)
class UnfitBundle(Refusal):
    """The processes and tables do not make one runnable whole."""

    reason: str
    process: str
    element: str
    code: ClassVar[str] = "unfit_bundle"


@dataclass(eq=False)
class TaskNotOpen(Refusal):
    """Expected an open task, but it is done, cancelled, or never was."""

    task: UUID
    code: ClassVar[str] = "task_not_open"


@dataclass(eq=False)
class WrongTaskKind(Refusal):
    """Expected a task of another kind for this move."""

    task: UUID
    kind: str
    code: ClassVar[str] = "wrong_task_kind"


@dataclass(eq=False)
class NoTicket(Refusal):
    """A task can run only with a ticket that its gate has issued."""

    task: UUID
    code: ClassVar[str] = "no_ticket"


@dataclass(eq=False)
class NoWayOut(Refusal):
    """A gateway has no flow whose condition holds, and no default."""

    process: str
    element: str
    code: ClassVar[str] = "no_way_out"


@dataclass(eq=False)
class EndlessLoop(Refusal):
    """The process went on by itself too long without asking anybody."""

    process: str
    element: str
    code: ClassVar[str] = "endless_loop"


@dataclass(eq=False)
class BadCardinality(Refusal):
    """Expected a small whole number of members."""

    process: str
    element: str
    code: ClassVar[str] = "bad_cardinality"


@dataclass(eq=False)
class UnknownOperation(Refusal):
    """A service task names an operation that nobody registered."""

    operation: str
    code: ClassVar[str] = "unknown_operation"


@dataclass(eq=False)
class UnreadableState(Refusal):
    """The stored state cannot be read, or belongs to another definition."""

    reason: str
    code: ClassVar[str] = "unreadable_state"


@dataclass(eq=False)
class InstanceSpoilt(Refusal):
    """A move failed half-way: the object must be thrown away, not saved."""

    code: ClassVar[str] = "instance_spoilt"


@dataclass(eq=False)
class MoveUnsafe(Refusal):
    """A running case cannot be carried over to another version of its process."""

    obstacles: list[dict[str, str]]  #: process, element, and the reason why
    code: ClassVar[str] = "move_unsafe"
