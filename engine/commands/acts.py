"""Every act the product knows, by name; the one door through which all are called."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Any, TypeVar
from uuid import UUID

from engine.actor import Actor
from engine.commands.errors import UnknownAct
from engine.errors import Invalid
from storage.limits import TooLong
from storage.transaction import Early, Transaction

F = TypeVar("F", bound="Callable[..., dict[str, Any]]")

#: What every act returns: JSON's own types, kept for a repeated command.
Result = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One registered act."""

    name: str
    function: Callable[..., Result]
    #: What it asks first, by its parameters; sent along with whether it was done.
    early: Callable[[Mapping[str, Any]], Iterable[Early]] = lambda _: ()

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The named parameters and their types, without transaction and actor."""
        hints = typing.get_type_hints(self.function)
        return {
            name: hints[name]
            for name in inspect.signature(self.function).parameters
            if name not in {"tx", "actor"}
        }

    @cached_property
    def required(self) -> frozenset[str]:
        """The parameters without which the act is refused."""
        return frozenset(
            name
            for name, parameter in inspect.signature(self.function).parameters.items()
            if name in self.parameters and parameter.default is inspect.Parameter.empty
        )


#: The registry; modules of commands fill it when they are imported.
ACTS: dict[str, Act] = {}


def act(
    name: str, early: Callable[[Mapping[str, Any]], Iterable[Early]] = lambda _: ()
) -> Callable[[F], F]:
    """Register a command under *name* (``noun.verb``).

    *early* tells from its parameters, unchecked, what it asks first.
    """

    def register(function: F) -> F:
        if name in ACTS:
            message = f"two acts are called {name}"
            raise ValueError(message)
        ACTS[name] = Act(name, function, early)
        return function

    return register


def perform(
    tx: Transaction, name: str, *, actor: Actor, params: Mapping[str, Any]
) -> Result:
    """Carry out one act; the same command again gives the first result.

    Raises:
        UnknownAct: no such act or parameter.
        Invalid: a parameter is missing or not of its type.
    """
    known = ACTS.get(name)
    if known is None:
        raise UnknownAct(name, None)
    prior = tx.replay(known.early(params))
    if prior is not None:
        return dict(prior)
    try:
        return known.function(tx, actor=actor, **coerce(known, params))
    except TooLong as error:
        told = {"code": "too_long", "max": error.most}
        raise Invalid({error.column: [told]}) from error


def coerce(known: Act, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return *params* in the types that the act asks for."""
    for name in params:
        if name not in known.parameters:
            raise UnknownAct(known.name, name)
    errors: dict[str, Any] = {
        name: ["required"] for name in sorted(known.required - params.keys())
    }
    values: dict[str, Any] = {}
    for name, value in params.items():
        try:
            _check_text(value)
            values[name] = _coerce(known.parameters[name], value)
        except (TypeError, ValueError):
            errors[name] = ["not_of_type"]
    if errors:
        raise Invalid(errors)
    return values


def _check_text(value: Any) -> None:
    """Refuse what JSON can spell and no database keeps; raises ValueError."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError(value)
        value.encode()  # half a surrogate pair is no character
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_text(item)


@cache
def _taken_apart(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return what a kind is made from, and of what."""
    return typing.get_origin(kind), typing.get_args(kind)


def _coerce(kind: Any, value: Any) -> Any:
    origin, options = _taken_apart(kind)
    if origin in {typing.Union, UnionType}:
        if value is None and NoneType in options:
            return None
        return _coerce(next(o for o in options if o is not NoneType), value)
    if origin in {list, tuple}:
        if not isinstance(value, list | tuple):
            raise TypeError(value)
        return [_coerce(options[0], item) for item in value]
    if kind is Any or (isinstance(kind, type) and isinstance(value, kind)):
        return value
    if isinstance(value, str):
        return _parse(kind, value)
    if origin is not None and isinstance(value, origin):
        return value
    raise TypeError(value)


def _parse(kind: Any, value: str) -> Any:
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    raise TypeError(value)
