"""``flask processes``: check, publish, list and write back the diagrams."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from engine.commands.definitions import check, publish
from engine.commands.errors import BadDiagram
from forms import registry
from storage.models import ProcessVersion
from webapp import calendars
from webapp.cli.group import Group
from webapp.cli.setup import PROCESSES
from webapp.database import session, transaction

group = Group("processes", help="Diagrams, decision tables and rule packs.")

_folder = click.argument(
    "folder",
    default=PROCESSES,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)


def _check(folder: Path) -> int:
    try:
        return len(check(calendars.processes(folder), documents()))
    except BadDiagram as refused:
        for finding in refused.findings:
            click.echo(f"{refused.process}: {finding}", err=True)
        raise


def documents() -> list[str]:
    """Return the codes of every document type."""
    return [definition.code for definition in registry.all()]


@group.command("lint")
@_folder
def lint(folder: Path) -> None:
    """Check everything in FOLDER as publishing does; needs no database."""
    click.echo(f"No errors in {_check(folder)} processes.")


@group.command("publish")
@_folder
def publish_folder(folder: Path) -> None:
    """Publish what is new in FOLDER; unchanged files change nothing."""
    _check(folder)
    with transaction() as tx:
        fresh = publish(tx, calendars.processes(folder), documents())
    click.echo(f"{fresh} requirement sets are new.")


@group.command("list")
def list_versions() -> None:
    """List every published version of every process."""
    versions = session().scalars(
        select(ProcessVersion).order_by(ProcessVersion.key, ProcessVersion.number)
    )
    for version in versions:
        day = version.published_at.date().isoformat()
        click.echo(f"{version.key}\t{version.number}\t{day}\t{version.digest[:12]}")


@group.command("export")
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--number", type=int, help="The version; the newest when not given.")
def export(key: str, folder: Path, number: int | None) -> None:
    """Write the files of process KEY below FOLDER, byte for byte as published."""
    query = select(ProcessVersion).where(ProcessVersion.key == key)
    if number is not None:
        query = query.where(ProcessVersion.number == number)
    version = session().scalar(query.order_by(ProcessVersion.number.desc()).limit(1))
    if version is None:
        raise click.ClickException(f"No such version of {key} is published.")
    for name, text in version.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        click.echo(path)
