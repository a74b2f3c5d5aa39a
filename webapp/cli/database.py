"""``flask db``: bring the database to the models, and see whether it is."""

from __future__ import annotations

from pathlib import Path

import click
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Model
from webapp.cli.group import Group
from webapp.database import engine

group = Group("db", help="Migrate the database.")

MIGRATIONS = Path(__file__).parents[2] / "storage" / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade_to(revision: str) -> None:
    """Run the migrations up to *revision*, all in one transaction."""
    # SQLite needs its write lock from the start; PostgreSQL ignores the option.
    with (
        engine().connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        command.upgrade(_config(connection), revision)


def head() -> str | None:
    """Return the newest revision that this release knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current() -> str | None:
    """Return the revision that the database is at; None when it is at none."""
    with engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Run the migrations that are missing, up to REVISION."""
    upgrade_to(revision)
    click.echo(f"The database is at revision {current()}.")


@group.command("check")
def check() -> None:
    """Say whether the database is what the models ask for."""
    if current() != head():
        message = f"The database is at {current()}, not at {head()}: flask db upgrade"
        raise click.ClickException(message)
    with engine().connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection), Model.metadata
        )
    if differences:
        raise click.ClickException(f"The database differs: {differences!r}")
    click.echo(f"The database is at revision {current()} and agrees with the models.")
