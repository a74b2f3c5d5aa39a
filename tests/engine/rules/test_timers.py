"""Times as ISO 8601 writes them: each is read exactly, or told why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.calendar import Calendar
from engine.rules.deadlines import Term
from engine.rules.timers import SHANGHAI, Span, TimeForm, Timer, TimerFault, timer_of
from storage.vocabulary import TermUnit

#: A Friday evening before a weekend and a holiday.
FRIDAY = datetime(2026, 1, 30, 21, 15, 30, 250_000, tzinfo=SHANGHAI)

#: A timer of a diagram asks no calendar: an empty one would refuse any day.
NO_CALENDAR = Calendar(holidays=frozenset(), makeup=frozenset(), notices={})


def at(*parts, zone=SHANGHAI):
    """Return an instant."""
    return datetime(*parts, tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT36H", FRIDAY + timedelta(hours=36)),
        ("PT90M", FRIDAY + timedelta(minutes=90)),
        ("PT45S", FRIDAY + timedelta(seconds=45)),
        ("PT0.5H", FRIDAY + timedelta(minutes=30)),
        ("PT1,5M", FRIDAY + timedelta(seconds=90)),
        ("P1D", FRIDAY + timedelta(days=1)),
        ("P2W", FRIDAY + timedelta(days=14)),
        ("P1DT12H", FRIDAY + timedelta(hours=36)),
        ("P1M", FRIDAY.replace(month=2, day=28)),
        ("P1M1D", FRIDAY.replace(month=3, day=1)),
        ("P13M", FRIDAY.replace(year=2027, month=2, day=28)),
        ("P1Y", FRIDAY.replace(year=2027)),
        ("P25M", FRIDAY.replace(year=2028, month=2, day=29)),
        ("P1Y2M3DT4H5M6S", at(2027, 4, 3, 1, 20, 36, 250_000)),
        ("P0Y0DT1M", FRIDAY + timedelta(minutes=1)),
    ],
)
def test_a_duration_is_added_to_the_instant(text, due):
    """First by the calendar, then as time passes; no day is left out or moved."""
    timer = timer_of(TimeForm.DURATION, text)
    term = Term(code="t", length=0, unit=TermUnit.SECOND, timer=timer)

    assert term.due(FRIDAY.astimezone(UTC), NO_CALENDAR) == due
    assert (timer.text, timer.times) == (text, 1)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-01T09:00:00+08:00", at(2026, 12, 1, 9)),
        ("2026-12-01T01:00:00Z", at(2026, 12, 1, 9)),
        ("2026-12-01T01:00Z", at(2026, 12, 1, 9)),
        ("2026-12-01T02:30:00+01:30", at(2026, 12, 1, 9)),
        ("2026-11-30T20:00:00-05", at(2026, 12, 1, 9)),
        ("2026-12-01T09:00:00", at(2026, 12, 1, 9)),
        ("2026-12-01T09:00:00.5", at(2026, 12, 1, 9, 0, 0, 500_000)),
        ("2026-12-01", at(2026, 12, 1)),
        ("2028-02-29", at(2028, 2, 29)),
    ],
)
def test_an_instant_is_due_whenever_it_began_to_wait(text, instant):
    """Without a zone it is Shanghai's; a day is its first second."""
    timer = timer_of(TimeForm.DATE, text)

    assert timer.due(FRIDAY) == timer.due(FRIDAY + timedelta(days=3_000)) == instant
    assert timer.due(FRIDAY).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "times", "seconds"),
    [
        ("R3/PT24H", 3, 86_400),
        ("R1/PT1M", 1, 60),
        ("R1000/P1W", 1_000, 604_800),
        ("R/PT8H", None, 28_800),
    ],
)
def test_a_cycle_says_how_often(text, times, seconds):
    """A number of intervals, or as many as its activity lasts."""
    timer = timer_of(TimeForm.CYCLE, text)
    first = timer.due(FRIDAY)

    assert timer.times == times
    assert (first - FRIDAY).total_seconds() == seconds
    assert timer.goes_on(2) is (times != 1)
    assert timer.goes_on(3) is (times not in {1, 3})


D, P, R = TimeForm.DATE, TimeForm.DURATION, TimeForm.CYCLE
#: By fault: the texts of each form, parted by bars.
FAULTS = {
    TimerFault.NOT_ISO: {
        P: "|P|PT|P1DT|36H|PT36h|P36H|PT1D|PT1M1H|P1D1M|P0001-02-03|P1D |P1.D|P.5D|"
        "+P1D|P+1D|P１D|PT１H|${wait}|=wait|wait|1 day|R3/PT1H|2026-01-01/P1D|PT"
        + "9" * 100
        + "H",
        D: "|now|20261201|2026-W10-1|2026-123|2026-1-1|01.12.2026|2026-12-01 09:00:00|"
        "2026-12|2026-12-01T09|P1D|hearing_at",
        R: "|R3|PT1H|3/PT1H|R-1/PT1H|0 0 9 * * ?|R3/|R3/P|r3/PT1H",
    },
    TimerFault.NEGATIVE: {P: "-P1D|P-1D|PT-5M|P1DT-1H", R: "R3/-PT1H"},
    TimerFault.ZERO: {P: "PT0S|P0D|P0W|P0Y0M0DT0H0M0S", R: "R3/PT0S"},
    TimerFault.FRACTION: {
        P: "P0.5D|P1.5M|P0,5Y|P1.5W|PT1.5S|PT0.0001H",
        R: "R3/P0.5D",
    },
    TimerFault.WEEKS: {P: "P1W2D|P1Y1W|P1WT1H"},
    TimerFault.TOO_LONG: {
        P: "P101Y|P99999D|P9999999999M|PT999999999H|PT" + "9" * 60 + "S",
    },
    TimerFault.OUT_OF_RANGE: {
        D: "2026-02-30|2027-02-29|2026-13-01|1969-12-31|9999-12-31|2026-01-01T24:00:00|"
        "2026-01-01T23:59:60Z|2026-01-01T00:00:00+25:00",
    },
    TimerFault.ANCHORED: {
        R: "R3/2026-01-01T00:00:00Z/PT1H|R/PT1H/2026-01-01T00:00:00Z",
    },
    TimerFault.NEVER: {R: "R0/PT1H|R00/P1D"},
    TimerFault.TOO_OFTEN: {R: "R3/PT59S|R/PT1S|R1001/P1D"},
}
REFUSED = [
    (form, text, fault)
    for fault, forms in FAULTS.items()
    for form, texts in forms.items()
    for text in texts.split("|")
]


@pytest.mark.parametrize(("form", "text", "fault"), REFUSED)
def test_what_cannot_be_kept_is_told_from_what_can(form, text, fault):
    """No text is taken for another: each is refused for a reason of its own."""
    assert timer_of(form, text) is fault


def test_each_fault_is_seen():
    """None of the reasons is only for show."""
    assert FAULTS.keys() == set(TimerFault)


@given(text=st.text(alphabet="PRTYMWDHSZ0123456789-+:./, ", max_size=24))
def test_any_text_is_a_time_or_a_fault(text):
    """Nothing that a diagram says breaks the reader, nor what it counts."""
    for form in TimeForm:
        found = timer_of(form, text)
        if isinstance(found, Timer):
            assert found.due(FRIDAY).tzinfo is SHANGHAI


@given(
    months=st.integers(0, 1_100),
    days=st.integers(0, 3_000),
    seconds=st.integers(0, 10**8),
    start=st.datetimes(datetime(1992, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001
    hours=st.integers(-12, 14),
)
def test_the_zone_in_which_a_moment_is_written_changes_nothing(
    months, days, seconds, start, hours
):
    """The same instant in another zone has the same end, on Shanghai's calendar."""
    span = Span(months, days, seconds)
    moment = start.replace(tzinfo=SHANGHAI)
    abroad = moment.astimezone(timezone(timedelta(hours=hours)))
    end = span.after(moment)

    assert span.after(abroad) == end
    assert end - moment >= span.shortest


def test_an_interval_begins_where_the_last_one_ended():
    """A month after the last of January is the last of February, then March's."""
    timer = timer_of(TimeForm.CYCLE, "R3/P1M")
    first = timer.due(at(2026, 1, 31, 9))
    late = first + timedelta(days=5)

    assert timer.next_since(first.astimezone(UTC), late) == first
    assert timer.due(timer.next_since(first, late)) == at(2026, 3, 28, 9)


@pytest.mark.parametrize(
    ("text", "now", "since"),
    [
        ("R/PT8H", at(2026, 3, 1, 9), at(2026, 3, 1, 9)),
        ("R/PT8H", at(2026, 3, 1, 16, 59, 59), at(2026, 3, 1, 9)),
        ("R/PT8H", at(2026, 3, 1, 17), at(2026, 3, 1, 17)),
        ("R/PT8H", at(2026, 3, 9, 12), at(2026, 3, 9, 9)),
        ("R/P1M", at(2026, 6, 2), at(2026, 6, 1, 9)),
        ("R/P1M", at(2026, 3, 20), at(2026, 3, 1, 9)),
        ("R2/PT8H", at(2026, 3, 9, 12), at(2026, 3, 1, 9)),
    ],
)
def test_what_passed_unnoticed_is_left_out_only_without_a_number(text, now, since):
    """Then the next end is the first that is still to come."""
    timer = timer_of(TimeForm.CYCLE, text)

    assert timer.next_since(at(2026, 3, 1, 9), now) == since
