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
    facts: Mapping[str, Any]
    context: Any  #: whatever the caller of the instance passed along


#: Returns facts to add, or nothing.
Operation = Callable[[ServiceCall], Mapping[str, Any] | None]
_Registered = TypeVar("_Registered", bound=Operation)

_operations: dict[str, Operation] = {}


def service_task(name: str) -> Callable[[_Registered], _Registered]:
    """Register the decorated function as the operation *name*.

    Raises:
        ValueError: the name is taken.
    """

    def register(operation: _Registered) -> _Registered:
        if _operations.get(name, operation) is not operation:
            raise ValueError(f"operation {name!r} is registered twice")
        _operations[name] = operation
        return operation

    return register


def operations() -> frozenset[str]:
    """Return the names of all registered operations."""
    return frozenset(_operations)


def carry_out(call: ServiceCall) -> Mapping[str, Any]:
    """Run an operation and return the facts it adds.

    Raises:
        UnknownOperation: nobody registered it.
    """
    operation = _operations.get(call.operation)
    if operation is None:
        raise UnknownOperation(call.operation)
    return operation(call) or {}
