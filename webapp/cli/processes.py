"""``flask processes``: check, publish, list and write back the diagrams."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from engine.bpmn.findings import Severity
from engine.bpmn.prove import Offence, Proof
from engine.commands import proofs
from engine.commands.definitions import check, prove_ahead, publish
from engine.commands.errors import BadDiagram
from engine.commands.linting import lint_file
from engine.commands.pinned import SHANGHAI
from engine.errors import CaseError
from forms import registry
from storage.models import ProcessVersion
from storage.queries.versions import proofs_of
from webapp import calendars
from webapp.cli.group import Group
from webapp.cli.setup import PROCESSES
from webapp.clock import now
from webapp.database import session, transaction
from webapp.i18n import finding as worded
from webapp.i18n import phrase, sentence

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
            _tell(refused.process, finding)
        raise


def _tell(name: str, finding: Mapping[str, Any]) -> None:
    severity = phrase("finding", str(finding["severity"]))
    click.echo(f"{name}: {severity}: {worded(finding)}", err=True)


def documents() -> list[str]:
    """Return the codes of every document type."""
    return [definition.code for definition in registry.all()]


@group.command("lint")
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
def lint(paths: tuple[Path, ...]) -> None:
    """Check folders, or single files, as publishing does; needs no database.

    A folder holds everything that publishing needs. A single diagram or decision
    table is checked against the shipped catalogues, whoever has drawn it.
    """
    errors = 0
    for path in paths or (PROCESSES,):
        if path.is_dir():
            click.echo(f"No errors in {_check(path)} processes.")
        else:
            errors += _check_file(path)
    if errors:
        raise click.ClickException(f"{errors} errors.")


def _check_file(path: Path) -> int:
    """Tell what is wrong with one file, and return how many errors it has."""
    files = calendars.processes(PROCESSES)
    try:
        found = lint_file(path.name, path.read_bytes(), files, documents())
    except CaseError as refused:
        click.echo(f"{path}: {sentence(refused)}", err=True)
        return 1
    for finding in found:
        _tell(str(path), finding.facts())
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    click.echo(f"{path}: {errors} errors, {len(found) - errors} notes.")
    return errors


@group.command("prove")
@_folder
@click.option(
    "--note", is_flag=True, help="Only write down the records not yet stated."
)
def prove(folder: Path, note: bool) -> None:  # noqa: FBT001  # click passes it so
    """Prove that no path in FOLDER leaves out what the law asks for."""
    files = calendars.processes(folder)
    today = now().astimezone(SHANGHAI).date()
    if note:
        fresh = proofs.unstated(files, today)
        with (folder / proofs.LAW[1]).open("a", encoding="utf-8") as written:
            for demand in fresh:
                written.write("\n" + proofs.as_toml(demand))
        click.echo(f"{len(fresh)} records are stated now that were not.")
        return
    started = time.perf_counter()
    found = proofs.prove_all(files, today, done=_progress, found=_tell_proofs)
    took = round((time.perf_counter() - started) * 1000)
    click.echo(f"{len(found)} proofs in {took} ms.")
    for (process, offence), authorities in _offences(found).items():
        cites = ", ".join(offence.demand.cites)
        bound = ", ".join(authorities)
        click.echo(
            f"\n{process} ({bound}): {offence.demand.missing} ({cites})", err=True
        )
        for number, stage in enumerate(offence.path, start=1):
            click.echo(f"{number:>5}  {stage}", err=True)
    for process, missing in dict.fromkeys(
        (proof.process, demand.missing) for proof in found for demand in proof.open
    ):
        click.echo(f"{process}: not proved, too many states: {missing}", err=True)
    if not all(proof.holds for proof in found):
        raise click.exceptions.Exit(1)


def _tell_proofs(found: Iterable[Proof]) -> None:
    """Tell what came of one process, a line for each authority."""
    for proof in found:
        holds = "proved" if proof.holds else f"{len(proof.offences)} paths offend"
        holds += f", {len(proof.open)} not explored" if proof.open else ""
        click.echo(
            f"{proof.process:<24}  {proof.authority:<14}"
            f"{proof.states:>7} states{proof.ways:>8} ways"
            f"{len(proof.demands):>5} demands  {holds}"
        )


def _progress(process: str, done: int, count: int) -> None:
    """Show how far a proof is, where somebody looks on."""
    if sys.stderr.isatty():
        end = "\n" if done == count else ""
        click.echo(f"\r{process}: {done}/{count}{end}", nl=False, err=True)


def _offences(found: Iterable[Proof]) -> dict[tuple[str, Offence], list[str]]:
    """Return each offence once, with the authorities that it concerns."""
    told: dict[tuple[str, Offence], list[str]] = {}
    for proof in found:
        for offence in proof.offences:
            told.setdefault((proof.process, offence), []).append(proof.authority)
    return told


@group.command("publish")
@_folder
def publish_folder(folder: Path) -> None:
    """Publish what is new in FOLDER; unchanged files change nothing."""
    _check(folder)
    files = calendars.processes(folder)
    prove_ahead(session(), files, now())
    session().rollback()
    with transaction() as tx:
        fresh = publish(tx, files, documents())
    click.echo(f"{fresh} requirement sets are new.")


@group.command("list")
def list_versions() -> None:
    """List every published version of every process, and when it was proved."""
    versions = session().scalars(
        select(ProcessVersion).order_by(ProcessVersion.key, ProcessVersion.number)
    )
    for version in versions:
        day = version.published_at.date().isoformat()
        found = proofs_of(session(), version.key)
        proof = found.get(version.number) or found.get(None)
        proved = f"proved {proof.proved_at.date().isoformat()}" if proof else ""
        known = f"{version.key}\t{version.number}\t{day}\t{version.digest[:12]}"
        click.echo(f"{known}\t{proved}")


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
