"""Who was there: enough certified officers, and one interviewee at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.commands.segments import Step, segment_of
from engine.rules.agreement import Finding, Matter
from engine.rules.authority import Certificate, check_officers
from engine.rules.coherence import overlapping
from engine.rules.deadlines import SHANGHAI
from engine.rules.errors import CertificateInvalid, TooFewOfficers
from storage.models import Person, Recording


def officers(step: Step) -> Iterator[Finding]:
    """Yield that those recorded are too few, or not certified on the day of the act."""
    asked, films = step.asked.officers, step.films
    if not asked or not films:
        return
    day = films[0].span.start.astimezone(SHANGHAI).date()
    there = {person for film in films for person in film.officers}
    rows = step.work.tx.session.scalars(select(Person).where(Person.id.in_(there)))
    cards = [
        Certificate(
            person_id=row.id,
            number=row.certificate or "",
            valid_from=date.min,
            valid_to=row.certificate_valid_to
            if row.certificate and row.certificate_valid_to
            else date.min,
        )
        for row in rows
    ]
    try:
        check_officers(cards, day, minimum=asked.number, cites=asked.cites)
    except TooFewOfficers as few:
        yield Finding(
            matter=Matter.OFFICERS,
            cites=asked.cites,
            blocks=True,
            have=few.have,
            need=few.need,
        )
    except CertificateInvalid as invalid:
        yield Finding(
            matter=Matter.CERTIFICATES,
            cites=asked.cites,
            blocks=True,
            people=tuple(UUID(person) for person in invalid.persons),
            start=films[0].span.start,
        )


def interviews(step: Step) -> Iterator[Finding]:
    """Yield where somebody else was interviewed at the same time and place."""
    asked, films = step.asked.interviewees, step.films
    if not asked or not films:
        return
    task = step.work.the_task
    others = step.work.tx.session.scalars(
        select(Recording).where(
            Recording.case_id == step.work.case.id,
            Recording.element == task.element,
            Recording.task_id != task.id,
        )
    )
    for other in map(segment_of, others):
        for film in films:
            same_place = film.place and film.place == other.place
            same_people = set(film.officers) & set(other.officers)
            if (same_place or same_people) and overlapping(film.span, other.span):
                yield Finding(
                    matter=Matter.INTERVIEWEES,
                    cites=asked.cites,
                    blocks=True,
                    start=max(film.span.start, other.span.start),
                    end=min(film.span.end, other.span.end),
                    have=2,
                    need=asked.number,
                )
                return
