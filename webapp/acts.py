"""How every way in calls a command: find it by name, in one transaction."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from flask import g

import engine.commands
from engine.commands.acts import perform
from storage.digest import canonical, sha256
from webapp.auth.current import current_actor
from webapp.database import sent_command_id, transaction


def load() -> None:
    """Import every module of commands, so that their acts are registered."""
    for module in pkgutil.iter_modules(engine.commands.__path__):
        import_module(f"{engine.commands.__name__}.{module.name}")
    import_module("forms.submission")


def do(name: str, /, **params: Any) -> dict[str, Any]:
    """Carry out one act for whoever is signed in; returns the command's result.

    A request that carries out several has a command for each: sent again, each of
    them is the same command as before.
    """
    sent = sent_command_id()
    if sent is not None:
        g.acts_done = done = g.get("acts_done", 0) + 1
        if done > 1:
            sent = sha256(f"{sent} {done} {name}".encode())
    return _perform(name, params, sent)


def do_each(name: str, /, **params: Any) -> dict[str, Any]:
    """Carry out one of several like acts of a request, each known by what it is about.

    The request may be sent again when there is less left to do.
    """
    sent = sent_command_id()
    if sent is not None:
        sent = sha256(canonical({"of": sent, "act": name, "params": params}))
    return _perform(name, params, sent)


def _perform(
    name: str, params: dict[str, Any], command_id: str | None
) -> dict[str, Any]:
    actor = current_actor()
    with transaction(command_id) as tx:
        return perform(tx, name, actor=actor, params=params)
