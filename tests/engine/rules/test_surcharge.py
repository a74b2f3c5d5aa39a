"""A surcharge grows by the day, under its cap; some days do not count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.surcharge import Excluded, Payment, Rate, reckon

DUE = date(2026, 6, 15)
RATE = Rate(daily_percent=3, cap_percent=100)
fines = st.integers(1, 10**10)
days = st.integers(-5, 120).map(lambda n: DUE + timedelta(days=n))
payments = st.lists(
    st.builds(Payment, days, st.integers(0, 10**8), st.integers(0, 10**6)), max_size=4
)
spans = st.lists(
    st.builds(
        lambda first, length: Excluded(first, first + timedelta(days=length)),
        days,
        st.integers(0, 40),
    ),
    max_size=3,
)


@pytest.mark.clause("pl-72", "cl-45")
@pytest.mark.parametrize(
    ("late", "sum_"),
    [(-1, 0), (0, 0), (1, 3_000), (33, 99_000), (34, 100_000), (400, 100_000)],
)
def test_a_surcharge_grows_to_its_cap(late, sum_):
    """Three percent a day, and on the thirty-fourth day no more than the fine."""
    sheet = reckon(100_000, DUE, DUE + timedelta(days=late), RATE)

    assert sheet.surcharge == sum_


@pytest.mark.clause("pl-73")
def test_days_under_reconsideration_do_not_count():
    """Ten days late, of which four under reconsideration, are six days."""
    away = Excluded(date(2026, 6, 18), date(2026, 6, 21))
    sheet = reckon(100_000, DUE, date(2026, 6, 25), RATE, excluded=[away])

    assert sheet.surcharge == 18_000
    assert [(line.days, line.counted) for line in sheet.lines] == [
        (2, True),
        (4, False),
        (4, True),
    ]


@pytest.mark.clause("pl-73")
def test_an_open_suit_stops_the_count():
    """What has no end yet leaves out every day from its first."""
    sheet = reckon(
        100_000, DUE, date(2027, 1, 1), RATE, excluded=[Excluded(date(2026, 6, 18))]
    )

    assert sheet.counted_days == 2


def test_what_is_paid_bears_nothing():
    """Half paid on the third day: two days on the whole, eight on the half."""
    paid = Payment(date(2026, 6, 18), 50_000)
    sheet = reckon(100_000, DUE, date(2026, 6, 25), RATE, payments=[paid])

    assert sheet.surcharge == 2 * 3_000 + 8 * 1_500
    assert sheet.fine_owed == 50_000


def test_the_whole_fine_may_be_the_base():
    """Where the rules say so the percentage stays that of the whole fine."""
    rate = Rate(daily_percent=3, cap_percent=100, on_unpaid=False)
    paid = Payment(date(2026, 6, 18), 50_000)
    sheet = reckon(100_000, DUE, date(2026, 6, 25), rate, payments=[paid])

    assert sheet.surcharge == 10 * 3_000


def test_nothing_grows_once_the_fine_is_paid():
    """The day on which the last of it comes in bears no surcharge."""
    paid = Payment(date(2026, 6, 20), 100_000)
    sheet = reckon(100_000, DUE, date(2026, 8, 1), RATE, payments=[paid])

    assert sheet.surcharge == 4 * 3_000
    assert (sheet.fine_owed, sheet.surcharge_owed) == (0, 12_000)


@given(fines, days, payments, spans)
def test_it_never_passes_its_cap_nor_falls_below_nothing(fine, until, paid, away):
    """Whatever is paid or left out: between nothing and the fine."""
    sheet = reckon(fine, DUE, until, RATE, payments=paid, excluded=away)

    assert 0 <= sheet.surcharge <= fine
    assert 0 <= sheet.surcharge_owed <= sheet.surcharge
    assert 0 <= sheet.fine_owed <= fine


@given(fines, days, payments, spans)
def test_a_day_more_never_lessens_it(fine, until, paid, away):
    """Time adds, or leaves it as it is."""
    today = reckon(fine, DUE, until, RATE, payments=paid, excluded=away)
    later = until + timedelta(days=1)
    tomorrow = reckon(fine, DUE, later, RATE, payments=paid, excluded=away)

    assert tomorrow.surcharge >= today.surcharge


@given(fines, days, payments, spans, st.builds(Excluded, days, st.none()))
def test_what_is_left_out_never_adds(fine, until, paid, away, more):
    """One more span under reconsideration lowers the surcharge, or leaves it."""
    plain = reckon(fine, DUE, until, RATE, payments=paid, excluded=away)
    longer = reckon(fine, DUE, until, RATE, payments=paid, excluded=[*away, more])

    assert longer.surcharge <= plain.surcharge


@given(fines, days, payments, spans)
def test_the_lines_are_all_days_once(fine, until, paid, away):
    """The sheet shows each day from the first late one in one line, without a gap."""
    sheet = reckon(fine, DUE, until, RATE, payments=paid, excluded=away)
    shown = [
        line.first + timedelta(days=n) for line in sheet.lines for n in range(line.days)
    ]

    assert shown == [DUE + timedelta(days=n + 1) for n in range(len(shown))]
    assert not shown or shown[-1] <= until
