from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.coherence import (
    Incoherence,
    Mismatch,
    TimeSpan,
    checked_before,
    covers,
    incoherences,
    overlapping,
    overruns,
    unexplained,
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


def test_the_envelope_of_all_segments_is_compared():
    """Which device began first or ended last does not matter; only how far beyond."""
    recorded = [_span("10:00", "10:40"), _span("10:30", "11:30")]
    found = overruns(WRITTEN, recorded, tolerance=MINUTE)

    assert [(each.kind, each.start, each.end) for each in found] == [
        (Mismatch.BEGINS_BEFORE, _at("10:00"), _at("10:05")),
        (Mismatch.ENDS_AFTER, _at("11:20"), _at("11:30")),
    ]


def test_a_clock_that_is_ahead_is_corrected():
    """What a fast clock told is set back; a slow one's is set on."""
    told = _span("10:08", "11:23")

    assert covers(WRITTEN, [told]) is False
    assert covers(WRITTEN, [told.corrected(3 * MINUTE)]) is True
    assert covers(WRITTEN, [_span("10:02", "11:17").corrected(-3 * MINUTE)]) is True


def test_midnight_is_a_minute_like_others():
    """An act that goes on past midnight is covered by films that meet there."""
    day = timedelta(days=1)
    written = TimeSpan(start=_at("23:30"), end=_at("00:30") + day)
    first = TimeSpan(start=_at("23:30"), end=_at("00:00") + day)
    second = TimeSpan(start=_at("00:00") + day, end=_at("00:30") + day)

    assert covers(written, [second, first]) is True
    (gap,) = incoherences(written, [first])
    assert (gap.kind, gap.start) == (Mismatch.ENDS_EARLY, _at("00:00") + day)


def test_an_explanation_accounts_for_a_whole_stretch():
    """From its first minute to its last, or not at all; nothing at all needs leave."""
    recorded = [_span("10:05", "10:30"), _span("10:40", "11:20")]
    found = incoherences(WRITTEN, recorded)

    assert unexplained(found, [_span("10:30", "10:39")]) == found
    assert unexplained(found, [_span("10:30", "10:40")]) == ()
    assert unexplained(found, [_span("10:30", "10:35"), _span("10:35", "10:40")]) == ()
    nothing = incoherences(WRITTEN, [])
    assert unexplained(nothing, [WRITTEN]) == nothing


@pytest.mark.parametrize(
    ("checks", "earlier", "checked"),
    [
        ([], [], False),
        (["09:00"], [], True),
        (["10:01"], [], False),
        (["09:00"], ["09:30"], False),
        (["08:00", "09:40"], ["09:30"], True),
        (["09:00"], ["11:00"], True),
    ],
)
def test_a_device_is_checked_after_its_last_use(checks, earlier, checked):
    """A check counts for the use that follows it, not for the one after that."""
    use = _at("10:00")

    assert checked_before(use, map(_at, checks), map(_at, earlier)) is checked


@given(SPANS, st.lists(SPANS, min_size=1, max_size=4), st.integers(-900, 900))
def test_a_wrong_clock_changes_nothing_once_corrected(written, recorded, seconds):
    """Whatever a clock was off by, the corrected times compare as the true ones."""
    off = timedelta(seconds=seconds)
    told = [TimeSpan(start=s.start + off, end=s.end + off) for s in recorded]
    true = [each.corrected(off) for each in told]

    assert incoherences(written, true) == incoherences(written, recorded)
    assert overruns(written, true) == overruns(written, recorded)


@given(SPANS, st.lists(SPANS, min_size=1, max_size=5), st.randoms())
def test_the_order_of_segments_does_not_matter(written, recorded, random):
    """Segments of several officers are compared as they lie in time."""
    mixed = random.sample(recorded, len(recorded))

    assert incoherences(written, mixed) == incoherences(written, recorded)
    assert overruns(written, mixed) == overruns(written, recorded)


@given(SPANS, st.lists(SPANS, min_size=1, max_size=5))
def test_what_is_told_is_outside_or_uncovered(written, recorded):
    """Gaps lie in what was written and in no film; overruns in no part of it."""
    for each in incoherences(written, recorded):
        assert written.start <= each.start <= each.end <= written.end
        stretch = TimeSpan(start=each.start, end=each.end)
        assert not any(overlapping(stretch, film) for film in recorded)
    for each in overruns(written, recorded):
        assert not overlapping(TimeSpan(start=each.start, end=each.end), written)


@given(SPANS, st.lists(SPANS, min_size=1, max_size=4))
def test_explaining_every_stretch_leaves_none(written, recorded):
    """With a reason for each, the step goes on; without the last one, it does not."""
    found = (*incoherences(written, recorded), *overruns(written, recorded))
    told = [TimeSpan(start=each.start, end=each.end) for each in found]

    assert unexplained(found, told) == ()
    if found:
        assert len(unexplained(found, [])) == len(found)


@given(SPANS, SPANS)
def test_two_interviews_overlap_or_not_alike(one, other):
    """Whoever is asked first: either both overlap or neither; with oneself if any."""
    assert overlapping(one, other) is overlapping(other, one)
    assert overlapping(one, one) is (one.start < one.end)
