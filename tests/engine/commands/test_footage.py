"""Clocks of recordings: each authority counts from an event of its own."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.commands.errors import BadMoment, DelayRefused, NotAllowed
from engine.errors import IllegalTransition, Invalid
from engine.rules.deadlines import SHANGHAI
from storage.models import Deadline, Recording
from storage.vocabulary import DeadlineStatus
from tests.engine.commands.test_waivers import STEP, at_inspection

#: The five situations of Zhanhe, and the one of Dalian Jinpu, in their texts' words.
SITUATIONS = {
    "zhanhe": ["边远", "水上", "交通不便地区", "异地执法", "连续执法"],
    "dalian_jinpu": ["不能及时移交"],
}


def at(text):
    """Return a moment of March 2026 in Shanghai."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI)


def filmed(office, issuer, start="09T21:40", end="09T22:30"):
    """Return a case of an authority with one film, declared ten minutes later."""
    case = at_inspection(office, issuer)
    office.now = at(end).replace(minute=40)
    case.declare("zhou", STEP, "video", started_at=at(start), ended_at=at(end))
    return case


def due(case):
    """Return until when the newest recording is to be in store."""
    found = case.find(Recording).deposit_due_at
    return found and found.astimezone(SHANGHAI).replace(second=0, tzinfo=SHANGHAI)


def do(case, name, who="zhou", **params):
    """Carry out an act on the newest recording."""
    recording = case.find(Recording).id
    return case.office.act(who, f"recordings.{name}", recording_id=recording, **params)


@pytest.mark.clause("pds-2019-18c", "dl-28b", "sh-a1-15c", "qy-zd-9a", "zh-yx-13a")
@pytest.mark.parametrize(
    ("issuer", "until"),
    [
        ("pingdingshan", "11T23:59"),
        ("dalian_jinpu", "10T22:30"),
        ("shanghai", "10T22:30"),
        ("qingyuan", "11T23:59"),
        ("zhanhe", None),
    ],
)
def test_each_authority_counts_in_its_own_way(rent, issuer, until):
    """Filmed on Monday until 22:30: a day, two working days, or no number at all."""
    with rent() as office:
        case = filmed(office, issuer)

        assert due(case) == (until and at(until))


@pytest.mark.clause("qy-zd-9a", "qy-yqj-12a")
def test_qingyuan_counts_from_the_end_of_the_activity(rent):
    """A later film moves the earlier one's clock; so does what the record says."""
    with rent() as office:
        case = filmed(office, "qingyuan")
        first = case.find(Recording).id
        before = due(case)
        office.now = at("10T15:50")
        case.declare(
            "zhou",
            STEP,
            "video",
            started_at=at("10T14:00"),
            ended_at=at("10T15:40"),
        )
        with office.reading() as session:
            moved = session.get_one(Recording, first).deposit_due_at

        assert before == at("11T23:59")
        assert moved.astimezone(SHANGHAI).day == 12
        assert due(case) == at("12T23:59")


@pytest.mark.clause("sh-a1-15c")
def test_shanghai_counts_each_recording_by_itself(rent):
    """A later film leaves the clock of the earlier one alone."""
    with rent() as office:
        case = filmed(office, "shanghai")
        first = case.find(Recording).id
        office.now = at("10T09:40")
        span = {"started_at": at("10T09:00"), "ended_at": at("10T09:30")}
        case.declare("zhou", STEP, "video", **span)
        with office.reading() as session:
            earlier = session.get_one(Recording, first).deposit_due_at

        assert earlier.astimezone(SHANGHAI).hour == 22
        assert due(case) == at("11T09:30")


def test_the_record_says_when_the_activity_ended(rent):
    """Filmed until 23:59, written down until midnight: counted from the later day."""
    with rent() as office:
        span = {"started_at": at("09T23:00"), "ended_at": at("10T00:00")}
        stated = {name: moment.isoformat() for name, moment in span.items()}
        case = at_inspection(office, "qingyuan", **stated)
        office.now = at("10T00:05")
        ended = {**span, "ended_at": at("09T23:59")}
        case.declare("zhou", STEP, "photo", started_at=at("09T23:10"))
        case.declare("zhou", STEP, "video", **ended)
        case.complete("zhou", STEP)

        assert due(case) == at("12T23:59")


@pytest.mark.clause("dl-28c", "zh-yx-13b")
@pytest.mark.parametrize("issuer", ["dalian_jinpu", "zhanhe"])
def test_what_cannot_be_handed_over_waits_for_the_return(rent, issuer):
    """Twenty-four hours from the minute at which the officers were back."""
    with rent() as office:
        case = filmed(office, issuer)
        do(case, "delay", situation=SITUATIONS[issuer][0], reason="山区道路中断")
        waiting = due(case)
        office.now = at("12T11:00")
        told = do(case, "return", returned_at=at("12T10:00"))
        clocks = case.find(Deadline, code="footage_deposit_return")
        back = due(case)
        case.deposit("zhou", case.find(Recording).id)
        met = case.find(Deadline, code="footage_deposit_return").status

    assert waiting is None
    assert back == at("13T10:00")
    assert told["deposit_due_at"] is not None
    assert (clocks.status, met) == (DeadlineStatus.RUNNING, DeadlineStatus.MET)


def test_a_delay_may_be_stated_after_the_return(rent):
    """Back already, the clock begins at that moment, not at the statement."""
    with rent() as office:
        case = filmed(office, "dalian_jinpu")
        office.now = at("10T09:00")
        do(case, "return", returned_at=at("10T08:00"))
        before = due(case)
        do(case, "delay", situation="不能及时移交", reason="设备送修")

        assert (before, due(case)) == (at("10T22:30"), at("11T08:00"))


@pytest.mark.parametrize(
    ("issuer", "known"),
    [*SITUATIONS.items(), ("shanghai", []), ("pingdingshan", []), ("qingyuan", [])],
)
def test_the_situations_are_those_of_the_text(rent, issuer, known):
    """What the text does not name is refused, with what it names."""
    with rent() as office:
        case = filmed(office, issuer)
        with pytest.raises(DelayRefused) as refused:
            do(case, "delay", situation="太忙", reason="太忙")

        assert refused.value.situations == known


def test_a_return_is_noted_once_and_truly(rent):
    """Not before the film ended, not in the future, not twice, not by a stranger."""
    with rent() as office:
        case = filmed(office, "pingdingshan")
        office.now = at("10T09:00")
        for wrong in ("09T22:00", "10T10:00"):
            with pytest.raises(BadMoment):
                do(case, "return", returned_at=at(wrong))
        with pytest.raises(NotAllowed):
            do(case, "return", who="ding", returned_at=at("10T08:30"))
        do(case, "return", returned_at=at("10T08:30"))
        with pytest.raises(IllegalTransition):
            do(case, "return", returned_at=at("10T08:40"))

        assert due(case) == at("11T23:59")


def test_a_delay_is_stated_in_time_and_with_a_reason(rent):
    """Once its time is up, a recording is late; nothing turns that back."""
    with rent() as office:
        case = filmed(office, "dalian_jinpu")
        with pytest.raises(Invalid):
            do(case, "delay", situation="不能及时移交", reason=" ")
        office.now = at("11T09:00")
        with pytest.raises(IllegalTransition) as late:
            do(case, "delay", situation="不能及时移交", reason="山区")

        assert (late.value.life, late.value.from_) == ("deadline", "overdue")
