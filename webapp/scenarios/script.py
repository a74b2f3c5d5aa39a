"""Read a scenario file into frozen values, refusing what it does not understand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from engine.errors import Refusal
from storage.vocabulary import Post, RoomKind
from webapp.scenarios import tables
from webapp.scenarios.tables import Shape
from webapp.scenarios.variants import laid_over


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
class Place:
    """A room that the agency has before the first step."""

    id: str
    name: str
    kind: RoomKind
    address: str = ""
    equipment: tuple[str, ...] = ()
    keepers: tuple[str, ...] = ()
    approver: str | None = None


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
    carrier: str | None = None  #: who filmed; None: who declares, or the first
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
    rooms: tuple[Place, ...] = ()
    demo: bool = False


_LISTS = {"record", "sign", "judge", "deadlines", "open", "locked"}


def read(path: Path) -> Script:
    """Return the scenario in *path*; raises BadScenario."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        if "base" in data:
            data = laid_over(path, data)
    except (OSError, ValueError) as error:  # not text, not TOML, not of its base
        raise BadScenario(path.name, "", str(error)) from error
    file = _File(path.name)
    file.check("", data, tables.SCRIPT)
    people = tuple(file.person(i, row) for i, row in enumerate(data["person"], 1))
    file.people = {role.id for role in people}
    if len(file.people) < len(people):
        raise BadScenario(path.name, "person", "two people have one id")
    rooms = tuple(file.room(i, row) for i, row in enumerate(data.get("room", ()), 1))
    steps = tuple(file.step(i, row) for i, row in enumerate(data["step"], 1))
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
        rooms=rooms,
        demo=data.get("demo", False),
    )


class _File:
    """The tables of one file, read one by one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.people = set[str]()

    def person(self, number: int, row: Mapping[str, Any]) -> Role:
        """Read one of the people."""
        place = f"person {number}"
        self.check(place, row, tables.PERSON)
        try:
            posts = tuple(Post(post) for post in row["posts"])
        except ValueError as error:
            raise BadScenario(self.name, place, str(error)) from error
        return Role(**{**row, "posts": posts})

    def room(self, number: int, row: Mapping[str, Any]) -> Place:
        """Read one of the rooms."""
        place = f"room {number}"
        self.check(place, row, tables.ROOM)
        self.known(place, row.get("keepers", ()))
        self.known(place, [row["approver"]] if "approver" in row else [])
        try:
            kind = RoomKind(row["kind"])
        except ValueError as error:
            raise BadScenario(self.name, place, str(error)) from error
        lists = {k: tuple(row[k]) for k in ("equipment", "keepers") if k in row}
        return Place(**{**row, **lists, "kind": kind})

    def step(self, number: int, row: Mapping[str, Any]) -> Step:
        """Read one step with everything it brings along and expects."""
        place = f"step {number}"
        self.check(place, row, tables.STEP)
        actor = row.get("actor")
        if actor is None and {"act", "record", "judge"} & set(row):
            raise BadScenario(self.name, place, "an act needs an actor")
        self.known(place, [actor] if actor is not None else [])
        records = tuple(
            self.attached(f"{place}, record {i}", record)
            for i, record in enumerate(row.get("record", ()), 1)
        )
        for signature in row.get("sign", ()):
            self.signature(place, signature, tables.SIGN, actor)
        for answer in row.get("judge", ()):
            self.check(place, answer, tables.JUDGE)
        for deadline in row.get("deadlines", ()):
            if tables.DEADLINE_AT.wrong(deadline):
                self.check(place, deadline, tables.DEADLINE)
        plain = {key: row[key] for key in row.keys() - _LISTS - {"with", "as"}}
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

    def attached(self, place: str, row: Mapping[str, Any]) -> Attached:
        """Read a document or recording that a step brings along."""
        self.check(place, row, tables.RECORD)
        if ("document" in row) == ("recording" in row):
            raise BadScenario(self.name, place, "is either a document or a recording")
        for signature in row.get("signed", ()):
            self.signature(place, signature, tables.SIGNED, "")
        self.known(place, row.get("officers", ()))
        self.known(place, [row["carrier"]] if "carrier" in row else [])
        rest = {k: v for k, v in row.items() if k not in {"as", "signed", "officers"}}
        return Attached(
            **rest,
            name=row.get("as"),
            signed=tuple(row.get("signed", ())),
            officers=tuple(row.get("officers", ())),
        )

    def signature(
        self, place: str, row: Mapping[str, Any], shape: Shape, actor: str | None
    ) -> None:
        """Check a signature: its keys, and who gives it."""
        self.check(place, row, shape)
        if "by" in row:
            self.known(place, [row["by"]])
        elif actor is None:
            raise BadScenario(self.name, place, "a signature needs an actor")

    def known(self, place: str, people: Iterable[Any]) -> None:
        """Refuse a name that no person of the file has."""
        for person in people:
            if person not in self.people:
                raise BadScenario(self.name, place, f"nobody is called {person}")

    def check(self, place: str, row: object, shape: Shape) -> None:
        """Refuse a table of another shape."""
        wrong = shape.wrong(row)
        if wrong is not None:
            raise BadScenario(self.name, place, wrong)
