from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.vocabulary import Level
from tests.engine.rules.gatework import (
    a_demand,
    a_document,
    a_recording,
    verdict_on,
)

RECORDS = st.lists(
    st.one_of(
        st.builds(
            a_recording,
            st.sampled_from(["photo", "video"]),
            st.sampled_from(["declared", "deposited", "quarantined"]),
            deposited=st.booleans(),
        ),
        st.builds(a_document, status=st.sampled_from(["draft", "prepared", "final"])),
    ),
    max_size=4,
)
DEMANDS = st.lists(
    st.builds(
        a_demand,
        st.sampled_from(["photo", "video", "photo|video"]),
        st.just("recording"),
        st.sampled_from([level.value for level in Level]),
    ),
    max_size=3,
)


@given(DEMANDS, RECORDS, st.booleans())
def test_dropping_a_demand_never_shuts_a_gate(demands, records, checkpoint):
    """Fewer demands let through at least what more of them let through."""
    full = verdict_on(demands, *records, checkpoint=checkpoint)
    fewer = verdict_on(demands[1:], *records, checkpoint=checkpoint)

    assert fewer.open or not full.open


@given(DEMANDS, RECORDS)
def test_a_checkpoint_is_never_the_wider_gate(demands, records):
    """What a checkpoint lets through, the plain gate lets through too."""
    guarded = verdict_on(demands, *records, checkpoint=True)
    plain = verdict_on(demands, *records)

    assert plain.open or not guarded.open
