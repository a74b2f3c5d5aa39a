"""The installation in which a scenario is played: people, files, one clock."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from PIL import Image
from sqlalchemy import select

from engine.actor import Actor
from engine.commands import firing
from engine.commands.acts import Result, perform
from engine.commands.people import as_actor
from storage.database import new_id
from storage.models import (
    Agency,
    Deadline,
    Person,
    PersonPost,
    Room,
    StoredObject,
    Unit,
)
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, Post
from webapp import clock, database
from webapp.objects import objects
from webapp.scenarios.script import Place, Role, Script

#: A deadline takes effect in the second after its last moment.
A_SECOND = timedelta(seconds=1)


class Stage:
    """One application with the people of a scenario in it."""

    def __init__(self, make_app: Callable[[], Flask], script: Script) -> None:
        self.make_app = make_app
        self.app = make_app()
        self.script = script
        self.people: dict[str, UUID] = {}
        self.rooms: dict[str, UUID] = {}

    def restart(self) -> None:
        """Throw everything in memory away, as a restarted server does."""
        with self.app.app_context():
            database.engine().dispose()
        self.app = self.make_app()

    def enter(self, password_hash: str = "") -> None:
        """Put agency, units, people and rooms of the scenario into the database.

        Who is there already stays as they are; new people get the given hash.
        """
        script = self.script
        with self.app.app_context(), database.transaction() as tx:
            name = script.agency.get("name", script.issuer)
            agency = tx.session.scalar(select(Agency).where(Agency.name == name))
            if agency is None:
                letterhead = {k: v for k, v in script.agency.items() if k != "name"}
                agency = Agency(
                    id=new_id(), issuer=script.issuer, name=name, letterhead=letterhead
                )
                tx.add(agency)
            units: dict[str, Unit] = {
                unit.name: unit
                for unit in tx.session.scalars(
                    select(Unit).where(Unit.agency_id == agency.id)
                )
            }
            for role in script.people:
                if role.unit and role.unit not in units:
                    units[role.unit] = Unit(
                        id=new_id(), agency_id=agency.id, name=role.unit
                    )
                    tx.add(units[role.unit])
            tx.session.flush()
            for role in script.people:
                unit = units.get(role.unit)
                unit_id = unit.id if unit else None
                self.people[role.id] = self._person(
                    tx.session, agency.id, unit_id, role, password_hash
                )
            for place in script.rooms:
                self.rooms[place.id] = self._room(tx, agency.id, place)

    def act(
        self, at: datetime, who: str, name: str, params: Mapping[str, Any]
    ) -> Result:
        """Carry out one act as *who* at the moment *at*."""
        with (
            self.app.app_context(),
            clock.standing_at(at),
            database.transaction() as tx,
        ):
            return perform(tx, name, actor=self.actor(tx.session, who), params=params)

    def actor(self, session: Any, who: str) -> Actor:
        """Return a person of the scenario as commands see them."""
        return as_actor(session.get_one(Person, self.people[who]))

    def pass_time(self, until: datetime) -> None:
        """Let every deadline up to *until* take effect at its own moment."""
        tried = set[UUID]()
        with self.app.app_context():
            while True:
                session = database.session()
                row = session.execute(
                    select(Deadline.id, Deadline.due_at)
                    .where(
                        Deadline.status == DeadlineStatus.RUNNING,
                        Deadline.due_at < until,
                        Deadline.parked_at.is_(None),
                        Deadline.id.not_in(tried),
                    )
                    .order_by(Deadline.due_at)
                    .limit(1)
                ).first()
                session.rollback()
                if row is None:
                    return
                with (
                    clock.standing_at(min(row.due_at + A_SECOND, until)),
                    database.transaction() as tx,
                ):
                    firing.fire(tx, row.id)
                tried.add(row.id)

    def store(self, medium: str, file: Path | None, at: datetime) -> tuple[str, str]:
        """Put a file, or a small real one of *medium*, into the store."""
        data = file.read_bytes() if file is not None else example(medium, at)
        name = file.name if file is not None else f"{medium}-{at:%Y%m%d-%H%M%S}"
        with self.app.app_context(), clock.standing_at(at):
            stored = objects().put([data])
            with database.transaction() as tx:
                if tx.session.get(StoredObject, stored.sha256) is None:
                    tx.add(
                        StoredObject(
                            sha256=stored.sha256,
                            sm3=stored.sm3,
                            size=stored.size,
                            media_type=MEDIA_TYPES[medium],
                            stored_at=tx.now,
                        )
                    )
        return stored.sha256, name + SUFFIXES[medium] if file is None else name

    def _room(self, tx: Transaction, agency_id: UUID, place: Place) -> UUID:
        """Return a room of the agency, entered into the register if it is not there."""
        known = tx.session.scalar(
            select(Room.id).where(
                Room.agency_id == agency_id,
                Room.name == place.name,
                Room.withdrawn_at.is_(None),
            )
        )
        if known is not None:
            return known
        row = Room(
            id=new_id(),
            agency_id=agency_id,
            name=place.name,
            kind=place.kind,
            address=place.address,
            equipment=list(place.equipment),
            keepers=[str(self.people[each]) for each in place.keepers],
            approver_id=self.people[place.approver] if place.approver else None,
            registered_by_id=next(iter(self.people.values())),
            registered_at=tx.now,
        )
        tx.add(row)
        return row.id

    def _person(
        self,
        session: Any,
        agency_id: UUID,
        unit_id: UUID | None,
        role: Role,
        password_hash: str,
    ) -> UUID:
        login = role.login or role.id
        person = session.scalar(select(Person).where(Person.login == login))
        if person is None:
            person = Person(
                id=new_id(),
                agency_id=agency_id,
                unit_id=unit_id,
                login=login,
                name=role.name,
                title=role.title,
                certificate=role.certificate,
                certificate_valid_to=role.certificate_valid_to,
                legal_qualified=role.legal_qualified,
                password_hash=password_hash,
                posts=[PersonPost(post=Post(post)) for post in role.posts],
            )
            session.add(person)
        session.flush()
        identifier: UUID = person.id
        return identifier


MEDIA_TYPES = {
    "photo": "image/jpeg",
    "audio": "audio/wav",
    "video": "video/mp4",
    "room_video": "video/mp4",
}
SUFFIXES = {"photo": ".jpg", "audio": ".wav", "video": ".mp4", "room_video": ".mp4"}


def example(medium: str, at: datetime) -> bytes:
    """Return a small whole file of *medium* that no other moment's equals."""
    stamp = struct.pack(">q", int(at.timestamp()))
    if medium == "photo":
        picture = Image.new("RGB", (64, 48), tuple(stamp[-3:]))
        written = io.BytesIO()
        picture.save(written, "JPEG", comment=stamp.hex().encode())
        return written.getvalue()
    if medium == "audio":
        written = io.BytesIO()
        with wave.open(written, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(stamp * 1000)
        return written.getvalue()
    film = (Path(__file__).parent / "example.mp4").read_bytes()
    return film + struct.pack(">I4s8s", 16, b"free", stamp)
