from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.rules.requirements import (
    Requirement,
    WaiverRule,
    merge,
    merge_held,
    stricter,
)
from storage.vocabulary import DueAt, Level, RecordForm

STRICT = [Level.MANDATORY, Level.CONDITIONAL, Level.OPTIONAL, Level.EXEMPT]


def _asked(code="photo", level="mandatory", form="recording", **more):
    return Requirement(
        key=f"{form}:{code}",
        form=RecordForm(form),
        codes=tuple(code.split("|")),
        level=Level(level),
        **more,
    )


ASKED = st.builds(
    _asked,
    level=st.sampled_from([level.value for level in Level]),
    count=st.integers(1, 3),
    due=st.sampled_from(DueAt),
    carried=st.booleans(),
    prepared=st.booleans(),
    signed_by=st.lists(st.sampled_from(["handler", "reviewer"]), unique=True).map(
        tuple
    ),
    cites=st.lists(st.sampled_from(["pl-1", "pl-2"]), unique=True).map(tuple),
)


def test_the_stricter_level_wins_and_both_are_cited():
    """Mandatory beats conditional, and both clauses stay on the line."""
    local = _asked(level="conditional", cites=("pds-1",), source="pingdingshan")
    nation = _asked(level="mandatory", cites=("pl-47",), source="national")
    found = stricter(local, nation)

    assert found.level is Level.MANDATORY
    assert found.cites == ("pds-1", "pl-47")
    assert found.source == "pingdingshan+national"


def test_what_is_optional_does_not_tighten():
    """A weaker demand adds its clause, not its number or its place."""
    must = _asked(carried=True)
    may = _asked(level="optional", count=3, cites=("x-1",))
    found = stricter(may, must)

    assert (found.count, found.carried, found.cites) == (1, True, ("x-1",))


def test_a_final_document_is_more_than_a_signed_one():
    """Signed here and final there means final; two signed roles are both asked."""
    signed = _asked("a", form="document", signed_by=("handler",))
    reviewed = _asked("a", form="document", signed_by=("reviewer",))
    final = _asked("a", form="document")
    prepared = _asked("a", form="document", prepared=True)

    assert stricter(signed, final).must_be_final is True
    assert stricter(signed, reviewed).signed_by == ("handler", "reviewer")
    assert stricter(prepared, signed).signed_by == ("handler",)
    assert stricter(prepared, prepared).prepared is True


def test_a_waiver_that_either_side_knows_is_kept():
    """The authority's way out applies to what national law asks as well."""
    rule = WaiverRule(grounds=("weather",))

    assert stricter(_asked(), _asked(waiver=rule)).waiver == rule


def test_other_conditions_stay_apart_until_they_are_known():
    """Only the facts decide which of two conditional demands applies."""
    always = _asked(level="conditional")
    office = _asked(when="place == 'office'")
    merged = merge([always], [office], [office])

    assert merged == (always, office)
    assert [asked.level for asked in merge_held(merged)] == [Level.MANDATORY]


def test_any_of_several_is_met_by_the_one_that_must_be_there():
    """Photo or video as needed is not asked beside a mandatory photo."""
    wide = _asked("photo|video", level="conditional", cites=("notice-118",))
    photo = _asked("photo", cites=("pds-1",))
    (found,) = merge_held([wide, photo])

    assert found.key == "recording:photo"
    assert found.cites == ("pds-1", "notice-118")


def test_one_that_need_not_be_there_stands_in_for_nothing():
    """Neither a conditional, a later, a carried nor a lesser record stands in."""
    wide = _asked("photo|video", count=2)
    weak = [
        _asked("photo", level="conditional", count=2),
        _asked("photo", count=1),
        _asked("photo", count=2, due=DueAt.DEPOSIT),
        _asked("photo", count=2, carried=True),
    ]
    paper = [
        _asked("a|b", form="document"),
        _asked("a", form="document", signed_by=("x",)),
    ]

    assert all(len(merge_held([wide, one])) == 2 for one in weak)
    assert len(merge_held(paper)) == 2


@given(ASKED, ASKED)
def test_merging_never_loosens(one, other):
    """The result is at least as strict as either of two equal levels."""
    found = stricter(one, other)

    assert STRICT.index(found.level) == min(
        STRICT.index(one.level), STRICT.index(other.level)
    )
    assert set(found.cites) == {*one.cites, *other.cites}
    if one.level is other.level:
        assert found.count == max(one.count, other.count)
        assert found.must_be_final is (one.must_be_final or other.must_be_final)


@given(ASKED)
def test_merging_with_itself_changes_nothing(one):
    """The same demand from two sources is that demand."""
    plain = replace(one, prepared=one.prepared and not one.signed_by)

    assert stricter(plain, plain) == plain
