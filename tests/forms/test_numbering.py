"""文号 and serials, and what is filled in before anybody types."""

from __future__ import annotations

import pytest

from forms import registry
from forms.numbering import MalformedNumber, series, write
from forms.prefill import lookup, named, prefill

PATTERN = "{region}卫{category}{mark}〔{year}〕{sequence}号"
WORDS = {"region": "平", "category": "医", "mark": "罚"}


def test_a_number_is_written_as_the_agency_writes_it() -> None:
    """Region, branch, kind, year and sequence, in the agency's own order."""
    assert write(PATTERN, year=2026, sequence=17, words=WORDS) == "平卫医罚〔2026〕17号"
    assert write("{year}{sequence:04}", year=2026, sequence=31) == "20260031"
    assert write("{year}{sequence:04}", year=2026, sequence=12345) == "202612345"


def test_each_kind_and_year_has_its_own_series() -> None:
    """Numbers are counted apart wherever the rest of the number differs."""
    notice = {**WORDS, "mark": "罚告"}

    names = {
        series(PATTERN, year=2026, words=WORDS),
        series(PATTERN, year=2027, words=WORDS),
        series(PATTERN, year=2026, words=notice),
    }

    assert len(names) == 3


@pytest.mark.parametrize(
    ("pattern", "missing"),
    [("{region}〔{year}〕{sequence}号", "region"), ("{year}", "sequence")],
)
def test_a_pattern_that_cannot_count_is_refused(pattern: str, missing: str) -> None:
    """The refusal names the word that nobody supplies."""
    with pytest.raises(MalformedNumber) as refusal:
        write(pattern, year=2026, sequence=1)

    assert refusal.value.missing == missing


def test_the_case_answers_what_it_knows() -> None:
    """Known paths are filled in, unknown ones are left to the officer."""
    definition = registry.get("advance_notice")
    context = {
        "party": {"kind": "legal_person", "name": "甲公司", "address": "乙路一号"},
        "documents": {"investigation_report": {"facts": "擅自开展诊疗活动"}},
        "facts": {"hearing_right": True},
    }

    known = prefill(definition, context)
    kept, wrong = definition.draft(known)

    assert known["party"]["name"] == "甲公司"
    assert known["facts"] == "擅自开展诊疗活动"
    assert known["hearing_right"] is True
    assert "contact_name" not in known
    assert (kept, wrong) == (known, {})


def test_a_path_reads_mappings_only() -> None:
    """A path never reaches into an object's attributes."""
    assert lookup({"a": {"b": 0}}, "a.b") == 0
    assert lookup({"a": "text"}, "a.upper") is None
    assert lookup({}, "a.b") is None


def test_a_day_is_taken_from_an_instant() -> None:
    """Late in the evening in London is the next day in Shanghai."""
    definition = registry.get("registration_settlement_decision")

    known = prefill(definition, {"now": "2026-03-17T20:00:00+00:00"})

    assert known == {"settled_on": "2026-03-18"}


def test_people_are_named_from_the_register() -> None:
    """Whoever is chosen by id is printed with name and certificate."""
    definition = registry.get("onsite_record")
    register = {"1": {"name": "周岚", "certificate": "豫D-01"}}

    answers = named(definition, {"officers": ["1", "2"], "place": "1"}, register)

    assert answers == {
        "officers": [{"id": "1", "name": "周岚", "certificate": "豫D-01"}, {"id": "2"}],
        "place": "1",
    }
