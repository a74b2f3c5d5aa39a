"""Parts of long lists: each begins beyond a row, and none costs more than another.

A list is the union of a few ranges, each in the order of an index. Of each range no
more rows are read than a part shows, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, Subquery, func, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")
#: Selects the columns of an order.
Keys: TypeAlias = Select[*tuple[Any, ...]]

#: Numbers are exact up to here; beyond, only that there are more.
EXACT = 999


@dataclass(frozen=True)
class Place:
    """A row by the columns of its order; a part holds what is beyond it."""

    values: tuple[Any, ...]
    back: bool = False  #: the part lies before the row, not after it


@dataclass(frozen=True)
class Order:
    """Unique columns, all in one direction; what is null in the first comes last."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = False
    nullable: bool = False  #: whether the first column may be null

    def place(self, row: Any, *, back: bool = False) -> Place:
        """Return the place of *row*, which has the columns by their names."""
        return Place(tuple(getattr(row, c.key) for c in self.columns), back)


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Some rows of a list, and where its neighbors begin; None: there is none."""

    rows: Sequence[Row]
    before: Place | None = None
    after: Place | None = None


def part(
    ranges: Sequence[Keys], order: Order, place: Place | None, limit: int
) -> Subquery:
    """Return the keys of at most *limit* rows beyond *place*, nearest first.

    Each of *ranges* selects the columns of *order*.
    """
    pieces = [
        piece.limit(limit).subquery()
        for each in ranges
        for piece in _beyond(each, order, place)
    ]
    if len(pieces) == 1:
        return pieces[0]
    found = union(*(select(piece) for piece in pieces)).subquery()
    return (
        select(found).order_by(*sorted_by(found, order, place)).limit(limit).subquery()
    )


def sorted_by(
    keys: Subquery, order: Order, place: Place | None
) -> list[ColumnElement[Any]]:
    """Return how rows with these *keys* are sorted, nearest to *place* first."""
    columns: list[ColumnElement[Any]] = [keys.c[c.key] for c in order.columns]
    if order.nullable:
        columns.insert(0, columns[0].is_(None))
    return [c.desc() if _down(order, place) else c for c in columns]


def cut(
    rows: Sequence[Row],
    order: Order,
    place: Place | None,
    limit: int,
    key: Callable[[Row], Any] = lambda row: row,
) -> Part[Row]:
    """Return a part, given one row more than its limit, nearest to *place* first.

    *key* finds in a row what has the columns of *order*.
    """
    shown, more = list(rows[:limit]), len(rows) > limit
    back = place is not None and place.back
    if back:
        shown.reverse()
    if not shown:
        return Part([])
    first, last = key(shown[0]), key(shown[-1])
    earlier, later = (more, True) if back else (place is not None, more)
    return Part(
        shown,
        order.place(first, back=True) if earlier else None,
        order.place(last) if later else None,
    )


def count(session: Session, ranges: Sequence[Keys], order: Order) -> int:
    """Return how many rows there are, at most one beyond EXACT."""
    keys = part(ranges, order, None, EXACT + 1)
    return session.scalar(select(func.count()).select_from(keys)) or 0


def _beyond(query: Keys, order: Order, place: Place | None) -> Iterator[Keys]:
    """Yield the parts of a range beyond *place*, what is null apart from the rest."""
    first, *others = order.columns
    down, values = _down(order, place), place.values if place is not None else None
    sort = [c.desc() if down else c.asc() for c in order.columns]
    query = query.order_by(*sort)
    if not order.nullable:
        yield (
            query if values is None else query.where(_past(order.columns, values, down))
        )
        return
    dated, undated = query.where(first.is_not(None)), query.where(first.is_(None))
    if values is None:
        yield from (dated, undated)
    elif values[0] is None:
        yield undated.where(_past(others, values[1:], down))
        if down:
            yield dated
    else:
        yield dated.where(_past(order.columns, values, down))
        if not down:
            yield undated


def _past(
    columns: Sequence[InstrumentedAttribute[Any]],
    values: Sequence[Any],
    down: bool,  # noqa: FBT001  # which way
) -> ColumnElement[bool]:
    left: Any
    right: Any
    if len(columns) == 1:
        left, right = columns[0], values[0]
    else:
        left = tuple_(*columns)
        right = tuple_(*values, types=[column.type for column in columns])
    found: ColumnElement[bool] = left < right if down else left > right
    return found


def _down(order: Order, place: Place | None) -> bool:
    return order.descending != (place is not None and place.back)
