"""The only clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp import clock

MOMENT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_the_clock_stands_and_goes_on():
    """A clock that was stopped shows one instant, and its own afterwards."""
    with clock.standing_at(MOMENT):
        stopped = clock.now()

    assert stopped == MOMENT
    assert clock.now() > MOMENT


def test_a_naive_instant_is_refused():
    """Without an offset nobody knows which instant is meant."""
    with (
        pytest.raises(ValueError, match="aware"),
        clock.standing_at(MOMENT.replace(tzinfo=None)),
    ):
        pass


def test_the_clock_runs_on_from_an_instant():
    """A demonstration's clock starts where it was told and goes on."""
    clock.start_at(MOMENT)
    try:
        passed = clock.now() - MOMENT
    finally:
        clock.start_at(None)

    assert timedelta() <= passed < timedelta(minutes=1)
