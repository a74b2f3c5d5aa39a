"""Lists in parts: the cursor names the last row that was given."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson

from engine.errors import Invalid

Row = TypeVar("Row")


def encode(*values: Any) -> str:
    """Return a cursor that holds *values*."""
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(cursor: str, count: int) -> list[Any]:
    """Return the *count* values in a cursor; raises Invalid for a foreign one."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        values = orjson.loads(urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != count:
        raise Invalid({"cursor": ["not_of_type"]})
    return values


def identifier(text: Any) -> UUID:
    """Return the identifier that a cursor holds; raises Invalid for another thing."""
    try:
        return UUID(text)
    except (TypeError, ValueError, AttributeError):
        raise Invalid({"cursor": ["not_of_type"]}) from None


def page(
    rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], str]
) -> dict[str, Any]:
    """Return one part of a list, given one row more than its limit."""
    shown = list(rows[:limit])
    return {
        "items": shown,
        "next": cursor_of(shown[-1]) if len(rows) > limit else None,
    }
