"""Groups of command-line verbs whose refusals are sentences, not tracebacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from engine.errors import CaseError
from webapp.errors import problem


class Group(AppGroup):
    """The verbs of one noun."""

    def command(  # type: ignore[override]  # the library leaves it untyped
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Add a verb; what it refuses is told in one sentence."""
        add = super().command(*args, **kwargs)

        def decorate(run: Callable[..., Any]) -> click.Command:
            made: click.Command = add(spoken(run))
            return made

        return decorate


def spoken(run: Callable[..., Any]) -> Callable[..., Any]:
    """Return *run* with its refusals turned into click's."""

    @wraps(run)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(*args, **kwargs)
        except CaseError as refusal:
            found = problem(refusal)
            message = f"{found['detail']} ({found['code']})"
            raise click.ClickException(message) from refusal

    return told
