"""How every way in calls a command: find it by name, in one transaction."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import engine.commands
from engine.commands.acts import perform
from webapp.auth.current import current_actor
from webapp.database import transaction


def load() -> None:
    """Import every module of commands, so that their acts are registered."""
    for module in pkgutil.iter_modules(engine.commands.__path__):
        import_module(f"{engine.commands.__name__}.{module.name}")
    import_module("forms.submission")


def do(name: str, /, **params: Any) -> dict[str, Any]:
    """Carry out one act for whoever is signed in; returns the command's result."""
    actor = current_actor()
    with transaction() as tx:
        return perform(tx, name, actor=actor, params=params)
