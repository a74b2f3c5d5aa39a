"""JSON under /api/v1: a module for each resource."""

from __future__ import annotations

from flask import Flask

from webapp.api import (
    cases,
    deadlines,
    documents,
    equipment,
    flags,
    migration,
    moves,
    people,
    processes,
    recordings,
    rooms,
    rules,
    tasks,
    waivers,
)
from webapp.api.resource import register as _register


def register(app: Flask) -> None:
    """Serve every resource of *app* and their description."""
    modules = (
        cases,
        tasks,
        moves,
        documents,
        recordings,
        waivers,
        deadlines,
        people,
        processes,
        rules,
        flags,
        migration,
        equipment,
        rooms,
    )
    _register(app, [module.blueprint for module in modules])
