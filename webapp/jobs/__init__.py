"""Work outside of commands: plain functions, found by the kind of a job row."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Run = Callable[[Mapping[str, Any]], None]

#: What to run for each kind of job; modules fill it when they are imported.
KINDS: dict[str, Run] = {}


def job(kind: str) -> Callable[[Run], Run]:
    """Register a function as what is run for jobs of *kind*."""

    def register(run: Run) -> Run:
        if kind in KINDS:
            message = f"two jobs are called {kind}"
            raise ValueError(message)
        KINDS[kind] = run
        return run

    return register


def load() -> None:
    """Import every module of jobs, so that their kinds are registered."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
