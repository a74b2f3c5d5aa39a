"""Recordings that do not agree: what bars a step, what explains it, what is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from engine.commands import times
from engine.commands.definitions import newest_set
from engine.commands.errors import (
    GateClosed,
    NotAllowed,
    OneAtATime,
    TimesDisagree,
)
from engine.commands.gates import verdict
from engine.commands.work import on_task
from engine.errors import Invalid, NotFound
from engine.rules.errors import CertificateInvalid, TooFewOfficers
from storage.models import Case, Explanation, Person, Recording
from tests.case_file import HOUR
from tests.engine.commands.test_recordings import ANSWERS, interview, written
from tests.factories import DAY, MINUTE

__all__ = ["interview"]
HALF = HOUR / 2


def film(case, **params):
    """Declare a film of the whole interview, or of what *params* say."""
    now = case.office.now
    whole = {"started_at": now - HALF, "ended_at": now}
    return case.declare("zhou", "interview", "video", **{**whole, **params})


def finish(case):
    """Complete the interview."""
    case.complete("zhou", "interview", inputs=ANSWERS)


def explain(case, **params):
    """Explain the first five minutes of the interview."""
    now = case.office.now
    span = {"started_at": now - HALF, "ended_at": now - HALF + 5 * MINUTE}
    given = {**span, "reason": "更换存储卡", **params}
    return case.do("zhou", "times.explain", "interview", **given)


def told(case):
    """Return what the gate tells of the interview's recordings."""
    office = case.office
    with office.transaction() as tx:
        work = on_task(tx, case.task("interview").id, None)
        facts = {"interview_place": "onsite", "outcome": {}, "document": {}}
        facts |= {"param": work.rules.parameters}
        return times.told(work, verdict(work, facts))


@pytest.fixture
def late(interview):
    """Return an interview whose film begins five minutes late."""
    written(interview)
    film(interview, started_at=interview.office.now - HALF + 5 * MINUTE)
    return interview


def test_a_stretch_that_is_explained_bars_nothing(late):
    """The reason is kept with the case, and the step goes on."""
    with pytest.raises(TimesDisagree):
        finish(late)
    explain(late)
    finish(late)

    assert late.find(Explanation).reason == "更换存储卡"
    assert "interview" not in late.open()


def test_half_an_explanation_is_none(late):
    """A stretch that is explained in part still bars the step."""
    end = late.office.now - HALF + 4 * MINUTE
    explain(late, ended_at=end)
    with pytest.raises(TimesDisagree) as refused:
        finish(late)

    assert refused.value.kind == "starts_late"


def test_a_spoken_reason_lies_within_a_recording(late):
    """It is heard in a recording of the step, so many seconds after it began."""
    recording = late.find(Recording).id
    with pytest.raises(Invalid) as outside:
        explain(late, recording_id=recording, heard_after=26 * 60)
    with pytest.raises(NotFound):
        explain(late, recording_id=UUID(int=7), heard_after=1)
    explain(late, recording_id=recording, heard_after=60)

    assert outside.value.errors == {"heard_after": ["not_within_recording"]}
    assert late.find(Explanation).heard_after == 60


def test_without_a_reason_nothing_is_explained(late):
    """An empty explanation is refused."""
    with pytest.raises(Invalid) as refused:
        explain(late, reason=" ")

    assert refused.value.errors == {"reason": ["required"]}


def test_nothing_recorded_is_not_explained_away(interview):
    """Without any film there is no step to go on with but a waiver."""
    written(interview)
    explain(interview, ended_at=interview.office.now)

    with pytest.raises(GateClosed):
        finish(interview)


def test_two_certified_officers_are_there(interview):
    """One officer alone does not interview, nor one whose certificate ran out."""
    office = interview.office
    written(interview)
    film(interview, officers=[office.people["zhou"]])
    with pytest.raises(TooFewOfficers) as alone:
        finish(interview)
    film(interview)
    with office.transaction() as tx:
        card = tx.session.get_one(Person, office.people["he"])
        card.certificate_valid_to = office.now.date() - DAY
    with pytest.raises(CertificateInvalid) as expired:
        finish(interview)

    assert (alone.value.have, alone.value.need) == (1, 2)
    assert alone.value.cites == ("pl-42",)
    assert expired.value.persons == (str(office.people["he"]),)


def test_who_filmed_was_there(interview):
    """Nobody films who was not present; who declares filmed unless it is said."""
    office = interview.office
    with pytest.raises(Invalid) as refused:
        film(interview, carrier=office.people["qin"])
    film(interview, carrier=office.people["he"])

    assert refused.value.errors == {"carrier": ["not_present"]}
    assert interview.find(Recording).carrier_id == office.people["he"]


def checked(case, seconds, **params):
    """Register the device and check it, its clock so many seconds ahead."""
    office = case.office
    device = office.act("qin", "devices.register", number="PDS-0142", kind="camera")
    shown = office.now + timedelta(seconds=seconds)
    return office.act("zhou", "devices.check", **device, shown_at=shown, **params)


def test_a_clock_that_is_ahead_is_taken_into_account(interview):
    """The times that the device told are kept; the true ones are compared."""
    checked(interview, 180)
    written(interview)
    ahead = 3 * MINUTE
    now = interview.office.now
    film(interview, started_at=now - HALF + ahead, ended_at=now + ahead)
    row = interview.find(Recording)
    (note,) = told(interview)
    finish(interview)

    assert (row.clock_ahead, row.ended_at) == (180, now + ahead)
    assert (note.matter.value, note.kind, note.have) == ("clock", "ahead", 180)
    assert note.blocks is False


def test_only_the_keepers_register_devices(interview):
    """An officer enters none, and a number is entered once."""
    office = interview.office
    with pytest.raises(NotAllowed):
        office.act("zhou", "devices.register", number="PDS-1", kind="camera")
    office.act("qin", "devices.register", number="PDS-1", kind="camera")
    with pytest.raises(Invalid) as twice:
        office.act("qin", "devices.register", number=" PDS-1 ", kind="camera")
    with pytest.raises(NotFound):
        office.act("zhou", "devices.check", device_id=UUID(int=7), shown_at=office.now)

    assert twice.value.errors == {"number": ["taken"]}


def under(case, issuer):
    """Put a case under another authority's rules."""
    with case.office.transaction() as tx:
        row = tx.session.get_one(Case, case.id)
        row.requirement_set_id = newest_set(tx, "penalty", issuer).id


def interviewing(office):
    """Return a case at two interviews outside the office, an hour later."""
    case = office.open_case().docket()
    officers = [str(office.people[who]) for who in ("zhou", "he")]
    case.complete("qin", "assign_officers", inputs={"officers": officers})
    for _ in range(2):
        case.complete("zhou", "interview_started")
    office.now += HOUR
    return case


def test_nobody_else_is_interviewed_at_once(office):
    """In Qingyuan one person is asked at a time; nothing bars that elsewhere."""
    case = interviewing(office)
    under(case, "qingyuan")
    one, other = (task.id for task in case.tasks("interview"))
    span = {"started_at": office.now - HALF, "ended_at": office.now}
    given = {"medium": "video", "device": "QY-1", **span}
    officers = [office.people["zhou"], office.people["he"]]
    for task in (one, other):
        office.act(
            "zhou", "recordings.declare", task_id=task, officers=officers, **given
        )
    with office.transaction() as tx:
        work = on_task(tx, other, None)
        facts = {"interview_place": "onsite", "outcome": {}, "document": {}}
        facts |= {"param": work.rules.parameters}
        found = verdict(work, facts)
        with pytest.raises(OneAtATime) as refused:
            times.require_agreement(work, found)

    assert refused.value.cites == ["qy-xw-13b"]
