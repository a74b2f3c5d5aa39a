from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from engine.rules.deadlines import SHANGHAI
from engine.rules.errors import InvalidCatalogue
from engine.rules.facts import FactCatalogue, FactRefused, FactType

TEXT = """
[fact.reason]
type = "text"
zh = "理由"
en = "Reason"
help.zh = "写明理由"

[fact.serious]
type = "boolean"
zh = "重大"
en = "Serious"

[fact.copies]
type = "integer"
zh = "份数"
en = "Copies"

[fact.fine]
type = "money"
zh = "罚款"
en = "Fine"
cites = ["pl-63"]

[fact.heard_on]
type = "date"
zh = "日期"
en = "Day"

[fact.served_at]
type = "instant"
zh = "送达时间"
en = "Served at"

[fact.mode]
type = "choice"
zh = "送达方式"
en = "Mode"
choices = [
  { value = "personal", zh = "直接送达", en = "Personal" },
  { value = "leaving", zh = "留置送达", en = "Leaving" },
]

[fact.host]
type = "person"
zh = "主持人"
en = "Host"

[fact.officers]
type = "persons"
zh = "承办人"
en = "Officers"
"""
A, B = str(UUID(int=1)), str(UUID(int=2))
NOON = datetime(2026, 5, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def catalogue():
    """Return a catalogue with a fact of each type."""
    return FactCatalogue.load(TEXT)


def test_a_catalogue_is_read(catalogue):
    """Names, types, words and choices are what the file says."""
    assert catalogue.names[:2] == ("reason", "serious")
    assert catalogue["fine"].type is FactType.MONEY
    assert catalogue["fine"].cites == ("pl-63",)
    assert catalogue["mode"].values == ("personal", "leaving")
    assert catalogue["reason"].help == {"zh": "写明理由"}
    assert "fine" in catalogue
    assert "other" not in catalogue


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("reason", " 因故 ", "因故"),
        ("serious", True, True),
        ("copies", 2, 2),
        ("fine", 23_160_000, 23_160_000),
        ("heard_on", "2026-05-08", date(2026, 5, 8)),
        ("heard_on", date(2026, 5, 8), date(2026, 5, 8)),
        ("served_at", "2026-05-08T04:00:00+00:00", NOON),
        ("served_at", NOON, NOON),
        ("mode", "leaving", "leaving"),
        ("host", A, A),
        ("host", UUID(int=1), A),
        ("officers", [A, B], [A, B]),
        ("officers", (UUID(int=1),), [A]),
    ],
)
def test_a_value_is_typed(catalogue, name, value, typed):
    """JSON and typed values become the fact's own type."""
    assert catalogue.coerce(name, value) == typed


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("reason", 1, "not_text"),
        ("reason", "  ", "empty"),
        ("serious", "yes", "not_boolean"),
        ("copies", True, "not_integer"),
        ("copies", "2", "not_integer"),
        ("fine", 1.5, "not_money"),
        ("fine", True, "not_money"),
        ("fine", -1, "negative"),
        ("heard_on", NOON, "not_date"),
        ("heard_on", "08.05.2026", "not_date"),
        ("heard_on", 1, "not_date"),
        ("served_at", "noon", "not_instant"),
        ("served_at", "2026-05-08T12:00", "no_offset"),
        ("mode", "carrier_pigeon", "not_a_choice"),
        ("mode", None, "not_a_choice"),
        ("host", "x", "not_person"),
        ("officers", A, "not_persons"),
        ("officers", [], "empty"),
        ("officers", [A, A], "person_twice"),
        ("officers", [A, "x"], "not_person"),
        ("other", 1, "unknown_fact"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(catalogue, name, value, reason):
    """Each refusal names the fact and says why in a stable code."""
    with pytest.raises(FactRefused) as refusal:
        catalogue.coerce(name, value)

    assert refusal.value.facts() == {"fact": name, "reason": reason}


@pytest.mark.parametrize(
    ("name", "text", "typed"),
    [
        ("reason", " 因故 ", "因故"),
        ("serious", "on", True),
        ("serious", "false", False),
        ("copies", " 2 ", 2),
        ("fine", "231,600.00", 23_160_000),
        ("heard_on", "2026-05-08", date(2026, 5, 8)),
        ("served_at", "2026-05-08T12:00", NOON),
        ("served_at", "2026-05-08T04:00+00:00", NOON),
        ("mode", "leaving", "leaving"),
        ("host", A, A),
        ("officers", f"{A}, {B}", [A, B]),
    ],
)
def test_what_is_typed_into_a_form_is_read(catalogue, name, text, typed):
    """Money is typed in yuan, times in Shanghai time."""
    assert catalogue.read(name, text) == typed


def test_shanghai_time_is_kept(catalogue):
    """A time without an offset is a time in China."""
    assert catalogue.read("served_at", "2026-05-08T12:00").tzinfo is SHANGHAI


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("fine", "1.234", "not_money"),
        ("copies", "two", "not_integer"),
        ("serious", "perhaps", "not_boolean"),
        ("served_at", "noon", "not_instant"),
        ("officers", "", "empty"),
        ("other", "", "unknown_fact"),
    ],
)
def test_what_cannot_be_read_is_refused(catalogue, name, text, reason):
    """A form field says why it was not accepted."""
    with pytest.raises(FactRefused) as refusal:
        catalogue.read(name, text)

    assert refusal.value.reason == reason


def test_stored_facts_are_typed_and_complete(catalogue):
    """Conditions see every declared fact; what nobody answered is None."""
    typed = catalogue.typed({"fine": 100, "heard_on": "2026-05-08", "gone": 1})

    assert typed["fine"] == 100
    assert typed["heard_on"] == date(2026, 5, 8)
    assert typed["mode"] is None
    assert set(typed) == set(catalogue.names)


def _fact(body, name="x"):
    return f"[fact.{name}]\n{body}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[", "Invalid"),
        (_fact('type="text"\nzh="x"\nen="x"', "Bad"), "bad_name"),
        (_fact('type="text"\nzh="x"\nen="x"\ncolor="red"'), "unknown_key:color"),
        (_fact('type="text"\nzh="x"'), "missing_key:en"),
        (_fact('type="sum"\nzh="x"\nen="x"'), "unknown_type:sum"),
        (_fact('type="choice"\nzh="x"\nen="x"'), "choices_belong_to_choice"),
        (
            _fact('type="choice"\nzh="x"\nen="x"\nchoices=[{value="a"}]'),
            "choice_is_value_zh_en",
        ),
        (
            _fact(
                'type="choice"\nzh="x"\nen="x"\n'
                'choices=[{value="a",zh="a",en="a"},{value="a",zh="b",en="b"}]'
            ),
            "choice_twice:a",
        ),
    ],
)
def test_a_wrong_catalogue_is_refused(text, reason):
    """A catalogue says which entry is wrong and why."""
    with pytest.raises(InvalidCatalogue, match=reason):
        FactCatalogue.load(text)


def test_an_empty_catalogue_is_a_catalogue():
    """Nothing declared is nothing to ask."""
    assert FactCatalogue.load("").names == ()
