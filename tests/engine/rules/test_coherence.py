from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.coherence import (
    Incoherence,
    Mismatch,
    TimeSpan,
    covers,
    incoherences,
)
from engine.rules.deadlines import SHANGHAI

MINUTE = timedelta(minutes=1)


def _at(clock):
    return datetime.fromisoformat(f"2026-04-14T{clock}").replace(tzinfo=SHANGHAI)


def _span(start, end):
    return TimeSpan(start=_at(start), end=_at(end))


WRITTEN = _span("10:05", "11:20")


def test_a_recording_of_the_same_time_covers():
    """Seconds do not matter: written records know none."""
    assert covers(WRITTEN, [_span("10:05:40", "11:20:10")]) is True


def test_no_recording_covers_nothing():
    """Without any recording the whole time is open."""
    (found,) = incoherences(WRITTEN, [])

    assert found == Incoherence(
        kind=Mismatch.NO_RECORDING, start=_at("10:05"), end=_at("11:20")
    )


def test_each_open_stretch_is_named():
    """Late start, gap and early end are told apart, in order."""
    recorded = [_span("10:40", "11:00"), _span("10:10", "10:30")]
    found = incoherences(WRITTEN, recorded)

    assert [(item.kind, item.start, item.end) for item in found] == [
        (Mismatch.STARTS_LATE, _at("10:05"), _at("10:10")),
        (Mismatch.GAP, _at("10:30"), _at("10:40")),
        (Mismatch.ENDS_EARLY, _at("11:00"), _at("11:20")),
    ]


@pytest.mark.parametrize(("minutes", "covered"), [(0, False), (1, True)])
def test_a_stretch_within_tolerance_passes(minutes, covered):
    """One minute off is let pass where one minute is allowed."""
    tolerance = timedelta(minutes=minutes)

    assert covers(WRITTEN, [_span("10:06", "11:19")], tolerance=tolerance) is covered


def test_several_devices_cover_together():
    """Two officers' recorders fill each other's gaps."""
    first = [_span("10:00", "10:30"), _span("10:50", "11:30")]
    second = [_span("10:20", "10:55")]

    assert covers(WRITTEN, first) is False
    assert covers(WRITTEN, first + second) is True


def test_a_recording_after_the_time_is_no_gap_beyond_the_end():
    """The open stretch ends with the written record, not with the recording."""
    (found,) = incoherences(WRITTEN, [_span("12:00", "12:30")])

    assert (found.start, found.end) == (_at("10:05"), _at("11:20"))


CLOCKS = st.integers(0, 600).map(lambda n: _at("00:00") + n * MINUTE)
SPANS = st.builds(
    lambda start, length: TimeSpan(start=start, end=start + length * MINUTE),
    CLOCKS,
    st.integers(0, 200),
)


@given(SPANS, st.lists(SPANS, max_size=4), SPANS)
def test_more_footage_never_uncovers(written, recorded, more):
    """Another recording covers at least what was covered before."""
    assert covers(written, [*recorded, more]) or not covers(written, recorded)


@given(SPANS, st.lists(SPANS, max_size=3), st.integers(0, 10), st.integers(0, 10))
def test_more_tolerance_never_uncovers(written, recorded, less, more):
    """Whoever allows more lets through at least as much."""
    strict = covers(written, recorded, tolerance=less * MINUTE)
    loose = covers(written, recorded, tolerance=(less + more) * MINUTE)

    assert loose or not strict
