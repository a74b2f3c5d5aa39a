"""Single answers: what is accepted, and the code of what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.rules.identity import (
    CREDIT_CHARACTERS,
    ID_CHECKS,
    ID_WEIGHTS,
    credit_check,
)
from forms.definition import FormDefinition, parse


def form(*fields: dict[str, Any]) -> FormDefinition:
    """Return a form of these fields, all of them labelled."""
    label = {"zh": "项", "en": "Item"}
    section = {
        **label,
        "field": [f if "block" in f else {"label": label, **f} for f in fields],
    }
    return parse(
        {
            "code": "trial",
            **label,
            "number": "none",
            "seal": "none",
            "served": "internal",
            "volume": "main",
            "section": [section],
        },
        file="trial/form.toml",
    )


def accepted(field: dict[str, Any], value: Any) -> Any:
    """Return what one field makes of *value*."""
    return form({"name": "x", **field}).load({"x": value}).get("x")


def errors(field: dict[str, Any], value: Any) -> Any:
    """Return why one field refuses *value*."""
    with pytest.raises(Invalid) as refusal:
        form({"name": "x", **field}).load({"x": value})
    return refusal.value.errors["x"]


ACCEPTED = [
    ({"type": "text"}, "  平顶山 ", "平顶山"),
    ({"type": "text"}, "", None),
    ({"type": "textarea"}, "一\r\n二", "一\n二"),
    ({"type": "date"}, "2026-03-10", "2026-03-10"),
    ({"type": "datetime"}, "2026-03-10T14:00", "2026-03-10T14:00:00+08:00"),
    ({"type": "datetime"}, "2026-03-10T06:00:00+00:00", "2026-03-10T14:00:00+08:00"),
    ({"type": "integer"}, "7", 7),
    ({"type": "integer", "min": 0}, 0, 0),
    ({"type": "money"}, 23160000, 23160000),
    ({"type": "money"}, "231,600.00", 23160000),
    ({"type": "money"}, "0.1", 10),
    ({"type": "boolean"}, "on", True),
    ({"type": "boolean"}, False, False),
    ({"type": "boolean", "must_be": True}, True, True),
    ({"type": "id_number"}, "410422199108234026", "410422199108234026"),
    ({"type": "credit_code"}, "91410402ma9k3hxt4x", "91410402MA9K3HXT4X"),
    ({"type": "persons"}, ["a"], [{"id": "a"}]),
    ({"type": "officers"}, ["a", "b"], [{"id": "a"}, {"id": "b"}]),
]


@pytest.mark.parametrize(("field", "value", "expected"), ACCEPTED)
def test_what_is_accepted(field: dict[str, Any], value: Any, expected: Any) -> None:
    """An answer is kept in JSON's own types, tidied but not changed."""
    actual = accepted(field, value)

    assert actual == expected


REFUSED = [
    ({"type": "text", "required": True}, "  ", {"code": "required"}),
    ({"type": "text"}, "a\nb", {"code": "line_break"}),
    ({"type": "text"}, "a\x07b", {"code": "control_character"}),
    ({"type": "text"}, 5, {"code": "invalid"}),
    ({"type": "text", "max_length": 2}, "一二三", {"code": "too_long", "max": 2}),
    ({"type": "text", "min_length": 4}, "一二三", {"code": "too_short", "min": 4}),
    ({"type": "date"}, "2026-02-30", {"code": "invalid_date"}),
    ({"type": "datetime"}, "later", {"code": "invalid_datetime"}),
    ({"type": "integer"}, "7.5", {"code": "invalid_integer"}),
    ({"type": "integer"}, True, {"code": "invalid_integer"}),
    ({"type": "integer", "min": 1}, 0, {"code": "too_small", "min": 1}),
    ({"type": "integer", "max": 9}, 10, {"code": "too_large", "max": 9}),
    ({"type": "money"}, -1, {"code": "negative"}),
    ({"type": "money"}, "1.005", {"code": "money_precision"}),
    ({"type": "money"}, "many", {"code": "invalid_money"}),
    ({"type": "money"}, "NaN", {"code": "invalid_money"}),
    ({"type": "money"}, "1e30", {"code": "too_large", "max": 10**14}),
    ({"type": "boolean"}, "perhaps", {"code": "invalid_boolean"}),
    ({"type": "boolean", "must_be": True}, False, {"code": "not_confirmed"}),
    ({"type": "id_number"}, "410422199108234025", {"code": "check_digit"}),
    ({"type": "id_number"}, "4104221991082340", {"code": "id_number_format"}),
    ({"type": "credit_code"}, "91410402MA9K3HXT41", {"code": "check_digit"}),
    ({"type": "credit_code"}, "91410402MA9K3HXTI1", {"code": "credit_code_format"}),
    ({"type": "officers"}, ["a"], {"code": "too_few", "min": 2}),
    ({"type": "officers"}, ["a", "a"], {"code": "duplicate"}),
    ({"type": "officers"}, "a", {"code": "invalid_list"}),
    ({"type": "persons", "max_items": 1}, ["a", "b"], {"code": "too_many", "max": 1}),
]


@pytest.mark.parametrize(("field", "value", "expected"), REFUSED)
def test_what_is_refused(
    field: dict[str, Any], value: Any, expected: dict[str, Any]
) -> None:
    """A refusal is one stable code with its facts; no sentence is made here."""
    actual = errors(field, value)

    assert actual == [expected]


CHOICES = [
    {"value": "a", "zh": "甲", "en": "A"},
    {"value": "b", "zh": "乙", "en": "B"},
]


def test_a_choice_is_one_that_is_offered() -> None:
    """Nothing else can be chosen, and nothing twice."""
    one = {"type": "choice", "choices": CHOICES}
    several = {**one, "multiple": True}

    assert accepted(one, "b") == "b"
    assert errors(one, "c") == [{"code": "not_a_choice"}]
    assert accepted(several, ["b", "a"]) == ["b", "a"]
    assert errors(several, ["a", "a"]) == [{"code": "duplicate"}]
    assert errors(several, ["a", "c"]) == {1: [{"code": "not_a_choice"}]}


def test_an_impossible_birth_date_is_no_identity_number() -> None:
    """The check digit alone does not make a number somebody can have."""
    first = "41042219911323402"
    total = sum(w * int(d) for w, d in zip(ID_WEIGHTS, first, strict=True))

    actual = errors({"type": "id_number"}, first + ID_CHECKS[total % 11])

    assert actual == [{"code": "id_number_birth_date"}]


@given(st.text(CREDIT_CHARACTERS, min_size=17, max_size=17), st.data())
def test_one_wrong_character_never_passes(first: str, data: st.DataObject) -> None:
    """A unified social credit code with one slip of the pen is always refused."""
    code = first + credit_check(first)
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from(CREDIT_CHARACTERS.replace(code[place], "")))
    slipped = code[:place] + other + code[place + 1 :]

    assert accepted({"type": "credit_code"}, code) == code
    assert errors({"type": "credit_code"}, slipped) == [{"code": "check_digit"}]


@given(st.integers(0, 10**13))
def test_money_is_exact(fen: int) -> None:
    """Yuan typed with two decimals is the same sum in fen, to the last one."""
    typed = f"{fen // 100}.{fen % 100:02d}"

    assert accepted({"type": "money"}, typed) == fen
