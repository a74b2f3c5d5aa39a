"""The operations that service tasks may name; commands register them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.runtime.errors import UnknownOperation


@dataclass(frozen=True)
class ServiceCall:
    """What an operation is told: where it runs, and on what facts."""

    operation: str
    process: str
    element: str
    path: tuple[str, ...]
    scope: str
    subject: str | None  #: the document that the call is about
    facts: Mapping[str, Any]
    context: Any  #: whatever the caller of the instance passed along


#: Returns facts to add, or nothing.
Operation = Callable[[ServiceCall], Mapping[str, Any] | None]
_Registered = TypeVar("_Registered", bound=Operation)

#: The facts that an operation may add, each with the values it may have.
Notes = Mapping[str, tuple[Any, ...]]

_operations: dict[str, Operation] = {}
_notes: dict[str, Notes] = {}


def service_task(
    name: str, notes: Notes | None = None
) -> Callable[[_Registered], _Registered]:
    """Register the decorated function as the operation *name*.

    A proof relies on *notes*: what is not said there the operation may not add.

    Raises:
        ValueError: the name is taken.
    """

    def register(operation: _Registered) -> _Registered:
        if _operations.get(name, operation) is not operation:
            raise ValueError(f"operation {name!r} is registered twice")
        _operations[name] = operation
        _notes[name] = notes or {}
        return operation

    return register


def operations() -> frozenset[str]:
    """Return the names of all registered operations."""
    return frozenset(_operations)


def noted() -> Mapping[str, Notes]:
    """Return what each registered operation may add."""
    return dict(_notes)


def carry_out(call: ServiceCall) -> Mapping[str, Any]:
    """Run an operation and return the facts it adds.

    Raises:
        UnknownOperation: nobody registered it.
        ValueError: it adds what it was not registered to add.
    """
    operation = _operations.get(call.operation)
    if operation is None:
        raise UnknownOperation(call.operation)
    added = operation(call) or {}
    notes = _notes[call.operation]
    for fact, value in added.items():
        if value not in notes.get(fact, ()):
            raise ValueError(f"{call.operation!r} may not note {fact}={value!r}")
    return added
