"""Do the recordings of a step agree with what was written, and with who was there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from engine.commands import attendance, segments
from engine.commands.device_notes import notes
from engine.commands.errors import OfficerNotCovered, OneAtATime, TimesDisagree
from engine.commands.room_errors import NotInRoom
from engine.commands.segments import Step, unsettled
from engine.commands.venues import rooms
from engine.commands.work import Work
from engine.rules.agreement import EVERYWHERE, Finding, Matter
from engine.rules.coherence import (
    Incoherence,
    TimeSpan,
    incoherences,
    overruns,
)
from engine.rules.deadlines import SHANGHAI
from engine.rules.errors import CertificateInvalid, TooFewOfficers
from engine.rules.gates import Verdict
from storage.models import Person

__all__ = ["EVERYWHERE", "findings", "require_agreement"]


def require_agreement(work: Work, verdict: Verdict) -> None:
    """Refuse a step whose recordings do not agree with what the rules ask of them.

    Raises:
        TimesDisagree: with the first stretch of which film and paper tell differently.
        OfficerNotCovered: an officer's own recording does not cover the act.
        TooFewOfficers, CertificateInvalid: who was there were not two officers with a
            certificate that is valid on the day.
        OneAtATime: two people were interviewed at once.
        NotInRoom: it did not take place in a room, or not as the rules ask.
    """
    step = segments.read(work, verdict)
    for each in findings(step) if step is not None else ():
        if each.blocks:
            raise _refusal(work, each)


def told(work: Work, verdict: Verdict) -> tuple[Finding, ...]:
    """Return everything that does not agree at a step, what bars it first."""
    step = segments.read(work, verdict)
    if step is None:
        return ()
    return (*findings(step), *notes(step))


def findings(step: Step) -> Iterator[Finding]:
    """Yield what bars the step: times, people, interviews at once, the room."""
    yield from _times(step)
    yield from attendance.officers(step)
    yield from attendance.interviews(step)
    yield from rooms(step)


def _refusal(work: Work, found: Finding) -> Exception:
    task, cites = work.the_task.element, list(found.cites)
    match found.matter:
        case Matter.OFFICERS:
            return TooFewOfficers(found.have, found.need, found.cites)
        case Matter.CERTIFICATES:
            people = tuple(str(person) for person in found.people)
            day = (found.start or work.tx.now).astimezone(SHANGHAI).date()
            return CertificateInvalid(people, day, found.cites)
    start, end = found.start or work.tx.now, found.end or work.tx.now
    if found.matter is Matter.OFFICER_TIMES:
        person = work.tx.session.get_one(Person, found.people[0])
        return OfficerNotCovered(task, person.name, found.kind, start, end, cites)
    if found.matter is Matter.ROOM:
        return NotInRoom(task, found.kind, found.room, cites)
    if found.matter is Matter.INTERVIEWEES:
        return OneAtATime(task, start, end, cites)
    media = list(found.media)
    return TimesDisagree(task, found.document, media, found.kind, start, end, cites)


def _times(step: Step) -> Iterator[Finding]:
    asked = step.asked
    if not (asked.covered or asked.per_officer):
        return
    written = segments.written(step)
    for code, span in written if asked.covered else ():
        for requirement in step.wanted:
            spans = [s.span for s in step.segments if s.medium in requirement.codes]
            found = [*incoherences(span, spans, tolerance=asked.tolerance)]
            if asked.equal:
                found += overruns(span, spans, tolerance=asked.tolerance)
            for each in unsettled(step, requirement.key, found):
                cites = (
                    *requirement.cites,
                    *asked.covered.cites,
                    *asked.interruption.cites,
                )
                yield _stretch(Matter.TIMES, each, cites, code, requirement.codes)
    if asked.per_officer:
        yield from _per_officer(step, [span for _, span in written])


def _per_officer(step: Step, written: Sequence[TimeSpan]) -> Iterator[Finding]:
    """Yield where one officer's own recordings leave a stretch of the act out."""
    films = step.films
    if not films:
        return
    whole = TimeSpan(
        start=min(film.span.start for film in films),
        end=max(film.span.end for film in films),
    )
    for officer in dict.fromkeys(p for film in films for p in film.officers):
        own = [film.span for film in films if film.carrier in {officer, None}]
        for span in written or [whole]:
            found = incoherences(span, own, tolerance=step.asked.tolerance)
            for each in unsettled(step, step.wanted[0].key, found):
                cites = step.asked.per_officer.cites + step.asked.interruption.cites
                yield _stretch(Matter.OFFICER_TIMES, each, cites, people=(officer,))


def _stretch(
    matter: Matter,
    found: Incoherence,
    cites: Iterable[str],
    document: str = "",
    media: tuple[str, ...] = (),
    people: tuple[UUID, ...] = (),
) -> Finding:
    return Finding(
        matter=matter,
        cites=tuple(dict.fromkeys(cites)),
        blocks=True,
        kind=found.kind.value,
        document=document,
        media=media,
        people=people,
        start=found.start,
        end=found.end,
    )
