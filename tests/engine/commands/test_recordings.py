"""Recordings: declared at the step, bound to bytes once, later than never."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from engine.commands.errors import (
    BadMoment,
    NotYours,
    ObjectMismatch,
    TaskClosed,
    TimesDisagree,
)
from engine.errors import IllegalTransition, Invalid, NotFound
from storage.models import Job, Recording
from storage.vocabulary import RecordingStatus
from tests.case_file import HOUR, MONDAY
from tests.factories import DAY, MINUTE

STEP = "onsite_inspection"


@pytest.fixture
def case(office):
    """Return a case at an inspection, an hour after it began."""
    case = office.open_case().inspect()
    office.now += HOUR
    return case


@pytest.mark.parametrize(
    ("started", "ended", "field"),
    [
        (-MINUTE, HOUR, "started_at"),
        (HOUR + MINUTE, None, "started_at"),
        (2 * HOUR, 3 * HOUR, "started_at"),
        (HOUR / 2, HOUR + MINUTE, "ended_at"),
        (HOUR / 2, HOUR / 2 - MINUTE, "ended_at"),
    ],
)
def test_spans_lie_between_case_and_now(case, started, ended, field):
    """A recording neither begins before its case, nor ends before it began or later."""
    span = {"started_at": MONDAY + started}
    if ended is not None:
        span["ended_at"] = MONDAY + ended
    with pytest.raises(BadMoment) as refused:
        case.declare("zhou", STEP, "video", **span)

    assert refused.value.field == field
    assert case.tasks(STEP)[0].assignee_id is None


def test_a_photo_has_one_moment(case, office):
    """Without an end, a recording ends when it began, and its declarer was there."""
    case.declare("zhou", STEP, "photo")
    row = case.find(Recording)

    assert (row.started_at, row.ended_at) == (office.now, office.now)
    assert row.officers == [str(office.people["zhou"])]
    assert row.status is RecordingStatus.DECLARED


def test_a_recording_names_device_and_people(case):
    """A device is named, and only people of the register are present."""
    with pytest.raises(Invalid) as nameless:
        case.declare("zhou", STEP, "video", device=" ")
    with pytest.raises(Invalid) as unknown:
        case.declare("zhou", STEP, "video", officers=[UUID(int=7)])

    assert nameless.value.errors == {"device": ["required"]}
    assert unknown.value.errors == {"officers": ["unknown_person"]}


def test_declaring_takes_the_step(case, office):
    """Who declares does the step; nobody else declares at it then."""
    case.declare("zhou", STEP, "video")
    with pytest.raises(NotYours):
        case.declare("he", STEP, "video")

    assert case.task(STEP).assignee_id == office.people["zhou"]


def test_bytes_are_bound_once(case, office):
    """The same bytes again are the same deposit; other bytes are refused for ever."""
    film = case.declare("zhou", STEP, "video")
    first = case.deposit("he", film)
    events = len(case.events())
    again = case.deposit("he", film)
    with pytest.raises(IllegalTransition):
        case.deposit("he", film, b"another film")
    row = case.find(Recording)

    assert again == first
    assert len(case.events()) == events
    assert (row.object_sha256, row.deposited_by_id) == (
        office.keep(),
        office.people["he"],
    )


def test_unknown_bytes_are_not_deposited(case):
    """What is not in the store cannot be bound to."""
    film = case.declare("zhou", STEP, "video")
    with pytest.raises(ObjectMismatch) as refused:
        case.office.act(
            "zhou",
            "recordings.deposit",
            recording_id=film,
            sha256="0" * 64,
            file_name="film.mp4",
        )
    with pytest.raises(NotFound):
        case.deposit("zhou", UUID(int=7))

    assert refused.value.expected == "0" * 64
    assert case.find(Recording).status is RecordingStatus.DECLARED


def test_deposited_bytes_are_read_again(case):
    """A deposit queues one verification of the stored bytes."""
    film = case.declare("zhou", STEP, "video")
    case.deposit("zhou", film)
    case.deposit("zhou", film)
    with case.office.reading() as session:
        jobs = session.query(Job).filter_by(kind="verify_object").all()

    assert [job.payload for job in jobs] == [{"sha256": case.office.keep()}]


def test_a_closed_step_takes_no_recordings_but_their_bytes(case):
    """After its step, nothing more is declared; what was declared is deposited."""
    film = case.declare("zhou", STEP, "photo")
    case.write(
        "zhou",
        STEP,
        "onsite_record",
        [("zhou", "party", "郑启明"), ("zhou", "officer"), ("he", "officer")],
    )
    case.do(
        "zhou",
        "gates.judge",
        STEP,
        requirement="recording:video",
        needed=False,
        reason="照片已足够",
    )
    case.complete("zhou", STEP)
    with pytest.raises(TaskClosed):
        case.declare("zhou", STEP, "photo")
    case.deposit("zhou", film)

    assert case.find(Recording).status is RecordingStatus.DEPOSITED


@pytest.fixture
def interview(office):
    """Return a case at an interview outside the office, an hour later."""
    case = office.open_case().docket()
    officers = [str(office.people[who]) for who in ("zhou", "he")]
    case.complete("qin", "assign_officers", inputs={"officers": officers})
    case.complete("zhou", "interview_started")
    office.now += HOUR
    return case


def written(case):
    """Write down an interview of the last half hour, signed by everybody."""
    now = case.office.now
    return case.write(
        "zhou",
        "interview",
        "interview_record",
        [("zhou", "interviewee", "郑启明"), ("zhou", "officer"), ("he", "officer")],
        started_at=(now - HOUR / 2).isoformat(),
        ended_at=now.isoformat(),
        place_kind="onsite",
        place="恒康源健康馆",
    )


ANSWERS = {"interview_place": "onsite", "interviewee": "郑启明"}


@pytest.mark.parametrize(
    ("late", "early", "kind"),
    [
        (2 * MINUTE, timedelta(), "starts_late"),
        (timedelta(), 2 * MINUTE, "ends_early"),
    ],
)
def test_film_and_paper_tell_the_same_times(interview, late, early, kind):
    """A film that does not cover what was written does not bear it out."""
    written(interview)
    now = interview.office.now
    span = {"started_at": now - HOUR / 2 + late, "ended_at": now - early}
    interview.declare("zhou", "interview", "video", **span)
    with pytest.raises(TimesDisagree) as refused:
        interview.complete("zhou", "interview", inputs=ANSWERS)
    whole = {"started_at": now - HOUR / 2, "ended_at": now}
    interview.declare("zhou", "interview", "video", **whole)
    interview.complete("zhou", "interview", inputs=ANSWERS)

    assert (refused.value.document, refused.value.kind) == ("interview_record", kind)
    assert "pl-47" in refused.value.cites


def test_a_minute_is_forgiven(interview):
    """Film and paper may differ by as many minutes as the rules forgive."""
    written(interview)
    now = interview.office.now
    span = {"started_at": now - HOUR / 2 + MINUTE, "ended_at": now - MINUTE}
    interview.declare("zhou", "interview", "video", **span)
    interview.complete("zhou", "interview", inputs=ANSWERS)

    assert "interview" not in interview.open()
    assert interview.office.now < MONDAY + DAY
