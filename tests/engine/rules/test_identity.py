"""Identity numbers and credit codes are told from mistyped ones."""

from __future__ import annotations

import pytest

from engine.rules.identity import credit_code_fault, id_number_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("11010519491231002X", None),
        ("110105194912310021", "check_digit"),
        ("11010519491331002X", "check_digit"),
        ("110105194913310021", "id_number_birth_date"),
        ("11010519491231", "id_number_format"),
    ],
)
def test_identity_numbers(text, fault):
    """The published example passes; format, check digit and birth date are seen."""
    found = id_number_fault(text)

    assert found == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("91410402MA9K3HXT4X", None),
        ("91410402MA9K3HXT4Y", "check_digit"),
        ("123", "credit_code_format"),
        ("91410402MA9K3HXTIX", "credit_code_format"),
    ],
)
def test_credit_codes(text, fault):
    """A code with a wrong check character or a forbidden letter is refused."""
    found = credit_code_fault(text)

    assert found == fault
