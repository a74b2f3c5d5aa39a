"""Every refusal: a class with typed facts and a stable code."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


class CaseError(Exception):
    """Something was refused; nothing has changed."""

    code: ClassVar[str] = "refused"

    def facts(self) -> dict[str, Any]:
        """Return the typed facts of this refusal."""
        return {}


@dataclass(eq=False)
class Refusal(CaseError):
    """A refusal that carries its facts."""

    def __post_init__(self) -> None:
        super().__init__(*(getattr(self, f.name) for f in fields(self)))

    def facts(self) -> dict[str, Any]:
        """Return the typed facts of this refusal."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(eq=False)
class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""

    kind: str
    id: str
    code: ClassVar[str] = "not_found"


@dataclass(eq=False)
class Invalid(Refusal):
    """What was entered cannot be accepted; each field says why."""

    errors: dict[str, Any]
    code: ClassVar[str] = "invalid"


@dataclass(eq=False)
class IllegalTransition(Refusal):
    """Expected a life to move on, but its table does not allow it."""

    life: str
    from_: str
    to: str
    code: ClassVar[str] = "illegal_transition"
