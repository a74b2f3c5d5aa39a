"""``flask setup``: everything that a fresh installation needs; again is harmless."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from engine.commands.definitions import prove_ahead, publish
from forms import registry
from webapp import calendars
from webapp.cli import database, people
from webapp.cli.group import spoken
from webapp.clock import now
from webapp.database import session, transaction
from webapp.settings import settings

#: Where the shipped diagrams, tables, packs and clauses lie.
PROCESSES = Path(__file__).parents[2] / "processes"


@click.command("setup")
@with_appcontext
@spoken
def group() -> None:
    """Make folders, key and database, publish the processes, add demo people."""
    settings().var_dir.mkdir(parents=True, exist_ok=True)
    database.upgrade_to("head")
    click.echo("  Database is up to date.")
    click.echo(f"  Processes: {publish_shipped()} requirement sets are new.")
    _people()


def publish_shipped() -> int:
    """Publish what is new among the shipped files; returns how many sets are new."""
    files = calendars.processes(PROCESSES)
    prove_ahead(session(), files, now())
    session().rollback()
    with transaction() as tx:
        codes = [definition.code for definition in registry.all()]
        return publish(tx, files, codes)


def _people() -> None:
    logins = settings().var_dir / "logins.txt"
    password = people.password_for(settings())
    with transaction() as tx:
        if people.is_empty(tx):
            people.add_people(tx, password)
            logins.touch(mode=0o600)
            logins.write_text(people.describe(password), "utf-8")
    if logins.is_file():
        click.echo(f"  Demonstration logins are in {logins}.")
