"""The only clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp import clock

DAY = timedelta(days=1)
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


def test_every_process_runs_on_from_the_first_start(tmp_path):
    """A worker that starts later shows the same time as the server, not the first."""
    kept = tmp_path / "clock"
    began = (clock.now() - DAY).isoformat()
    kept.write_text(f"{MOMENT.isoformat()} {began}", "ascii")
    clock.start_at(MOMENT, kept)
    try:
        passed = clock.now() - MOMENT
        moved = clock.is_set()
    finally:
        clock.start_at(None)

    assert DAY <= passed < DAY + timedelta(minutes=1)
    assert moved is True
    assert clock.is_set() is False


@pytest.mark.parametrize("text", ["", "2020-01-01T00:00:00+00:00 x", "one two three"])
def test_another_instant_begins_anew(tmp_path, text):
    """When the setting changed, or the file cannot be read, the clock starts again."""
    kept = tmp_path / "deep" / "clock"
    kept.parent.mkdir()
    kept.write_text(text, "ascii")
    clock.start_at(MOMENT, kept)
    try:
        passed = clock.now() - MOMENT
    finally:
        clock.start_at(None)

    assert timedelta() <= passed < timedelta(minutes=1)
    assert kept.read_text("ascii").split()[0] == MOMENT.isoformat()


def test_every_page_says_that_the_clock_is_set(published):
    """Whoever looks at a rehearsal sees what time it shows, even before signing in."""
    plain = published.test_client().get("/login").text
    clock.start_at(MOMENT)
    try:
        shown = published.test_client().get("/login").text
    finally:
        clock.start_at(None)

    assert "2026-03-02" not in plain
    assert "2026-03-02 09:0" in shown
