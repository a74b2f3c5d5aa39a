"""What the operators and functions of our expressions do with values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

#: Days of the law are days in China, wherever the server stands.
LEGAL_ZONE = ZoneInfo("Asia/Shanghai")

#: Results beyond this are a mistake, or an attack on memory.
MAX_RESULT = 10**18


def to_date(value: object) -> date | None:
    """Return the legal day of an instant, a day, or their ISO texts.

    Raises:
        TypeError: the value is none of these, or an instant without a zone.
        ValueError: the text is no ISO date or instant.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        parsed = datetime.fromisoformat(value)
        if "T" not in value and " " not in value:
            return parsed.date()
        value = parsed
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("an instant without a zone")
        return value.astimezone(LEGAL_ZONE).date()
    if isinstance(value, date):
        return value
    raise TypeError("not a date")


def negate(value: object) -> object:
    """Return the negative of a number, None of None."""
    return None if value is None else -_number(value)


def _number(value: object) -> int | float:
    # True + True would be 2: a yes is not a quantity.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return value


def _computes(
    compute: Callable[[int | float, int | float], int | float],
) -> Callable[[object, object], object]:
    def guarded(left: object, right: object) -> object:
        if left is None or right is None:
            return None
        result = compute(_number(left), _number(right))
        if abs(result) > MAX_RESULT:
            raise OverflowError("result too large")
        return result

    return guarded


def _orders(
    order: Callable[[Any, Any], Any],
) -> Callable[[object, object], bool]:
    def ordered(left: object, right: object) -> bool:
        if left is None or right is None:
            return False
        if isinstance(left, bool) or isinstance(right, bool):
            raise TypeError("yes is neither more nor less than anything")
        return bool(order(left, right))

    return ordered


def _equal(left: object, right: object) -> bool:
    # Python's True is 1: a yes is not the number one.
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_equal, left, right))
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _differs(left: object, right: object) -> bool:
    return not _equal(left, right)


def _contains(item: object, container: object) -> bool:
    if container is None:
        return False
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    return any(_equal(item, member) for member in _items(container))


def _items(value: object) -> Sequence[object]:
    if value is None:
        return ()
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return tuple(value)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(value)
    raise TypeError("not a list")


def _known(values: tuple[object, ...]) -> list[object]:
    found = _items(values[0]) if len(values) == 1 else values
    return [value for value in found if value is not None]


def _smallest(*values: object) -> object:
    known = _known(values)
    return min(known, key=_measure(known)) if known else None


def _largest(*values: object) -> object:
    known = _known(values)
    return max(known, key=_measure(known)) if known else None


def _measure(values: Iterable[object]) -> Callable[[Any], int | float]:
    """Return how values of one kind are put in order; instants are no days."""
    kinds = {_kind(value) for value in values}
    if len(kinds) > 1:
        raise TypeError("values of several kinds")
    return _MEASURES[kinds.pop()]


def _kind(value: object) -> str:
    if isinstance(value, datetime):
        return "instant"
    return "day" if isinstance(value, date) else "number"


def _instant(value: datetime) -> float:
    if value.tzinfo is None:
        raise TypeError("an instant without a zone")
    return value.timestamp()


_MEASURES: Mapping[str, Callable[[Any], int | float]] = {
    "instant": _instant,
    "day": date.toordinal,
    "number": _number,
}


def _sum(values: object) -> object:
    return sum(_number(value) for value in _known((values,)))


def _abs(value: object) -> object:
    return None if value is None else abs(_number(value))


def _len(value: object) -> object:
    return len(_items(value))


COMPUTE: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: _computes(operator.add),
    ast.Sub: _computes(operator.sub),
    ast.Mult: _computes(operator.mul),
}
COMPARE: Mapping[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: _equal,
    ast.NotEq: _differs,
    ast.Lt: _orders(operator.lt),
    ast.LtE: _orders(operator.le),
    ast.Gt: _orders(operator.gt),
    ast.GtE: _orders(operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda item, container: not _contains(item, container),
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "len": _len,
    "min": _smallest,
    "max": _largest,
    "sum": _sum,
    "abs": _abs,
    "date": to_date,
}
ORDER: Mapping[str, Callable[[object, object], bool]] = {
    "==": _equal,
    "!=": _differs,
    "<": _orders(operator.lt),
    "<=": _orders(operator.le),
    ">": _orders(operator.gt),
    ">=": _orders(operator.ge),
}
