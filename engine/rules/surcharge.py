"""What is added to a fine that is late: day by day, under its cap (加处罚款).

The surcharge begins on the day after the last day of payment. Days under
reconsideration or litigation do not count, the first and the last included. It is a
percentage of what is unpaid, or of the whole fine, as the rules say, and never more
than the fine (行政处罚法 72, 73; 行政强制法 45).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

_ONE_DAY = timedelta(days=1)
_HUNDRED = 100


@dataclass(frozen=True)
class Payment:
    """What was paid of the fine on a day, in fen."""

    day: date
    fine: int
    surcharge: int = 0


@dataclass(frozen=True)
class Excluded:
    """Days that do not count; without a last day they are not over yet."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Say whether *day* is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How a surcharge grows: whole percentages."""

    daily_percent: int
    cap_percent: int  #: of the fine
    on_unpaid: bool = True  #: False: on the whole fine, whatever was paid of it


@dataclass(frozen=True)
class Line:
    """Days in a row that are counted alike."""

    first: date
    last: date
    base: int  #: fen that the percentage is taken of
    counted: bool  #: False: excluded by law

    @property
    def days(self) -> int:
        """Return how many days these are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Sheet:
    """A surcharge with how it came about; sums in fen."""

    fine: int
    due: date
    until: date
    rate: Rate
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]  #: up to *until*

    @property
    def grown(self) -> int:
        """Return what the counted days come to, before the cap; part fen dropped."""
        parts = sum(line.base * line.days for line in self.lines if line.counted)
        return int(Fraction(parts * self.rate.daily_percent, _HUNDRED))

    @property
    def cap(self) -> int:
        """Return the most that may be added."""
        return int(Fraction(self.fine * self.rate.cap_percent, _HUNDRED))

    @property
    def surcharge(self) -> int:
        """Return what is added."""
        return min(self.grown, self.cap)

    @property
    def counted_days(self) -> int:
        """Return on how many days it grew."""
        return sum(line.days for line in self.lines if line.counted)

    @property
    def fine_owed(self) -> int:
        """Return what of the fine is not paid."""
        return max(self.fine - sum(paid.fine for paid in self.payments), 0)

    @property
    def surcharge_owed(self) -> int:
        """Return what of the surcharge is not paid."""
        return max(self.surcharge - sum(paid.surcharge for paid in self.payments), 0)


def reckon(
    fine: int,
    due: date,
    until: date,
    rate: Rate,
    *,
    payments: Iterable[Payment] = (),
    excluded: Iterable[Excluded] = (),
) -> Sheet:
    """Return the surcharge on a *fine* payable up to *due*, as of *until* inclusive.

    A payment is taken off from its own day on: nothing grows on what is paid.
    """
    spans = tuple(excluded)
    paid = tuple(sorted((p for p in payments if p.day <= until), key=_day))
    days = list(_days(fine, due, until, rate, paid, spans))
    lines = []
    for (base, counted), group in groupby(days, key=lambda each: each[1:]):
        held = list(group)
        lines.append(Line(held[0][0], held[-1][0], base, counted))
    return Sheet(fine, due, until, rate, tuple(lines), paid)


def _day(payment: Payment) -> date:
    return payment.day


def _days(  # one day needs all of these
    fine: int,
    due: date,
    until: date,
    rate: Rate,
    payments: tuple[Payment, ...],
    excluded: tuple[Excluded, ...],
) -> Iterator[tuple[date, int, bool]]:
    day = due + _ONE_DAY
    while day <= until:
        owed = max(fine - sum(p.fine for p in payments if p.day <= day), 0)
        if owed == 0:
            return
        base = owed if rate.on_unpaid else fine
        yield day, base, not any(span.holds(day) for span in excluded)
        day += _ONE_DAY
