"""The day-by-day account of a term agrees with its end, and says why."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.arithmetic import DayKind, Run, runs
from engine.rules.calendar import Calendar, Notice
from engine.rules.deadlines import SHANGHAI, Exclusion, Extension, Term
from engine.rules.errors import TermSuspended
from storage.vocabulary import TermUnit
from tests.law.packs import calendar

YEARS = range(2025, 2031)
COUNTING = {DayKind.COUNTED, DayKind.MADE_UP}


def _calendar(holidays=()):
    return Calendar(
        holidays=frozenset(holidays),
        makeup=frozenset(),
        notices={year: Notice(title="n") for year in YEARS},
    )


def _at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _day(text):
    return date.fromisoformat(f"2026-{text}")


def _shown(found):
    return [
        (f"{run.first:%m-%d}", f"{run.last:%m-%d}", run.kind.value, run.numbers)
        for run in found
    ]


def test_seven_working_days_over_the_may_holiday():
    """The hearing of the worked case: holiday skipped, a worked Saturday not needed."""
    term = Term(code="t", length=7, unit=TermUnit.WORKING_DAY)
    found = runs(term, _at("2026-04-23T15:00"), calendar())

    assert _shown(found) == [
        ("04-23", "04-23", "start", None),
        ("04-24", "04-24", "counted", (1, 1)),
        ("04-25", "04-26", "rest", None),
        ("04-27", "04-30", "counted", (2, 5)),
        ("05-01", "05-05", "rest", None),
        ("05-06", "05-07", "counted", (6, 7)),
    ]
    assert found[4].name == "劳动节"


def test_a_worked_sunday_is_counted_and_named():
    """Five working days from 14 September end on Sunday the 20th, which is worked."""
    term = Term(code="t", length=5, unit=TermUnit.WORKING_DAY)
    found = runs(term, _at("2026-09-14T09:00"), calendar())

    assert _shown(found) == [
        ("09-14", "09-14", "start", None),
        ("09-15", "09-18", "counted", (1, 4)),
        ("09-19", "09-19", "rest", None),
        ("09-20", "09-20", "made_up", (5, 5)),
    ]


def test_a_right_rolls_to_monday():
    """Fifteen days from 29 May end on a Saturday; the party has until Monday."""
    term = Term(code="t", length=15, unit=TermUnit.DAY, rolls=True)
    found = runs(term, _at("2026-05-29T10:00"), calendar())

    assert _shown(found)[-3:] == [
        ("05-30", "06-13", "counted", (1, 15)),
        ("06-14", "06-14", "rolled", None),
        ("06-15", "06-15", "last", None),
    ]


def test_testing_and_an_extension_stand_in_the_account():
    """The seizure of the worked case: ten days of testing, twenty more days."""
    term = Term(code="t", length=30, unit=TermUnit.DAY)
    lab = [Exclusion(first=_day("06-29"), last=_day("07-08"), reason="lab")]
    more = [Extension(length=20, unit=TermUnit.DAY)]
    start = _at("2026-06-24T21:20")
    found = runs(term, start, calendar(), exclusions=lab, extensions=more)

    assert _shown(found) == [
        ("06-24", "06-24", "start", None),
        ("06-25", "06-28", "counted", (1, 4)),
        ("06-29", "07-08", "excluded", None),
        ("07-09", "08-03", "counted", (5, 30)),
        ("08-04", "08-23", "counted", (1, 20)),
    ]
    assert [run.part for run in found] == [0, 0, 0, 0, 1]
    assert found[2].name == "lab"


def test_six_months_are_counted_as_days_to_the_same_date():
    """From the last of August six months end on the last of February, then roll."""
    term = Term(code="t", length=6, unit=TermUnit.MONTH, rolls=True)
    found = runs(term, _at("2026-08-31T10:00"), calendar())

    assert found[-1] == Run(
        first=date(2027, 3, 1), last=date(2027, 3, 1), kind=DayKind.LAST
    )
    assert found[1].last == date(2027, 2, 28)


@pytest.mark.parametrize(
    "term",
    [
        Term(code="t", length=24, unit=TermUnit.HOUR),
        Term(code="t", length=30, unit=TermUnit.DAY, before=True),
    ],
)
def test_what_is_not_counted_in_days_has_no_days(term):
    """Hours run through everything; what ends before its base is not counted on."""
    assert runs(term, _at("2026-03-09T09:00"), calendar()) == ()


def test_while_it_stands_still_there_is_no_account():
    """A suspension without an end cannot be counted over."""
    term = Term(code="t", length=5, unit=TermUnit.DAY)
    with pytest.raises(TermSuspended):
        runs(
            term,
            _at("2026-03-09T09:00"),
            calendar(),
            exclusions=[Exclusion(first=_day("03-10"))],
        )


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
    unit=st.sampled_from([TermUnit.DAY, TermUnit.WORKING_DAY, TermUnit.MONTH]),
    rolls=st.booleans(),
)
SPANS = st.builds(
    lambda first, length: Exclusion(first=first, last=first + timedelta(days=length)),
    DAYS,
    st.integers(0, 20),
)
CALENDARS = st.builds(_calendar, st.frozensets(DAYS, max_size=15))
MORE = st.lists(
    st.builds(
        Extension,
        length=st.integers(1, 20),
        unit=st.sampled_from([TermUnit.DAY, TermUnit.WORKING_DAY]),
    ),
    max_size=2,
)


@given(TERMS, STARTS, CALENDARS, st.lists(SPANS, max_size=3), MORE)
def test_the_account_ends_where_the_term_ends(term, start, days, spans, more):
    """The last day of the account is that of the term, whatever was left out."""
    found = runs(term, start, days, exclusions=spans, extensions=more)
    last = term.last_day(start, days, exclusions=spans, extensions=more)

    assert found[-1].last == last


@given(TERMS, STARTS, CALENDARS, st.lists(SPANS, max_size=3), MORE)
def test_every_day_stands_in_the_account_once(term, start, days, spans, more):
    """The runs follow each other without a gap, from the day of the event on."""
    found = runs(term, start, days, exclusions=spans, extensions=more)
    gaps = [
        (one.last, other.first)
        for one, other in itertools.pairwise(found)
        if other.first - one.last != timedelta(days=1)
    ]

    assert gaps == []
    assert found[0].first == start.astimezone(SHANGHAI).date()


@given(STARTS, CALENDARS, st.integers(1, 60), st.lists(SPANS, max_size=3))
def test_as_many_days_are_counted_as_the_term_is_long(start, days, length, spans):
    """Days counted are neither rest days nor left out, and there are enough of them."""
    term = Term(code="t", length=length, unit=TermUnit.WORKING_DAY)
    found = runs(term, start, days, exclusions=spans)
    counted = [
        run.first + timedelta(days=n)
        for run in found
        if run.kind in COUNTING
        for n in range((run.last - run.first).days + 1)
    ]

    assert len(counted) == length
    assert all(days.is_working_day(day) for day in counted)


@given(STARTS, st.integers(1, 60), st.integers(1, 60))
def test_lengths_of_one_unit_add_up(start, one, other):
    """Calendar days, working days and hours: a term and its extension are one term."""
    for unit in (TermUnit.DAY, TermUnit.WORKING_DAY, TermUnit.HOUR):
        whole = Term(code="t", length=one + other, unit=unit)
        parted = Term(code="t", length=one, unit=unit)
        more = [Extension(length=other, unit=unit)]

        assert parted.due(start, calendar_of_2026(), extensions=more) == whole.due(
            start, calendar_of_2026()
        )


@given(STARTS, st.integers(1, 60))
def test_counting_back_undoes_counting_on(start, length):
    """So many working days before the last day of a term lies a day no later."""
    days = calendar_of_2026()
    begin = days.next_working_day(start.date())
    for unit in (TermUnit.DAY, TermUnit.WORKING_DAY):
        on = Term(code="t", length=length, unit=unit)
        back = Term(code="t", length=length, unit=unit, before=True)
        moment = datetime.combine(begin, start.time(), SHANGHAI)
        last = on.due(moment, days)

        assert back.last_day(last, days) == begin


@given(STARTS, st.integers(1, 30), DAYS, st.integers(0, 10), st.integers(0, 10))
def test_deductions_that_do_not_overlap_add_up(start, length, first, one, other):
    """Two adjoining deductions put an end off exactly as one over both does."""
    term = Term(code="t", length=length, unit=TermUnit.DAY)
    middle = first + timedelta(days=one)
    last = middle + timedelta(days=other + 1)
    apart = [
        Exclusion(first=first, last=middle),
        Exclusion(first=middle + timedelta(days=1), last=last),
    ]
    together = [Exclusion(first=first, last=last)]
    days = calendar_of_2026()

    assert term.due(start, days, exclusions=apart) == term.due(
        start, days, exclusions=together
    )


def calendar_of_2026():
    """Return a calendar without holidays that covers what is counted here."""
    return _calendar()
