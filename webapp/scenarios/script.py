"""Read a scenario file into frozen values, refusing what it does not understand."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from engine.errors import Refusal
from storage.vocabulary import Post


@dataclass(eq=False)
class BadScenario(Refusal):
    """The scenario file cannot be played; *reason* says what is wrong with it."""

    file: str
    place: str
    reason: str
    code: ClassVar[str] = "bad_scenario"


@dataclass(frozen=True)
class Role:
    """Somebody who acts in a scenario."""

    id: str
    name: str
    posts: tuple[Post, ...]
    unit: str = ""
    title: str = ""
    certificate: str | None = None
    certificate_valid_to: date | None = None
    legal_qualified: bool = False
    login: str = ""  #: the sign-in, where it is not the id


@dataclass(frozen=True)
class Attached:
    """A document or recording that a step brings along."""

    document: str | None = None
    recording: str | None = None
    sample: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    signed: tuple[Mapping[str, Any], ...] = ()
    replaces: bool = False
    device: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    place: str = ""
    officers: tuple[str, ...] = ()
    deposit: bool = False
    file: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Step:
    """One act at one moment, and what is expected of it."""

    number: int
    at: datetime
    actor: str | None = None
    act: str | None = None
    note: str = ""
    task: str | None = None
    subject: str | None = None
    document: str | None = None
    recording: str | None = None
    deadline: str | None = None
    recusal: str | None = None
    waiver: str | None = None
    with_: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None  #: under which its result is remembered
    records: tuple[Attached, ...] = ()
    signs: tuple[Mapping[str, Any], ...] = ()  #: signatures given before the act
    judges: tuple[Mapping[str, Any], ...] = ()  #: answers to whether it is necessary
    refused: Mapping[str, Any] | None = None
    deadlines: tuple[Mapping[str, Any], ...] = ()
    open: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: str | None = None
    demo_ends: bool = False


@dataclass(frozen=True)
class Script:
    """A whole scenario."""

    path: Path
    title: str
    issuer: str
    process: str
    agency: Mapping[str, Any]
    people: tuple[Role, ...]
    steps: tuple[Step, ...]
    demo: bool = False


_SCRIPT = {"title", "issuer", "process", "agency", "person", "step", "demo"}
_ROLE = {
    "id",
    "name",
    "posts",
    "unit",
    "title",
    "certificate",
    "certificate_valid_to",
    "legal_qualified",
    "login",
}
_STEP = {
    "at",
    "actor",
    "act",
    "note",
    "task",
    "subject",
    "document",
    "recording",
    "deadline",
    "recusal",
    "waiver",
    "with",
    "as",
    "record",
    "sign",
    "judge",
    "refused",
    "deadlines",
    "open",
    "locked",
    "facts",
    "status",
    "demo_ends",
}
_LISTS = {"record", "sign", "judge", "deadlines", "open", "locked"}
_RECORD = {
    "document",
    "recording",
    "sample",
    "fields",
    "signed",
    "replaces",
    "device",
    "started",
    "ended",
    "place",
    "officers",
    "deposit",
    "file",
    "as",
}


def read(path: Path) -> Script:
    """Return the scenario in *path*; raises BadScenario."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadScenario(path.name, "", str(error)) from error
    _known(path, "", data, _SCRIPT, {"title", "issuer", "process", "person", "step"})
    people = tuple(_role(path, i, row) for i, row in enumerate(data["person"], 1))
    names = {role.id for role in people}
    steps = tuple(_step(path, i, row, names) for i, row in enumerate(data["step"], 1))
    for earlier, later in pairwise(steps):
        if later.at < earlier.at:
            raise BadScenario(
                path.name, f"step {later.number}", "lies before the step above it"
            )
    return Script(
        path=path,
        title=data["title"],
        issuer=data["issuer"],
        process=data["process"],
        agency=data.get("agency", {}),
        people=people,
        steps=steps,
        demo=bool(data.get("demo", False)),
    )


def _role(path: Path, number: int, row: Mapping[str, Any]) -> Role:
    place = f"person {number}"
    _known(path, place, row, _ROLE, {"id", "name", "posts"})
    try:
        posts = tuple(Post(post) for post in row["posts"])
    except ValueError as error:
        raise BadScenario(path.name, place, str(error)) from error
    return Role(**{**row, "posts": posts})


def _step(path: Path, number: int, row: Mapping[str, Any], names: set[str]) -> Step:
    place = f"step {number}"
    _known(path, place, row, _STEP, {"at"})
    at = row["at"]
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise BadScenario(path.name, place, "at needs date, time and offset")
    actor = row.get("actor")
    if row.get("act") is not None and actor is None:
        raise BadScenario(path.name, place, "an act needs an actor")
    if actor is not None and actor not in names:
        raise BadScenario(path.name, place, f"nobody is called {actor}")
    records = tuple(
        _attached(path, f"{place}, record {i}", record)
        for i, record in enumerate(row.get("record", ()), 1)
    )
    plain = {key: row[key] for key in _STEP - _LISTS - {"with", "as"} if key in row}
    return Step(
        number=number,
        with_=row.get("with", {}),
        name=row.get("as"),
        records=records,
        signs=tuple(row.get("sign", ())),
        judges=tuple(row.get("judge", ())),
        deadlines=tuple(row.get("deadlines", ())),
        open=tuple(row.get("open", ())),
        locked=tuple(row.get("locked", ())),
        **plain,
    )


def _attached(path: Path, place: str, row: Mapping[str, Any]) -> Attached:
    _known(path, place, row, _RECORD, set())
    if ("document" in row) == ("recording" in row):
        raise BadScenario(path.name, place, "is either a document or a recording")
    rest = {k: v for k, v in row.items() if k not in {"as", "signed", "officers"}}
    return Attached(
        **rest,
        name=row.get("as"),
        signed=tuple(row.get("signed", ())),
        officers=tuple(row.get("officers", ())),
    )


def _known(
    path: Path, place: str, row: Mapping[str, Any], keys: set[str], needed: set[str]
) -> None:
    unknown, missing = set(row) - keys, needed - set(row)
    if unknown:
        raise BadScenario(path.name, place, f"unknown key {min(unknown)}")
    if missing:
        raise BadScenario(path.name, place, f"{min(missing)} is missing")
