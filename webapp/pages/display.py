"""How instants, amounts and sizes stand on a page."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from flask import Flask

from engine.rules.amounts import capital_amount
from webapp.clock import is_set, now
from webapp.i18n import ZONE

#: A clock with less than this left is shown as pressing.
SOON = timedelta(days=7)
#: ... and with less than this as urgent.
URGENT = timedelta(days=1)

FEN = 100
KIB = 1024
UNITS = ("B", "KB", "MB", "GB", "TB")


def register(app: Flask) -> None:
    """Offer these to the templates of *app*."""
    for name in (
        local,
        local_day,
        local_input,
        urgency,
        yuan,
        capital,
        size,
        legal_day,
    ):
        app.add_template_filter(name)
    app.add_template_global(now)
    app.add_template_global(is_set, "clock_is_set")
    app.add_template_global(fresh_id)


def fresh_id() -> str:
    """Return a number that no form had before."""
    return uuid.uuid4().hex


def local(value: datetime | str | None) -> str:
    """Return an instant as a Shanghai clock shows it, to the minute."""
    moment = _moment(value)
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if moment else "—"


def local_day(value: datetime | str | None) -> str:
    """Return the day in Shanghai of an instant."""
    moment = _moment(value)
    return moment.astimezone(ZONE).strftime("%Y-%m-%d") if moment else "—"


def local_input(value: datetime | str | None) -> str:
    """Return an instant as the value of a ``datetime-local`` field."""
    moment = _moment(value)
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M") if moment else ""


def legal_day(value: datetime) -> date:
    """Return the legal day on which an instant falls."""
    return value.astimezone(ZONE).date()


def urgency(due: datetime | None) -> str:
    """Return ``late``, ``soon`` or nothing, as the style of a clock."""
    if due is None:
        return ""
    left = due - now()
    if left < URGENT:
        return "late"
    return "soon" if left < SOON else ""


def yuan(fen: object) -> str:
    """Return an amount in fen as yuan with two decimals."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        return "—" if fen is None else str(fen)
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN)
    return f"{sign}{whole:,}.{rest:02d}"


def capital(fen: int) -> str:
    """Return an amount in fen in capital numerals (大写)."""
    return capital_amount(fen)


def size(count: int | None) -> str:
    """Return a number of bytes in the unit that people read."""
    if count is None:
        return "—"
    amount = float(count)
    for unit in UNITS:
        if amount < KIB or unit == UNITS[-1]:
            break
        amount /= KIB
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
        return value if value.tzinfo else value.replace(tzinfo=ZONE)
    return value
