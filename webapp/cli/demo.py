"""``flask demo``: cases to look at, made by walking scenarios."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from storage.models import Agency, Case
from webapp import acts
from webapp.auth.passwords import hash_password
from webapp.cli import people
from webapp.cli.group import Group
from webapp.database import session
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.script import Script
from webapp.scenarios.stage import Stage
from webapp.settings import settings

group = Group("demo", help="Fill an installation with cases to look at.")

#: Where the shipped scenarios lie.
PROCESSES = Path(__file__).parents[2] / "processes"


@group.command("load")
@with_appcontext
def load() -> None:
    """Walk every scenario marked ``demo`` up to where a visitor goes on."""
    acts.load()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy ends with its context
    for script in demo_scripts():
        number = _loaded(script)
        if number is not None:
            click.echo(f"{number} is there already: {script.title}")
            continue
        click.echo(f"{script.title} ({len(script.steps)} steps)")
        stage = Stage(lambda: app, script)
        stage.enter(hash_password(people.password_for(settings())))
        player = Player(script, stage)
        differing = 0
        steps = player.play(demo=True)
        with click.progressbar(steps, length=len(script.steps)) as shown:
            for played in shown:
                differing += not played.agrees
        if differing:
            message = f"{differing} steps came out otherwise than the scenario says."
            raise click.ClickException(message)
        click.echo(f"{_loaded(script)} is open for you to go on with.")


def demo_scripts() -> list[Script]:
    """Return the shipped scenarios that are marked for demonstration."""
    paths = sorted(PROCESSES.glob("*/scenarios/*.toml"))
    found = [scripts.read(path) for path in paths]
    return [script for script in found if script.demo]


def _loaded(script: Script) -> str | None:
    number = session().scalar(
        select(Case.number)
        .join(Agency, Agency.id == Case.agency_id)
        .where(
            Agency.name == script.agency.get("name", script.issuer),
            Case.opened_at == script.steps[0].at,
        )
        .limit(1)
    )
    session().rollback()  # the next look must not see this one's snapshot
    return number
