"""Canonical JSON: one spelling for each value, and none for what is not exact."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.digest import canonical, digest, plain, sha256

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53)
TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    SCALARS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=12,
)


class Word(StrEnum):
    """A word of the vocabulary."""

    OPEN = "open"


@given(st.dictionaries(TEXT, VALUES))
def test_the_order_of_keys_does_not_matter(value):
    """The same facts in another order have the same digest."""
    turned = dict(reversed(value.items()))

    assert canonical(turned) == canonical(value)
    assert digest(turned) == digest(value)


@given(VALUES)
def test_the_spelling_is_json(value):
    """What is digested can be read back by anybody as JSON."""
    assert json.loads(canonical(value)) == value


@given(VALUES, VALUES)
def test_different_values_differ(one, other):
    """Two values have one digest only if they are one value."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (digest(one) == digest(other)) == same


def test_our_types_have_one_spelling():
    """Identifiers, moments, words and sets are written in one way."""
    value = {
        "id": UUID(int=7),
        "at": datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
        "on": date(2026, 3, 9),
        "word": Word.OPEN,
        "set": {"b", "a"},
        "pair": (1, None),
    }

    assert plain(value) == {
        "id": "00000000-0000-0000-0000-000000000007",
        "at": "2026-03-09T01:30:00+00:00",
        "on": "2026-03-09",
        "word": "open",
        "set": ["a", "b"],
        "pair": [1, None],
    }


@pytest.mark.parametrize("value", [0.5, 1e9, b"bytes", object(), {"x": [0.1]}])
def test_what_is_not_exact_is_refused(value):
    """Money is in fen: a fraction has no canonical form, nor has what is no value."""
    with pytest.raises(TypeError):
        canonical(value)


def test_the_digest_is_the_known_one():
    """The digest is the SHA-256 of the UTF-8 spelling."""
    assert canonical({"b": 1, "a": "中"}) == '{"a":"中","b":1}'.encode()
    assert sha256(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
