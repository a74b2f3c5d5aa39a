"""How dates, amounts, ticks, lists and signatures look on paper."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.rules.amounts import capital_amount
from forms.answers import ZONE
from forms.elements import Choice

WORDS = Path(__file__).with_name("words.toml")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return the words that the paper puts around values."""
    return tomllib.loads(WORDS.read_text("utf-8"))


@dataclass(frozen=True)
class Chosen:
    """A choice on paper: its words, its value, and a box for all that was offered."""

    values: tuple[str, ...]
    offered: tuple[Choice, ...]

    def __str__(self) -> str:
        """Return the words of what was chosen."""
        return words()["list"]["between"].join(
            choice.label.zh for choice in self.offered if choice.value in self.values
        )

    def __bool__(self) -> bool:
        """Return whether anything was chosen."""
        return bool(self.values)

    def __eq__(self, other: object) -> bool:
        """Compare with a value, as conditions in a template do."""
        if isinstance(other, str):
            return self.values == (other,)
        return isinstance(other, Chosen) and self.values == other.values

    def __hash__(self) -> int:
        """Return the hash of the values."""
        return hash(self.values)

    def __contains__(self, value: object) -> bool:
        """Return whether *value* was chosen."""
        return value in self.values

    @property
    def boxes(self) -> str:
        """Every choice with its box, ticked or not."""
        return words()["tick"]["between"].join(
            box(choice.value in self.values) + choice.label.zh
            for choice in self.offered
        )


@dataclass(frozen=True)
class Slots(Collection[Mapping[str, Any]]):
    """The signatures of one role, and how many are asked for."""

    signed: tuple[Mapping[str, Any], ...]
    count: int

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Return an iterator over what has been signed."""
        return iter(self.signed)

    def __len__(self) -> int:
        """Return how many have signed."""
        return len(self.signed)

    def __contains__(self, item: object) -> bool:
        """Return whether *item* is among what has been signed."""
        return item in self.signed


def _moment(value: Any) -> datetime | date | None:
    if not value:
        return None
    if isinstance(value, datetime | date):
        return value
    text = str(value)
    if "T" not in text and " " not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(ZONE) if moment.tzinfo else moment


def _written(value: Any, form: str) -> str:
    moment = _moment(value)
    if moment is None:
        return words()["date"]["blank"]
    hour, minute = (
        (moment.hour, moment.minute) if isinstance(moment, datetime) else (0, 0)
    )
    return words()["date"][form].format(
        year=moment.year,
        month=moment.month,
        day=moment.day,
        hour=hour,
        minute=minute,
    )


def day(value: Any) -> str:
    """Return the date in figures."""
    return _written(value, "day")


def minute(value: Any) -> str:
    """Return the date and the time of day in figures."""
    return _written(value, "minute")


def clock(value: Any) -> str:
    """Return the time of day in figures."""
    return _written(value, "clock")


def until(start: Any, end: Any) -> str:
    """Return a span of time; the day is not repeated within it."""
    first, last = _moment(start), _moment(end)
    same = isinstance(first, datetime) and isinstance(last, datetime)
    if same and day(start) == day(end):
        return minute(start) + words()["date"]["to"] + clock(end)
    return minute(start) + words()["date"]["to"] + minute(end)


def day_han(value: Any) -> str:
    """Return the date in Chinese characters."""
    moment = _moment(value)
    table = words()["date"]
    if moment is None:
        return table["blank"]
    return table["day"].format(
        year="".join(table["digits"][int(digit)] for digit in str(moment.year)),
        month=_count_han(moment.month),
        day=_count_han(moment.day),
    )


def _count_han(number: int) -> str:
    table = words()["date"]
    tens, ones = divmod(number, 10)
    head = (table["digits"][tens] if tens > 1 else "") + (table["ten"] if tens else "")
    return head + (table["digits"][ones] if ones else "")


def figures(fen: Any) -> str:
    """Return an amount of fen as yuan in figures, e.g. ``217,200.00``."""
    if not isinstance(fen, int):
        return ""
    yuan, cents = divmod(fen, 100)
    return f"{yuan:,}.{cents:02d}"


def yuan(fen: Any) -> str:
    """Return an amount of fen as yuan, without cents where there are none."""
    text = figures(fen).removesuffix(".00")
    return words()["money"]["yuan"].format(figures=text) if text else ""


def capital(fen: Any) -> str:
    """Return an amount of fen in banker's characters (大写)."""
    if not isinstance(fen, int):
        return ""
    return capital_amount(fen)


def money(fen: Any) -> str:
    """Return an amount in characters and in figures; both come from the same fen."""
    if not isinstance(fen, int):
        return ""
    return words()["money"]["both"].format(capital=capital(fen), figures=figures(fen))


def box(value: Any) -> str:
    """Return a box, ticked when *value* is true."""
    return words()["tick"]["yes" if value is True else "no"]


def yes_no(value: Any) -> str:
    """Return yes or no; nothing where there is no answer."""
    if not isinstance(value, bool):
        return ""
    return words()["tick"]["said_yes" if value else "said_no"]


def clauses(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the provisions as a sentence quotes them."""
    form = words()["list"]["clause"]
    return words()["list"]["between"].join(
        form.format(law=row["law"].strip("《》"), article=row["article"])
        for row in rows
    )


def people(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the names, each with the number of its certificate if it has one."""
    form = words()["list"]["person"]
    return words()["list"]["between"].join(
        form.format(**row) if row.get("certificate") else row["name"] for row in rows
    )


def names(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the names alone."""
    return words()["list"]["between"].join(row["name"] for row in rows)


def sign(slots: Slots) -> str:
    """Return who signed; an empty place for whoever has not."""
    table = words()["signature"]
    written = [_signature(row, table) for row in slots]
    missing = max(slots.count - len(slots), 0)
    return words()["list"]["between"].join([*written, *[table["blank"]] * missing])


def _signature(row: Mapping[str, Any], table: Mapping[str, str]) -> str:
    if row["kind"] != "refusal":
        return table[row["kind"]].format(name=row["name"])
    form = "witnessed" if row.get("witness") else "refusal"
    return table[form].format(
        reason=row.get("note") or row["name"], witness=row.get("witness")
    )


def signed_on(slots: Slots) -> str:
    """Return the day of the last signature; a blank to fill in if there is none."""
    return day(max((row["at"] for row in slots if row.get("at")), default=None))


def opinion(slots: Slots) -> str:
    """Return what the signatories noted beside their names."""
    return "\a".join(row["note"] for row in slots if row.get("note"))


#: Every filter that a template may use.
FILTERS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        day,
        minute,
        clock,
        until,
        day_han,
        figures,
        yuan,
        capital,
        money,
        box,
        yes_no,
        clauses,
        people,
        names,
        sign,
        signed_on,
        opinion,
    )
}
