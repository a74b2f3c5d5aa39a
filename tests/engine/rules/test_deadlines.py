from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.calendar import Calendar, Notice
from engine.rules.deadlines import (
    SHANGHAI,
    Exclusion,
    Extension,
    Term,
    is_overdue,
)
from engine.rules.errors import TermSuspended
from storage.vocabulary import TermUnit

YEARS = range(2025, 2031)


def _calendar(holidays=(), makeup=()):
    return Calendar(
        holidays=frozenset(holidays),
        makeup=frozenset(makeup),
        notices={year: Notice(title="n") for year in YEARS},
    )


PLAIN = _calendar()


def _term(length, unit, **more):
    return Term(code="t", length=length, unit=TermUnit(unit), **more)


def _at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _last(day):
    return _at(f"{day}T23:59:59")


@pytest.mark.parametrize(
    ("length", "unit", "start", "due"),
    [
        (24, "hour", "2026-06-24T21:20:35", "2026-06-25T21:20:59"),
        (3, "day", "2026-03-06T08:00", "2026-03-09T23:59:59"),
        (2, "working_day", "2026-03-06T08:00", "2026-03-10T23:59:59"),
        (6, "month", "2026-08-31T08:00", "2027-02-28T23:59:59"),
        (1, "month", "2026-11-30T08:00", "2026-12-30T23:59:59"),
        (2, "year", "2028-02-29T08:00", "2030-02-28T23:59:59"),
    ],
)
def test_a_term_ends(length, unit, start, due):
    """Hours run from the minute; other units from the day after, to its midnight."""
    assert _term(length, unit).due(_at(start), PLAIN) == _at(due)


def test_the_legal_day_is_that_of_shanghai():
    """An evening in UTC is already the next day in China."""
    start = datetime(2026, 3, 8, 17, 0, tzinfo=UTC)

    assert _term(1, "day").last_day(start, PLAIN) == date(2026, 3, 10)


def test_a_right_rolls_and_a_duty_does_not():
    """The last day moves over a weekend only where the term says so."""
    start = _at("2026-05-29T10:00")
    term = _term(15, "day")

    assert term.due(start, PLAIN) == _last("2026-06-13")
    assert replace(term, rolls=True).due(start, PLAIN) == _last("2026-06-15")


def test_hours_never_roll():
    """A term in hours ends in the night or on a holiday."""
    term = _term(24, "hour", rolls=True)

    assert term.due(_at("2026-03-06T10:00"), PLAIN) == _at("2026-03-07T10:00:59")


def test_excluded_days_do_not_count():
    """Ten days of testing put the end off by ten days, whatever the unit."""
    lab = [Exclusion(first=date(2026, 6, 29), last=date(2026, 7, 8), reason="lab")]
    start = _at("2026-06-24T21:20")

    assert _term(30, "day").last_day(start, PLAIN, exclusions=lab) == date(2026, 8, 3)
    assert _term(1, "month").last_day(start, PLAIN, exclusions=lab) == date(2026, 8, 3)
    assert _term(5, "working_day").last_day(start, PLAIN, exclusions=lab) == date(
        2026, 7, 13
    )


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        ("2026-06-23", "2026-06-23", "2026-06-25T21:20:59"),
        ("2026-06-24", "2026-06-24", "2026-06-26T00:00:59"),
        ("2026-06-25", "2026-06-25", "2026-06-26T21:20:59"),
        ("2026-06-26", "2026-06-30", "2026-06-25T21:20:59"),
    ],
)
def test_hours_stand_still_on_excluded_days(first, last, due):
    """Of an excluded day, the hours after the start are left out."""
    days = [Exclusion(first=date.fromisoformat(first), last=date.fromisoformat(last))]
    term = _term(24, "hour")
    found = term.due(_at("2026-06-24T21:20"), PLAIN, exclusions=days)

    assert found == _at(due)


def test_an_extension_counts_from_the_end():
    """Twenty days more follow the deducted end; another unit is counted its own way."""
    lab = [Exclusion(first=date(2026, 6, 29), last=date(2026, 7, 8))]
    more = [Extension(length=20, unit=TermUnit.DAY)]
    start = _at("2026-06-24T21:20")
    term = _term(30, "day")

    assert term.last_day(start, PLAIN, exclusions=lab, extensions=more) == date(
        2026, 8, 23
    )
    more = [Extension(length=1, unit=TermUnit.WORKING_DAY)]
    assert term.last_day(start, PLAIN, extensions=more) == date(2026, 7, 27)


def test_a_suspended_term_has_no_end():
    """Nobody can say when a term ends that does not run."""
    with pytest.raises(TermSuspended) as refusal:
        _term(5, "day").due(
            _at("2026-03-01T08:00"),
            PLAIN,
            exclusions=[Exclusion(first=date(2026, 3, 2))],
        )

    assert refusal.value.since == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("due", "now", "overdue"),
    [
        ("2026-03-10T23:59:59", "2026-03-10T23:59:59.900", False),
        ("2026-03-10T23:59:59", "2026-03-11T00:00:00", True),
        ("2026-06-25T21:20:59", "2026-06-25T21:20:59.999", False),
        ("2026-06-25T21:20:59", "2026-06-25T21:21:00", True),
    ],
)
def test_the_due_minute_is_still_in_time(due, now, overdue):
    """Exactly the due minute, and the whole of the last day, are in time."""
    assert is_overdue(_at(due), _at(now)) is overdue


def test_warnings_come_before_the_end():
    """Warnings are hours before a term in hours, days before any other."""
    due = _at("2026-06-25T21:20:59")
    hours = _term(24, "hour", warn=(12, 4, 1)).warnings(due)
    days = _term(7, "working_day", warn=(1, 2)).warnings(due)

    assert hours == tuple(due - timedelta(hours=n) for n in (12, 4, 1))
    assert days == tuple(due - timedelta(days=n) for n in (2, 1))


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STARTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001  # hypothesis wants bounds without a zone
    datetime(2026, 12, 31),  # noqa: DTZ001  # the same
    timezones=st.just(SHANGHAI),
)
TERMS = st.builds(
    Term,
    code=st.just("t"),
    length=st.integers(1, 40),
    unit=st.sampled_from([unit for unit in TermUnit if unit is not TermUnit.YEAR]),
    rolls=st.booleans(),
)
SPANS = st.builds(
    lambda first, length: Exclusion(first=first, last=first + timedelta(days=length)),
    DAYS,
    st.integers(0, 20),
)
CALENDARS = st.builds(_calendar, st.frozensets(DAYS, max_size=15))


@given(TERMS, STARTS, CALENDARS, st.frozensets(DAYS, max_size=10))
def test_a_holiday_never_shortens(term, start, calendar, extra):
    """One more holiday moves a deadline later, or not at all."""
    longer = _calendar(calendar.holidays | extra)

    assert term.due(start, longer) >= term.due(start, calendar)


@given(TERMS, STARTS, CALENDARS, st.lists(SPANS, max_size=3), SPANS)
def test_a_deduction_never_shortens(term, start, calendar, spans, another):
    """Leaving out more days moves a deadline later, or not at all."""
    before = term.due(start, calendar, exclusions=spans)
    after = term.due(start, calendar, exclusions=[*spans, another])

    assert after >= before


@given(TERMS, STARTS, CALENDARS, st.integers(1, 20), st.sampled_from(TermUnit))
def test_an_extension_never_shortens(term, start, calendar, length, unit):
    """More time is never less, whatever unit it is given in."""
    more = [Extension(length=length if unit is not TermUnit.YEAR else 1, unit=unit)]

    assert term.due(start, calendar, extensions=more) >= term.due(start, calendar)


@given(TERMS, STARTS, STARTS, CALENDARS)
def test_a_later_start_never_ends_earlier(term, one, other, calendar):
    """Whoever starts later is not due earlier."""
    first, second = sorted((one, other))

    assert term.due(second, calendar) >= term.due(first, calendar)


@given(TERMS, STARTS, CALENDARS, st.lists(SPANS, max_size=2))
def test_a_rolled_end_is_worked(term, start, calendar, spans):
    """A right that rolls never ends on a rest day, and rolling only adds."""
    fixed = replace(term, rolls=False).due(start, calendar, exclusions=spans)
    rolled = replace(term, rolls=True).due(start, calendar, exclusions=spans)

    assert rolled >= fixed
    if term.unit is not TermUnit.HOUR:
        assert calendar.is_working_day(rolled.date())


def test_every_unit_is_counted():
    """No unit of the vocabulary is left without a rule."""
    start = _at("2026-03-06T08:00")
    ends = [
        _term(1, unit, rolls=rolls).due(start, PLAIN)
        for unit, rolls in product(TermUnit, (True, False))
    ]

    assert all(end > start for end in ends)
