"""Lists in parts: a cursor names the row beyond which a part lies, and which way."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import Flask, request
from sqlalchemy import Uuid
from sqlalchemy.types import TypeEngine

from storage.database import Instant
from storage.queries.keyset import EXACT, Order, Part, Place
from webapp.refusals import CursorInvalid

Row = TypeVar("Row")


def encode(*values: Any) -> str:
    """Return a cursor that holds *values*."""
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(cursor: str, count: int) -> list[Any]:
    """Return the *count* values in a cursor; raises CursorInvalid for a foreign one."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        values = orjson.loads(urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != count:
        raise CursorInvalid
    return values


def place_of(cursor: str | None, order: Order) -> Place | None:
    """Return the place in a list of *order* that a cursor names; none: the beginning.

    Raises:
        CursorInvalid: it is of another list, or of none.
    """
    if not cursor:
        return None
    back, *given = decode(cursor, 1 + len(order.columns))
    if not isinstance(back, bool):
        raise CursorInvalid
    values = [
        None
        if text is None and order.nullable and number == 0
        else _value(text, column.type)
        for number, (text, column) in enumerate(zip(given, order.columns, strict=True))
    ]
    return Place(tuple(values), back)


def asked(order: Order) -> Place | None:
    """Return the place in a list of *order* from which a page was asked for."""
    return place_of(request.args.get("cursor"), order)


def register(app: Flask) -> None:
    """Offer what templates of *app* need to show a part of a list."""
    app.add_template_global(links, "links")
    app.add_template_filter(told, "told")


def cursor_of(place: Place | None) -> str | None:
    """Return the cursor that names a place."""
    return None if place is None else encode(place.back, *place.values)


def links(part: Part[Any]) -> dict[str, str | None]:
    """Return the cursors of the parts before and after one, as answers name them."""
    return {"next": cursor_of(part.after), "previous": cursor_of(part.before)}


def told(count: int) -> str:
    """Return a number as it is shown: exact as far as it was counted."""
    return f"{EXACT}+" if count > EXACT else str(count)


def page(
    rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], str]
) -> dict[str, Any]:
    """Return one part of a list, given one row more than its limit."""
    shown = list(rows[:limit])
    return {
        "items": shown,
        "next": cursor_of(shown[-1]) if len(rows) > limit else None,
    }


def _value(text: Any, kind: TypeEngine[Any]) -> Any:
    try:
        if isinstance(kind, Uuid):
            return UUID(text)
        if isinstance(kind, Instant):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is not None else _refuse()
        return text if isinstance(text, str) else _refuse()
    except (TypeError, ValueError, AttributeError):
        raise CursorInvalid from None


def _refuse() -> Any:
    raise ValueError
