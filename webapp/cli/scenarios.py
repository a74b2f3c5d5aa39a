"""``flask scenarios``: play scenario files in a scratch installation."""

from __future__ import annotations

import tempfile
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from engine.commands.acts import ACTS
from engine.errors import CaseError
from webapp import acts
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Played, Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

#: What the types of parameters are called in a scenario.
WORDS = {
    UUID: "reference",
    Mapping: "table",
    dict: "table",
    str: "text",
    int: "number",
    bool: "true|false",
    date: "date",
    datetime: "instant",
}

group = AppGroup("scenarios", help="Play scenario files through the real commands.")


@group.command("run")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--restart", is_flag=True, help="Play each step in a freshly started server."
)
@click.option("--quiet", is_flag=True, help="Print only what differs.")
@with_appcontext
def run(files: tuple[Path, ...], *, restart: bool, quiet: bool) -> None:
    """Play FILES one by one; exits with 1 on any difference."""
    differences = 0
    for file in files:
        differences += play_file(file, current_app.root_path, restart, quiet)
    if differences:
        raise click.exceptions.Exit(1)


@group.command("acts")
def list_acts() -> None:
    """List the acts that a step may name, with what goes into ``with``."""
    acts.load()
    for name, act in sorted(ACTS.items()):
        params = [
            f"{key}{'' if key in act.required else '?'}: {_kind(kind)}"
            for key, kind in act.parameters.items()
        ]
        click.echo(f"{name}  {', '.join(params)}")


def _kind(kind: Any) -> str:
    """Say a type of Python in the words of the file."""
    options = [o for o in typing.get_args(kind) if o is not NoneType]
    origin = typing.get_origin(kind)
    if origin in {typing.Union, UnionType}:
        return _kind(options[0])
    if origin is list:
        return f"list of {_kind(options[0])}"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "|".join(kind)
    return WORDS.get(origin or kind, str(kind))


def play_file(file: Path, root: str, restart: bool, quiet: bool) -> int:  # noqa: FBT001
    """Play one file in a folder that is thrown away; returns how many steps differ."""
    try:
        script = scripts.read(file)
    except CaseError as error:
        click.echo(f"{file}: {error.code}: {' '.join(map(str, error.args))}", err=True)
        return 1
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        make: Callable[[], Flask] = scratch_app(Path(folder), Path(root).parent)
        stage = Stage(make, script)
        stage.enter()
        click.echo(f"{script.title}  ({file.name})")
        count = differing = 0
        for played in Player(script, stage).play(restart=restart):
            count += 1
            differing += not played.agrees
            if not (quiet and played.agrees):
                _tell(played)
    click.echo(f"{count} steps, {differing} differing\n")
    return differing


def _tell(played: Played) -> None:
    step = played.step
    verdict = "accepted" if played.refused is None else f"refused {_why(played)}"
    mark = "ok  " if played.agrees else "DIFF"
    what = " ".join(
        part
        for part in (step.actor or "-", step.act or "wait", step.task or step.document)
        if part
    )
    click.echo(f"{mark} {step.number:3} {step.at:%Y-%m-%d %H:%M}  {what}: {verdict}")
    for difference in played.differences:
        click.echo(f"         {difference.what}: expected {difference.expected}")
        click.echo(
            f"         {' ' * len(difference.what)}  actual   {difference.actual}"
        )


def _why(played: Played) -> str:
    refused = played.refused or {}
    cites = refused.get("cites")
    code = str(refused["code"])
    return f"{code} [{', '.join(cites)}]" if cites else code
