"""The command line: ``flask <noun> <verb>``.

A module of this package offers its verbs as ``group``; being here is enough.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

import click
from flask import Flask


def register(app: Flask) -> None:
    """Give *app* the verbs of every module in this package."""
    for module in pkgutil.iter_modules(__path__):
        found = getattr(import_module(f"{__name__}.{module.name}"), "group", None)
        if isinstance(found, click.Command):
            app.cli.add_command(found)
