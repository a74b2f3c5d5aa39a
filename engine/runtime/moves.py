"""What one move of an instance is given, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.bpmn.model import NodeKind
from engine.rules import calls
from engine.runtime.history import Happening
from storage.vocabulary import TaskKind


@dataclass(frozen=True)
class OpenTask:
    """Something that the process waits for."""

    id: UUID
    kind: TaskKind
    process: str
    element: str
    path: tuple[str, ...]  #: call activities around it, outermost first
    scope: str  #: hex id of the nearest call; empty for the root
    subject: str | None  #: nearest document code that a call is about
    index: int | None  #: which member's, in a multi-instance
    attached_to: UUID | None  #: host of a boundary event
    panel: UUID | None = None  #: which sitting of a multi-instance
    fired: int = 0  #: how often this timer was due before, at the same host


@dataclass(frozen=True)
class Passed:
    """A node that the process went through without asking anybody."""

    process: str
    element: str
    kind: NodeKind
    path: tuple[str, ...]
    scope: str


@dataclass(frozen=True)
class Delta:
    """What one move changed."""

    opened: tuple[OpenTask, ...]
    closed: tuple[UUID, ...]
    entered: tuple[Passed, ...]  #: nodes that went by without asking anybody
    finished: bool
    facts: dict[str, Any]  #: what decision tables and operations added
    #: The same in order, each with the calls around: the root first, the nearest last.
    noted: tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...] = ()
    trail: tuple[Happening, ...] = ()  #: which tokens went, and which came


@dataclass
class Move:
    """The facts and the outcome of one move of an instance."""

    facts: Any  #: a mapping; read only
    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    context: Any = None
    noted: list[tuple[tuple[str, ...], Mapping[str, Any]]] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)

    def add(self, facts: Mapping[str, Any], chain: tuple[str, ...]) -> None:
        """Make new facts visible to everything that follows in this move."""
        if not facts:
            return
        self.noted.append((chain, facts))
        self.facts = calls.keep(self.facts, chain, facts)

    def seen(self, chain: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the facts as they are seen where the calls of a chain are around."""
        return calls.seen(self.facts, chain)

    @property
    def added(self) -> dict[str, Any]:
        """Everything that was added, the newest of each name."""
        found: dict[str, Any] = {}
        for _, facts in self.noted:
            found.update(facts)
        return found
