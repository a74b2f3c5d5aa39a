"""Identity numbers (GB 11643) and unified social credit codes (GB 32100)."""

from __future__ import annotations

import re
from datetime import date

ID_NUMBER = re.compile(r"\d{17}[\dX]")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_number_fault(text: str) -> str | None:
    """Return the code of what is wrong with an identity number; None if nothing."""
    if not ID_NUMBER.fullmatch(text):
        return "id_number_format"
    total = sum(w * int(d) for w, d in zip(ID_WEIGHTS, text[:17], strict=True))
    if ID_CHECKS[total % 11] != text[17]:
        return "check_digit"
    try:
        date.fromisoformat(text[6:14])
    except ValueError:
        return "id_number_birth_date"
    return None


def credit_code_fault(text: str) -> str | None:
    """Return the code of what is wrong with a credit code; None if nothing is."""
    if not CREDIT_CODE.fullmatch(text):
        return "credit_code_format"
    return None if text[17] == credit_check(text[:17]) else "check_digit"


def credit_check(first: str) -> str:
    """Return the check character that belongs to the first 17 characters."""
    total = sum(
        weight * CREDIT_CHARACTERS.index(character)
        for weight, character in zip(CREDIT_WEIGHTS, first, strict=True)
    )
    return CREDIT_CHARACTERS[-total % 31]
