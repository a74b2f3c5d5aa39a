"""What an authority's rules ask of recordings beside that they exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from engine.rules.entries import DutyEntry, Parameter
from engine.rules.jurisdiction import Ruleset
from storage.vocabulary import RecordForm

#: The activities, by code and blank between them, at which times must agree.
WHERE = "times_must_agree"
#: By how many minutes they may differ.
TOLERANCE = "time_tolerance"
#: By how many seconds a device's clock may go wrong in a day.
DRIFT = "recorder_clock_drift_s_per_day_max"
#: In the place of activity codes: all of them.
EVERYWHERE = "*"
#: The activities at which those present must be enough, and certified on the day.
OFFICERS_AT = "officers_recorded_at"
MINIMUM = "minimum_officers"
PER_OFFICER = "recordings_per_officer"
INTERVIEWEES = "interviewees_max"
UNINTERRUPTED = "recording_uninterrupted"
SPOKEN = "interruption_spoken"
WRITTEN = "interruption_written"
CHECKED = "check_before_use"
NATIONAL = "national"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that is asked for, by its clauses; false where nobody asks."""

    cites: tuple[str, ...] = ()
    number: int = 0

    def __bool__(self) -> bool:
        return bool(self.cites)


class Matter(StrEnum):
    """What about the recordings of a step does not agree."""

    TIMES = "times"
    OFFICER_TIMES = "officer_times"
    OFFICERS = "officers"
    CERTIFICATES = "certificates"
    INTERVIEWEES = "interviewees"
    ROOM = "room"
    DEVICE = "device"
    CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that does not agree, by which clauses, and whether it bars the step."""

    matter: Matter
    cites: tuple[str, ...]
    blocks: bool
    kind: str = ""  #: in what way
    document: str = ""
    media: tuple[str, ...] = ()
    people: tuple[UUID, ...] = ()
    device: str = ""
    room: str = ""
    start: datetime | None = None
    end: datetime | None = None
    have: int = 0  #: people, or seconds of a clock
    need: int = 0

    def facts(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {
            "matter": self.matter.value,
            "kind": self.kind,
            "blocks": self.blocks,
            "document": self.document,
            "media": list(self.media),
            "people": [str(person) for person in self.people],
            "device": self.device,
            "room": self.room,
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "have": self.have,
            "need": self.need,
            "cites": list(self.cites),
        }


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What is asked of the recordings of one activity; what is not asked is false."""

    tolerance: timedelta
    covered: Asked  #: the recordings cover what was written
    equal: Asked  #: and neither begin before nor end after it
    per_officer: Asked  #: so do those of each officer alone
    officers: Asked  #: so many certified officers, valid on the day
    interviewees: Asked  #: so many at one time
    interruption: Asked  #: what is said of a gap
    device_check: Asked  #: the device is checked before it is used
    checklist: tuple[str, ...] = ()  #: in the words of the clauses
    written: tuple[str, ...] = ()  #: a written explanation is one of these documents


def agreement(rules: Ruleset, activity: str | None) -> Agreement:
    """Return what *rules* ask of recordings at *activity*.

    An authority whose own text has times agree means both ways; the nation's asks
    that what was written is covered.
    """
    times = _listed(rules, WHERE, activity)
    duties = {duty.code: duty for duty in rules.duties if _speaks(duty, activity)}
    checked, written = duties.get(CHECKED), duties.get(WRITTEN)
    tolerance = timedelta(minutes=_number(rules, TOLERANCE))
    return Agreement(
        tolerance=max(tolerance, _least(rules)),
        covered=_asked(times),
        equal=_asked(times if times and times.source != NATIONAL else None),
        per_officer=_per_officer(rules, activity),
        officers=_officers(rules, activity),
        interviewees=_asked(_interviewees(rules, activity)),
        interruption=Asked(
            cites=tuple(
                cite
                for code in (UNINTERRUPTED, SPOKEN, WRITTEN)
                if code in duties
                for cite in duties[code].cites
            )
        ),
        device_check=Asked(cites=checked.cites if checked else ()),
        checklist=_words(checked, "checklist"),
        written=written.documents if written else (),
    )


def _number(rules: Ruleset, name: str) -> int:
    entry = rules.cited.get(name)
    return int(str(entry.value)) if entry is not None else 0


def _least(rules: Ruleset) -> timedelta:
    """Return what is always tolerated: what a device's clock may lose in a day.

    Devices are checked before each use. Times are compared in whole minutes, so that a
    clock that is some seconds off may tell the minute beside the right one.
    """
    minutes, rest = divmod(_number(rules, DRIFT), 60)
    return timedelta(minutes=minutes + bool(rest))


def _asked(entry: Parameter | None) -> Asked:
    if entry is None:
        return Asked()
    number = entry.value if isinstance(entry.value, int) else 0
    return Asked(cites=entry.cites, number=number)


def _listed(rules: Ruleset, name: str, activity: str | None) -> Parameter | None:
    """Return a parameter that lists activities, if this one is among them."""
    entry = rules.cited.get(name)
    where = str(entry.value).split() if entry is not None else []
    return entry if activity in where or EVERYWHERE in where else None


def _speaks(duty: DutyEntry, activity: str | None) -> bool:
    return not duty.at or activity in duty.at


def _per_officer(rules: Ruleset, activity: str | None) -> Asked:
    entry = rules.cited.get(PER_OFFICER)
    if entry is None:
        return Asked()
    here = any(
        record.at == activity
        and record.requirement.form is RecordForm.RECORDING
        and not set(entry.cites).isdisjoint(record.cites)
        for record in rules.record_entries
    )
    return _asked(entry) if here else Asked()


def _officers(rules: Ruleset, activity: str | None) -> Asked:
    if _listed(rules, OFFICERS_AT, activity) is None:
        return Asked()
    return _asked(rules.cited.get(MINIMUM))


def _interviewees(rules: Ruleset, activity: str | None) -> Parameter | None:
    entry = rules.cited.get(INTERVIEWEES)
    if entry is None:
        return None
    here = any(
        activity in duty.at and not set(duty.cites).isdisjoint(entry.cites)
        for duty in rules.duties
    )
    return entry if here else None


def _words(duty: DutyEntry | None, name: str) -> tuple[str, ...]:
    found = dict(duty.says).get(name, ()) if duty is not None else ()
    return found if isinstance(found, tuple) else ()
