"""Who may act in which capacity: posts, separation of duties, certificates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from engine.rules.errors import (
    CertificateInvalid,
    PersonRecused,
    PostNotHeld,
    QuorumMissing,
    SeparationOfDuties,
    TooFewOfficers,
)
from storage.vocabulary import Capacity, Post

#: In these somebody speaks for nobody but themselves, and is to be heard.
VOICES = frozenset({Capacity.PANEL_MEMBER, Capacity.COMMITTEE_MEMBER})

#: Only who was assigned acts in these; a post alone does not suffice.
BY_ASSIGNMENT = frozenset(
    {
        Capacity.PANEL_CHAIR,
        Capacity.PANEL_MEMBER,
        Capacity.HEARING_OFFICER,
        Capacity.HEARING_CLERK,
        Capacity.COMMITTEE_CHAIR,
        Capacity.COMMITTEE_MEMBER,
    }
)


class Held(NamedTuple):
    """A capacity that somebody holds or once held in the case."""

    capacity: Capacity
    person_id: UUID
    current: bool = True


@dataclass(frozen=True, kw_only=True)
class Separation:
    """Capacities that one person may not hold in one case."""

    rule: str  #: name of the rule, such as ``SD1``
    capacities: frozenset[Capacity]
    apart_from: frozenset[Capacity]  #: empty: apart from one another
    cites: tuple[str, ...] = ()
    since: date = date.min
    mark: str = ""

    def parts(self, one: Capacity, other: Capacity) -> bool:
        """Say whether the rule keeps *one* and *other* apart."""
        if one is other:
            return False
        if not self.apart_from:
            return {one, other} <= self.capacities
        return (one in self.capacities and other in self.apart_from) or (
            other in self.capacities and one in self.apart_from
        )


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """An officer's enforcement certificate."""

    person_id: UUID
    number: str
    valid_from: date
    valid_to: date


def check_separation(
    capacity: Capacity,
    person: UUID,
    history: Iterable[Held],
    table: Iterable[Separation],
) -> None:
    """Refuse *capacity* to *person* when one held before excludes it.

    What somebody did in the case counts also after another took it over.
    """
    held = sorted({item.capacity for item in history if item.person_id == person})
    for separation in table:
        for other in held:
            if separation.parts(capacity, other):
                raise SeparationOfDuties(
                    capacity, other, separation.rule, separation.cites
                )


def check_not_recused(
    capacity: Capacity,
    person: UUID,
    recused: Collection[UUID],
    cites: tuple[str, ...] = (),
) -> None:
    """Refuse with PersonRecused when *person* was recused from the case."""
    if person in recused:
        raise PersonRecused(capacity, cites)


def check_post(
    capacity: Capacity, held: Collection[Post], allowed: Iterable[Post]
) -> None:
    """Refuse with PostNotHeld when no *held* post carries the capacity."""
    posts = tuple(allowed)
    if not set(posts) & set(held):
        raise PostNotHeld(capacity, posts)


def check_officers(
    certificates: Iterable[Certificate],
    on: date,
    *,
    minimum: int,
    cites: tuple[str, ...] = (),
) -> None:
    """Refuse fewer than *minimum* distinct officers, or a certificate run out.

    Raises:
        TooFewOfficers: not enough different persons.
        CertificateInvalid: some person's certificates do not cover the day.
    """
    shown = tuple(certificates)
    officers = {certificate.person_id for certificate in shown}
    if len(officers) < minimum:
        raise TooFewOfficers(len(officers), minimum, cites)
    valid = {c.person_id for c in shown if c.valid_from <= on <= c.valid_to}
    if officers - valid:
        names = tuple(sorted(str(person) for person in officers - valid))
        raise CertificateInvalid(names, on, cites)


def quorum(eligible: int, *, share: str, minimum: int) -> int:
    """Return how many of the *eligible* must be present, such as ``2/3``."""
    wanted = Fraction(share) * eligible
    return max(minimum, -(-wanted.numerator // wanted.denominator))


def check_quorum(
    eligible: Collection[UUID],
    present: Iterable[UUID],
    *,
    share: str,
    minimum: int,
    cites: tuple[str, ...] = (),
) -> None:
    """Refuse with QuorumMissing; who is not eligible is not counted."""
    counted = len(set(present) & set(eligible))
    need = quorum(len(eligible), share=share, minimum=minimum)
    if counted < need:
        raise QuorumMissing(counted, need, cites)
