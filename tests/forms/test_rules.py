"""Rules between answers: conditions, order, groups and rows."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from forms import registry
from forms.definition import FormDefinition
from tests.forms.test_answers import CHOICES, form

KIND = {"name": "kind", "type": "choice", "choices": CHOICES}


def wrong(definition: FormDefinition, answers: dict, **facts) -> dict:
    """Return why *answers* are refused."""
    with pytest.raises(Invalid) as refusal:
        definition.load(answers, facts=facts)
    return refusal.value.errors


def test_what_is_hidden_is_neither_asked_nor_kept() -> None:
    """A field under a condition exists only where the condition holds."""
    definition = form(
        KIND,
        {"name": "x", "type": "text", "required": True, "show_if": {"kind": "a"}},
    )

    assert wrong(definition, {"kind": "a"}) == {"x": [{"code": "required"}]}
    assert definition.load({"kind": "b", "x": "left over"}) == {"kind": "b"}
    assert definition.load({"kind": "a", "x": "y"}) == {"kind": "a", "x": "y"}


def test_a_condition_may_ask_the_case() -> None:
    """What is no field of the form is a fact of the case."""
    definition = form(
        {
            "name": "room",
            "type": "text",
            "required": True,
            "show_if": {"interview_place": "office"},
        }
    )

    assert definition.load({}) == {}
    assert definition.load({}, facts={"interview_place": "onsite"}) == {}
    assert wrong(definition, {}, interview_place="office") == {
        "room": [{"code": "required"}]
    }


def test_a_field_may_be_asked_for_only_at_times() -> None:
    """Shown always, required under a condition."""
    definition = form(
        KIND, {"name": "x", "type": "text", "required_if": {"kind": ["a", "b"]}}
    )

    assert definition.load({"x": "y"}) == {"x": "y"}
    assert wrong(definition, {"kind": "b"}) == {"x": [{"code": "required"}]}


def test_time_moves_forward() -> None:
    """After is strictly later; not before may be the same day."""
    definition = form(
        {"name": "first", "type": "date"},
        {"name": "then", "type": "date", "after": "first"},
        {"name": "last", "type": "date", "not_before": "first"},
    )
    days = {"first": "2026-03-10", "then": "2026-03-10", "last": "2026-03-10"}

    assert wrong(definition, days) == {"then": [{"code": "after", "other": "first"}]}
    assert wrong(definition, {**days, "then": "2026-03-11", "last": "2026-03-09"}) == {
        "last": [{"code": "not_before", "other": "first"}]
    }
    assert definition.draft(days) == (days, {})


def test_rows_say_which_part_is_wrong() -> None:
    """A table names the row and the column; a row left blank is no row."""
    definition = form(
        {
            "name": "rows",
            "type": "table",
            "min_items": 2,
            "columns": [
                {"name": "a", "type": "text", "label": {"zh": "甲", "en": "A"}},
                {
                    "name": "b",
                    "type": "text",
                    "required": True,
                    "label": {"zh": "乙", "en": "B"},
                },
            ],
        }
    )

    assert wrong(definition, {"rows": [{"b": "1"}, {"a": "2"}]}) == {
        "rows": {1: {"b": [{"code": "required"}]}}
    }
    assert wrong(definition, {"rows": [{"b": "1"}, {"b": " "}]}) == {
        "rows": [{"code": "too_few", "min": 2}]
    }


def test_nothing_is_taken_that_was_not_asked() -> None:
    """An unknown name is refused, and in a draft it is left out."""
    definition = form({"name": "x", "type": "text"})

    assert wrong(definition, {"x": "1", "y": "2"}) == {"y": [{"code": "unknown"}]}
    assert definition.draft({"x": "1", "y": "2"}) == (
        {"x": "1"},
        {"y": [{"code": "unknown"}]},
    )


@pytest.mark.parametrize(
    ("kind", "kept", "dropped"),
    [
        ("legal_person", "credit_code", "id_number"),
        ("citizen", "id_number", "credit_code"),
    ],
)
def test_a_party_is_identified_by_its_kind(kind: str, kept: str, dropped: str) -> None:
    """A person has an identity number, an organization a credit code."""
    definition = form({"block": "party"})
    party = {
        "kind": kind,
        "name": "甲",
        "address": "乙路一号",
        "credit_code": "91410402MA9K3HXT4X",
        "id_number": "410422199108234026",
    }

    loaded = definition.load({"party": party})["party"]

    assert kept in loaded
    assert dropped not in loaded


def test_registration_follows_its_approval() -> None:
    """Evidence is registered after the head of the agency approved (处罚法 56)."""
    definition = registry.get("evidence_registration_decision")
    at = "2026-03-10T15:10:00+08:00"

    errors = wrong(definition, {"approved_at": at, "registered_at": at})

    assert errors["registered_at"] == [{"code": "after", "other": "approved_at"}]


@pytest.mark.parametrize(
    ("mode", "proof", "roles"),
    [
        ("personal", None, {"officer", "receiver"}),
        ("leaving", "witness", {"officer", "attesting_witness"}),
        ("leaving", "recording", {"officer"}),
        ("postal", None, {"officer"}),
    ],
)
def test_who_signs_depends_on_how_it_is_served(
    mode: str, proof: str | None, roles: set[str]
) -> None:
    """Nobody signs for a letter in the post, a witness for what is left."""
    definition = registry.get("proof_of_service")

    signers = definition.signatories_for({"mode": mode, "leaving_proof": proof})

    assert {signatory.role for signatory in signers} == roles
