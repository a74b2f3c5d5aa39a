"""Look people up as actors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.commands.pinned import SHANGHAI
from engine.rules.errors import CertificateInvalid
from storage.models import Person

if TYPE_CHECKING:
    from engine.commands.work import Work


def actor_of(session: Session, person_id: UUID) -> Actor | None:
    """Return an active person as an actor; None if there is none."""
    person = session.get(Person, person_id)
    return as_actor(person) if person is not None and person.active else None


def as_actor(person: Person) -> Actor:
    """Return *person* as commands see them."""
    return Actor(
        id=person.id,
        agency_id=person.agency_id,
        unit_id=person.unit_id,
        posts=frozenset(held.post for held in person.posts),
    )


def check_certificate(work: Work, person: Person) -> None:
    """Refuse an officer whose certificate does not cover today.

    Raises:
        CertificateInvalid: it is missing or has run out.
    """
    today = work.tx.now.astimezone(SHANGHAI).date()
    until = person.certificate_valid_to
    if not person.certificate or until is None or until < today:
        cited = work.rules.cited["minimum_officers"].cites
        raise CertificateInvalid((str(person.id),), today, cited)


def people(session: Session, ids: Iterable[UUID]) -> list[Person]:
    """Return the people with these ids, in the same order; unknown ids are left out."""
    wanted = list(ids)
    found = {
        p.id: p for p in session.scalars(select(Person).where(Person.id.in_(wanted)))
    }
    return [found[i] for i in wanted if i in found]
