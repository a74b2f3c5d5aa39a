"""``flask config``: the settings in force."""

from __future__ import annotations

from dataclasses import fields

import click

from webapp.cli.group import Group
from webapp.config import PREFIX
from webapp.settings import settings

group = Group("config", help="The settings in force.")


@group.command("check")
def check() -> None:
    """Print every setting that is no secret; bad ones were refused before this."""
    kept = settings()
    for declared in fields(kept):
        value = getattr(kept, declared.name) if declared.repr else "(not shown)"
        click.echo(f"{PREFIX}{declared.name.upper()}={'' if value is None else value}")
    click.echo("The settings agree with each other.")
