from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from tests.law.packs import calendar

SPRING = [date(2026, 2, 15) + timedelta(days=n) for n in range(9)]
NATIONAL_DAY = [date(2026, 10, 1) + timedelta(days=n) for n in range(7)]
MAKEUP_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]


def test_the_notice_for_2026_is_kept():
    """The make-up days of the notice of 4 November 2025 are worked, and only they."""
    worked = sorted(day for day in calendar().makeup if day.year == 2026)

    assert worked == MAKEUP_2026
    assert calendar().notices[2026].number == "国办发明电〔2025〕7号"
    assert calendar().notices[2026].issued == date(2025, 11, 4)


@pytest.mark.parametrize("day", SPRING + NATIONAL_DAY)
def test_the_long_holidays_of_2026_rest(day):
    """Spring Festival and National Day are off on every one of their days."""
    assert calendar().is_working_day(day) is False


def test_seven_years_have_their_notice_and_one_is_awaited():
    """2020 to 2026 come from notices, 2027 is provisional."""
    years = calendar().notices
    provisional = [year for year in years if years[year].provisional]

    assert list(years) == list(range(2020, 2028))
    assert provisional == [2027]
    assert all(years[year].number for year in range(2020, 2027))


@pytest.mark.parametrize("year", range(2020, 2027))
def test_each_year_has_its_seven_holidays(year):
    """No statutory holiday was forgotten."""
    names = {name for day, name in calendar().names.items() if day.year == year}

    assert names >= {"元旦", "春节", "清明节", "劳动节", "端午节", "国庆节"}
    # In 2020 Mid-Autumn fell on National Day; in 2025 it lies within it.
    assert "中秋节" in names or year == 2020


def test_the_extended_holiday_of_2020_rests():
    """The notice of 26 January 2020 lengthened the Spring Festival."""
    assert calendar().is_working_day(date(2020, 1, 31)) is False
    assert calendar().is_working_day(date(2020, 2, 3)) is True


def _days(first, last):
    span = (last - first).days + 1
    return [first + timedelta(days=n) for n in range(span)]


NOTICED = _days(date(2020, 1, 1), date(2026, 12, 31))


def test_a_maintained_calendar_agrees_on_every_day():
    """The package chinesecalendar, kept from the same notices, says the same."""
    other = [day for day in NOTICED if chinese_calendar.is_workday(day)]

    assert [day for day in NOTICED if calendar().is_working_day(day)] == other


def test_a_second_calendar_agrees_on_every_day():
    """So does the package holidays, which is kept by other people."""
    china = holidays.country_holidays("CN", years=range(2020, 2027))
    other = [day for day in NOTICED if china.is_working_day(day)]

    assert [day for day in NOTICED if calendar().is_working_day(day)] == other


def test_the_awaited_year_has_its_statutory_holidays():
    """Of 2027 the days that the decree itself names rest; nothing is made up for."""
    statutory = holidays.country_holidays("CN", years=2027)
    days = {day for day in statutory if day.year == 2027}

    assert {day for day in days if calendar().is_working_day(day)} == set()
    assert [day for day in calendar().makeup if day.year == 2027] == []
