from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine.rules.deadlines import SHANGHAI, Exclusion, Extension, Term
from storage.vocabulary import TermUnit
from tests.law.packs import calendar, rules


def _at(day, clock="15:00"):
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("docketing", "03-09", "03-18"),  # T02
        ("registration_settlement", "03-10", "03-19"),  # T04
        ("decision", "03-12", "06-10"),  # T07
        ("footage_deposit", "03-13", "03-17"),  # T30
        ("defense", "04-15", "04-22"),  # T05
        ("hearing_request", "04-15", "04-22"),  # T05
        ("decision_service", "05-28", "06-08"),  # T08
        ("publication", "05-28", "06-08"),  # T09a
        ("payment", "05-29", "06-15"),  # T10, rolled from Saturday 06-13
        ("archiving", "06-16", "07-16"),  # T32
    ],
)
def test_the_dates_of_the_worked_case_with_a_hearing(code, start, last):
    """Every clock of the worked case ends on the day that was counted by hand."""
    found = rules("pingdingshan").term(code).last_day(_at(start), calendar())

    assert found == date.fromisoformat(f"2026-{last}")


@pytest.mark.clause("pl-64", "pl-85")
def test_a_hearing_is_seven_full_working_days_after_its_notice():
    """Noticed on 23 April, over the May holiday, it may be held from 8 May."""
    term = rules("pingdingshan").term("hearing_notice")
    last = term.last_day(_at("04-23"), calendar())

    assert last == date(2026, 5, 7)
    assert calendar().next_working_day(last + timedelta(days=1)) == date(2026, 5, 8)


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("decision", "06-25", "09-23"),
        ("publication", "08-10", "08-19"),
        ("decision_service", "08-10", "08-19"),
        ("payment", "08-12", "08-27"),
        ("defense", "07-27", "08-03"),
    ],
)
def test_the_dates_of_the_worked_case_with_a_seizure(code, start, last):
    """The other worked case, under the rules of another authority."""
    found = rules("dalian_jinpu").term(code).last_day(_at(start), calendar())

    assert found == date.fromisoformat(f"2026-{last}")


@pytest.mark.clause("cl-25")
def test_a_seizure_is_deducted_and_extended():
    """Testing told in writing and one extension move the end, twice."""
    term = rules("dalian_jinpu").term("measure")
    start = _at("06-24", "21:20")
    lab = [Exclusion(first=date(2026, 6, 29), last=date(2026, 7, 8))]
    more = [Extension(length=20, unit=TermUnit.DAY)]

    assert term.last_day(start, calendar()) == date(2026, 7, 24)
    assert term.last_day(start, calendar(), exclusions=lab) == date(2026, 8, 3)
    assert term.last_day(start, calendar(), exclusions=lab, extensions=more) == date(
        2026, 8, 23
    )


@pytest.mark.clause("cl-19", "pds-2019-12c", "dl-8b")
@pytest.mark.parametrize("issuer", ["pingdingshan", "dalian_jinpu"])
def test_twenty_four_hours_run_through_the_night(issuer):
    """From 21:20 to 21:20, and the due minute is still in time."""
    term = rules(issuer).term("emergency_approval")
    due = term.due(_at("06-24", "21:20"), calendar())

    assert due == _at("06-25", "21:20") + timedelta(seconds=59)
    assert [w.hour for w in term.warnings(due)] == [9, 17, 20]


@pytest.mark.clause("sh-a1-15c")
def test_footage_is_stored_within_a_day_in_shanghai():
    """Recorded until 11:20, stored by 11:20 on the next day."""
    term = rules("shanghai").term("footage_deposit")
    due = term.due(_at("04-14", "11:20"), calendar())

    assert due.replace(second=0) == _at("04-15", "11:20")


@pytest.mark.clause("rl-20", "cp-85")
def test_a_party_has_until_monday():
    """Sixty days that end on a Saturday end on the Monday after."""
    term = rules("shanghai").term("reconsideration")

    assert term.last_day(_at("04-14"), calendar()) == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("length", "unit", "rolls", "start", "last"),
    [
        (2, "working_day", False, "2026-09-18", "2026-09-21"),
        (2, "working_day", False, "2026-09-30", "2026-10-09"),
        (2, "working_day", False, "2026-10-08", "2026-10-10"),
        (5, "working_day", False, "2026-02-13", "2026-02-27"),
        (30, "day", True, "2026-09-02", "2026-10-08"),
        (30, "day", False, "2026-09-02", "2026-10-02"),
        (6, "month", True, "2026-08-31", "2027-03-01"),
        (5, "working_day", False, "2026-09-14", "2026-09-20"),
        (20, "working_day", False, "2026-09-29", "2026-11-02"),
        (7, "working_day", False, "2026-04-14", "2026-04-23"),
        (15, "day", True, "2026-04-14", "2026-04-29"),
    ],
)
def test_hand_counted_periods(length, unit, rolls, start, last):
    """Periods that somebody counted with a paper calendar."""
    term = Term(code="t", length=length, unit=TermUnit(unit), rolls=rolls)
    begin = datetime.fromisoformat(f"{start}T10:00").replace(tzinfo=SHANGHAI)

    assert term.last_day(begin, calendar()) == date.fromisoformat(last)


def test_working_days_of_testing_are_left_out():
    """Seven working days in a laboratory, then ten more by the head."""
    term = Term(code="license", length=20, unit=TermUnit.WORKING_DAY)
    lab = [Exclusion(first=date(2026, 10, 13), last=date(2026, 10, 21))]
    more = [Extension(length=10, unit=TermUnit.WORKING_DAY)]
    start = _at("09-29")

    assert term.last_day(start, calendar(), exclusions=lab) == date(2026, 11, 11)
    assert term.last_day(start, calendar(), exclusions=lab, extensions=more) == date(
        2026, 11, 25
    )


@pytest.mark.parametrize("issuer", ["shanghai", "qingyuan", "zhanhe"])
def test_no_emergency_path_is_made_up(issuer):
    """Where neither the authority nor national law has one, no clock offers it."""
    assert "emergency_approval" not in rules(issuer).terms
    assert rules(issuer).term("measure_approval").cites == ("cl-19",)
