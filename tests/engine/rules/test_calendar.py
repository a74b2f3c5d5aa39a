from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.rules.calendar import Calendar
from engine.rules.errors import CalendarUnknown, InvalidCalendar

TEXT = """
[[year]]
year = 2026
notice = "关于2026年部分节假日安排的通知"
number = "国办发明电〔2025〕7号"
issued = 2025-11-04
provisional = false
working = [2026-05-09]

  [[year.holiday]]
  name = "劳动节"
  days = [2026-05-01, 2026-05-02, 2026-05-03, 2026-05-04, 2026-05-05]

[[year]]
year = 2027
notice = "年节办法"
provisional = true
working = []
holiday = []
"""


@pytest.fixture
def calendar():
    """Return a small calendar of two years."""
    return Calendar.load(TEXT)


def _year(**changes):
    parts = {
        "year": "2026",
        "working": "[]",
        "days": "[2026-01-01]",
    } | changes
    return (
        f'[[year]]\nyear = {parts["year"]}\nnotice = "n"\n'
        f"working = {parts['working']}\n"
        f'[[year.holiday]]\nname = "h"\ndays = {parts["days"]}\n'
    )


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), False),
        (date(2026, 5, 4), False),
        (date(2026, 5, 9), True),
        (date(2026, 5, 10), False),
    ],
)
def test_a_day_is_worked_or_not(calendar, day, worked):
    """Holidays on weekdays rest, made-up Saturdays are worked."""
    assert calendar.is_working_day(day) is worked


def test_the_next_working_day_may_be_the_day_itself(calendar):
    """A worked day is its own next one; a holiday gives way to the day after."""
    assert calendar.next_working_day(date(2026, 4, 30)) == date(2026, 4, 30)
    assert calendar.next_working_day(date(2026, 5, 1)) == date(2026, 5, 6)


def test_working_days_are_counted_from_the_day_after(calendar):
    """The day of the event is not counted, make-up days and exclusions are seen."""
    start = date(2026, 4, 30)

    assert calendar.add_working_days(start, 4) == date(2026, 5, 9)
    assert calendar.add_working_days(start, 0) == start
    assert calendar.add_working_days(start, 1, {date(2026, 5, 6)}) == date(2026, 5, 7)


def test_days_off_are_listed(calendar):
    """The rest days of a span are named, its ends included."""
    found = calendar.days_off(date(2026, 5, 5), date(2026, 5, 10))

    assert found == (date(2026, 5, 5), date(2026, 5, 10))


def test_what_is_not_covered_is_refused(calendar):
    """A year without a notice cannot be counted through."""
    with pytest.raises(CalendarUnknown) as refusal:
        calendar.add_working_days(date(2027, 12, 30), 3)

    assert refusal.value.day == date(2028, 1, 1)
    assert refusal.value.years == (2026, 2027)


def test_a_provisional_year_says_so(calendar):
    """Days of a year whose notice is awaited are marked as provisional."""
    assert calendar.is_provisional(date(2027, 3, 1)) is True
    assert calendar.is_provisional(date(2026, 3, 1)) is False


def test_holidays_keep_their_names_and_notices(calendar):
    """A screen can say why a day rests, and by which notice."""
    assert calendar.names[date(2026, 5, 1)] == "劳动节"
    assert calendar.notices[2026].number == "国办发明电〔2025〕7号"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not toml", "Expected"),
        ("", "year"),
        (_year() + _year(), "twice"),
        (_year(working="[2026-01-01]"), "both a holiday and worked"),
        (_year(working="[2026-01-05]"), "needs no make-up"),
        (_year(days="[2027-01-01]"), "not a day of 2026"),
        (_year(working="[2027-01-02]"), "not a day of 2026"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(text, reason):
    """Each way in which a calendar can be wrong is named."""
    with pytest.raises(InvalidCalendar, match=reason):
        Calendar.load(text)


def test_every_day_of_a_year_has_an_answer(calendar):
    """No day of a covered year is unknown."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    assert sum(map(calendar.is_working_day, days)) == 259


OWN_DAY = """
[[day]]
date = 2026-05-06
working = false
name = "own"
notice = "n"
"""


def test_an_installation_replaces_a_year():
    """A year whose notice has come stands in place of the provisional one."""
    given = _year().replace("[[year", "[[replace").replace("2026", "2027")
    found = Calendar.load(_year() + _year().replace("2026", "2027") + given)

    assert found.years == (2026, 2027)


def test_an_installation_adds_a_year():
    """A year that the release does not know yet can be counted through."""
    given = _year().replace("[[year", "[[replace").replace("2026", "2028")

    assert Calendar.load(_year() + given).years == (2026, 2028)


def test_an_installation_changes_a_day():
    """A single day rests, or is worked, whatever the notice of its year says."""
    rests = Calendar.load(_year() + OWN_DAY)
    worked = Calendar.load(
        _year()
        + OWN_DAY.replace("2026-05-06", "2026-05-09").replace("= false", "= true")
    )

    assert rests.is_working_day(date(2026, 5, 6)) is False
    assert rests.names[date(2026, 5, 6)] == "own"
    assert worked.is_working_day(date(2026, 5, 9)) is True


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (OWN_DAY.replace("2026-", "2031-"), "its year is not in the calendar"),
        (OWN_DAY.replace('notice = "n"', 'notice = ""'), "it names no notice"),
        (OWN_DAY.replace('name = "own"', ""), "name"),
        ('[[day]]\ndate = "soon"\nnotice = "n"\nworking = true', "year"),
    ],
)
def test_a_wrong_day_of_an_installation_is_refused(text, reason):
    """A day without a notice, a name or a year of its own cannot be taken."""
    with pytest.raises(InvalidCalendar, match=reason):
        Calendar.load(_year() + text)
