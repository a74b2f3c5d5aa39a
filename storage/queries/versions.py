"""The published versions of a process as one authority has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import (
    Event,
    Migration,
    PackVersion,
    Person,
    ProcessVersion,
    RequirementSet,
)
from storage.queries.keyset import EXACT
from storage.queries.line import Line
from storage.queries.migrations import some_under

#: The chain of what belongs to no case.
INSTALLATION = UUID(int=0)
#: So many orders are listed; all are in the chain.
ORDERS = 10


@dataclass
class Version:
    """One version, with the sets of one authority that were published with it."""

    id: UUID
    number: int
    digest: str
    published_at: datetime
    by: str | None  #: who published it; none: the installation itself
    sets: list[UUID] = field(default_factory=list)  #: the newest first
    packs: list[int] = field(default_factory=list)  #: the authority's pack in each
    withdrawn_at: datetime | None = None
    withdrawn_for: str | None = None
    takes_cases: bool = False  #: True: new cases begin under it


def versions(session: Session, process_key: str, issuer: str) -> list[Version]:
    """Return every version that the authority has, the newest first."""
    rows = session.execute(
        select(
            ProcessVersion.id,
            ProcessVersion.number,
            ProcessVersion.digest,
            ProcessVersion.published_at,
            RequirementSet.id.label("set_id"),
            RequirementSet.withdrawn_at,
            RequirementSet.withdrawn_for,
            PackVersion.number.label("pack"),
            Person.name,
        )
        .join(RequirementSet, RequirementSet.process_version_id == ProcessVersion.id)
        .join(PackVersion, RequirementSet.pack_version_id == PackVersion.id)
        .outerjoin(
            Event,
            # The chain of the installation is short; that of all cases is not.
            (Event.stream_id == INSTALLATION)
            & (Event.subject_id == ProcessVersion.id)
            & (Event.tag == "process.published"),
        )
        .outerjoin(Person, Person.id == Event.actor_id)
        .where(ProcessVersion.key == process_key, RequirementSet.issuer == issuer)
        .order_by(RequirementSet.published_at.desc(), RequirementSet.id.desc())
    ).all()
    found: dict[int, Version] = {}
    newest = next((row.set_id for row in rows if row.withdrawn_at is None), None)
    for row in rows:
        version = found.setdefault(
            row.number,
            Version(row.id, row.number, row.digest, row.published_at, row.name),
        )
        version.sets.append(row.set_id)
        version.packs.append(row.pack)
        version.withdrawn_at = row.withdrawn_at
        version.withdrawn_for = row.withdrawn_for
        version.takes_cases |= row.set_id == newest
    return sorted(found.values(), key=lambda version: -version.number)


def running(session: Session, agency_id: UUID, sets: Collection[UUID]) -> int:
    """Return how many cases run under *sets*; beyond EXACT only that more do."""
    count = 0
    for each in sets:
        count += some_under(session, agency_id, each)
        if count > EXACT:
            break
    return count


def orders(session: Session, agency_id: UUID, process_key: str) -> Sequence[Line]:
    """Return the last orders to migrate, newest first: Migration, name of who."""
    return session.execute(
        select(Migration, Person.name)
        .join(Person, Person.id == Migration.started_by_id)
        .where(Migration.agency_id == agency_id, Migration.process_key == process_key)
        .order_by(Migration.id.desc())
        .limit(ORDERS)
    ).all()


@dataclass(frozen=True)
class Explored:
    """What was explored for one authority: states, ways between them, demands."""

    authority: str
    states: int
    ways: int
    demands: int


@dataclass(frozen=True)
class Proof:
    """That no path of a version leaves out what the law asks for."""

    proved_at: datetime
    explored: tuple[Explored, ...]  #: empty: the release then did not keep it


def proofs_of(session: Session, process_key: str) -> dict[int | None, Proof]:
    """Return the last proof of each version by its number.

    Under None is the last one that names no version: of an earlier release. A version
    without a proof of its own says again what had been proved before.
    """
    events = session.scalars(
        select(Event)
        .where(Event.stream_id == INSTALLATION, Event.tag == "process.proved")
        .order_by(Event.seq)
    )
    found: dict[int | None, Proof] = {}
    for event in events:
        facts = event.payload["facts"]
        if facts["key"] == process_key:
            explored = tuple(Explored(**each) for each in facts.get("authorities", ()))
            found[facts.get("version")] = Proof(event.recorded_at, explored)
    return found
