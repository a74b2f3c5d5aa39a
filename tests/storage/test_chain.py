"""The chain of events: whatever is changed, lost or moved in it is found."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import chain
from storage.chain import GENESIS, SEALED, Break, seal, verify
from storage.database import new_id
from tests.case_file import MONDAY
from tests.factories import link


def bodies(count):
    """Return a whole chain of some events, as they are verified."""
    made, previous, stream = [], GENESIS, str(new_id())
    for seq in range(1, count + 1):
        body = {
            "id": str(new_id()),
            "stream_id": stream,
            "seq": seq,
            "tag": "task.claimed",
            "subject_id": None,
            "actor_id": str(new_id()),
            "acted_at": MONDAY.isoformat(),
            "recorded_at": MONDAY.isoformat(),
            "command_id": None,
            "payload": {"facts": {"由": "中文", "number": seq}, "result": {}},
        }
        digest = seal(previous, body)
        made.append({**body, "previous": previous, "digest": digest})
        previous = digest
    return made


def test_a_whole_chain_verifies():
    """Nothing is reported of a chain as it was written, nor of an empty one."""
    assert verify(bodies(5)) is None
    assert verify([]) is None


@pytest.mark.parametrize("field", SEALED)
def test_every_sealed_field_is_covered(field):
    """A change of any field of an event breaks its chain at that event."""
    events = bodies(4)
    events[2] = {**events[2], field: "changed" if field != "seq" else 9}
    found = verify(events)

    assert found == Break(3, "gap" if field == "seq" else "digest")


def test_one_changed_character_is_found():
    """A single character deep inside a payload breaks the chain at its event."""
    events = bodies(6)
    events[3] = copy.deepcopy(events[3])
    events[3]["payload"]["facts"]["由"] = "中丈"

    assert verify(events) == Break(4, "digest")


def test_a_lost_event_is_a_gap():
    """An event taken out of the middle, or from the beginning, is missed."""
    events = bodies(5)

    assert verify(events[:2] + events[3:]) == Break(3, "gap")
    assert verify(events[1:]) == Break(1, "gap")


def test_exchanged_events_are_found():
    """Two events that change places break the chain at the first of them."""
    events = bodies(5)
    events[1], events[3] = events[3], events[1]

    assert verify(events) == Break(2, "gap")


def test_renumbered_events_are_found():
    """Events exchanged and renumbered no longer point at what came before."""
    events = bodies(5)
    events[1], events[2] = (
        {**events[2], "seq": 2},
        {**events[1], "seq": 3},
    )

    assert verify(events) == Break(2, "previous")


def test_a_resealed_event_is_found_at_the_next():
    """Who changes an event and seals it anew is betrayed by the event after it."""
    events = bodies(5)
    changed = {**events[2], "tag": "task.released"}
    events[2] = {**changed, "digest": seal(changed["previous"], changed)}

    assert verify(events) == Break(4, "previous")


@given(
    st.integers(0, 5),
    st.sampled_from([name for name in SEALED if name != "seq"]),
    st.text(max_size=8),
)
def test_no_change_goes_unnoticed(place, field, value):
    """Any other value in any field of any event is found at that event."""
    events = bodies(6)
    events[place] = {**events[place], field: {"now": value}}

    assert verify(events) == Break(place + 1, "digest")


def test_a_stored_chain_is_read_as_it_was_sealed(either_office):
    """Stored, read back and compared, the moments of an event are still the same."""
    office = either_office
    office.now += timedelta(microseconds=123456)
    case = office.open_case().accept()
    events = case.events()

    assert verify(map(link, events)) is None
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[0].previous == chain.GENESIS
