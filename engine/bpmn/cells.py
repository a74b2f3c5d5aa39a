"""Input cells of decision tables: what a value is tested for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.errors import UnsafeExpression
from engine.bpmn.expressions import (
    MAX_LENGTH,
    Expression,
    Functions,
    compile_expression,
)
from engine.bpmn.operations import ORDER

_Check = Callable[[Any, Mapping[str, Any], Functions], bool]

#: A cell within ``not(…)`` within ``not(…)`` is a riddle, not a rule.
MAX_DEPTH = 4
_SIGNS = ("<=", ">=", "!=", "==", "=", "<", ">")
#: Brackets of intervals, and whether their end belongs to them.
_LOW: Mapping[str, str] = {"[": ">=", "(": ">", "]": ">"}
_HIGH: Mapping[str, str] = {"]": "<=", ")": "<", "[": "<"}


@dataclass(frozen=True)
class Test:
    """One compiled cell; call it with the value of its column."""

    text: str
    bounds: tuple[Expression, ...]  #: what it compares with
    check: _Check

    @property
    def names(self) -> frozenset[str]:
        """Facts that it reads beside its own column."""
        return frozenset(name for bound in self.bounds for name in bound.names)

    @property
    def passes_all(self) -> bool:
        """Whether every value passes."""
        return self.text in {"", "-"}

    def __call__(
        self, value: Any, facts: Mapping[str, Any], functions: Functions
    ) -> bool:
        """Return whether the value passes."""
        return self.check(value, facts, functions)


def compile_cell(text: str, depth: int = 0) -> Test:
    """Return the test that a cell stands for.

    A cell is ``-`` (anything), a value, a comparison such as ``>= param.x``, an
    interval ``[1..5]``, ``not(...)`` of one of these, or several with commas.

    Raises:
        UnsafeExpression: the cell is none of these, or too large.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise UnsafeExpression(text[:80], "too_long")
    if text in {"", "-"}:
        return Test(text, (), lambda _value, _facts, _functions: True)
    negated = _negated(text)
    if negated is not None:
        if depth >= MAX_DEPTH:
            raise UnsafeExpression(text, "too_deep")
        inner = compile_cell(negated, depth + 1)
        return Test(
            text,
            inner.bounds,
            lambda value, facts, functions: not inner.check(value, facts, functions),
        )
    parts = [_single(part) for part in _split(text)]
    if len(parts) == 1:
        return Test(text, parts[0].bounds, parts[0].check)
    return Test(
        text,
        tuple(bound for part in parts for bound in part.bounds),
        lambda value, facts, functions: any(
            part.check(value, facts, functions) for part in parts
        ),
    )


def _negated(text: str) -> str | None:
    """Return what is within ``not(…)``, if that is the whole cell."""
    if not text.startswith("not"):
        return None
    rest = text[3:].lstrip()
    if not rest.startswith("(") or not _closes_last(rest):
        return None
    inner = rest[1:-1].strip()
    if not inner or inner == "-":
        raise UnsafeExpression(text, "empty_part")
    return inner


def _single(text: str) -> Test:
    text = text.strip()
    ends = _ends(text)
    if ends is not None:
        low = _ordered(_LOW[text[0]], ends[0])
        high = _ordered(_HIGH[text[-1]], ends[1])
        return Test(
            text,
            (*low.bounds, *high.bounds),
            lambda value, facts, functions: (
                low.check(value, facts, functions)
                and high.check(value, facts, functions)
            ),
        )
    for sign in _SIGNS:
        if text.startswith(sign):
            return _ordered(sign, text[len(sign) :].strip())
    return _ordered("==", text)


def _ends(text: str) -> tuple[str, str] | None:
    """Return the two ends of an interval; None: it is none."""
    if text[0] not in _LOW or text[-1] not in _HIGH or ".." not in text:
        return None
    low, _, high = text[1:-1].partition("..")
    return low.strip(), high.strip()


def _ordered(sign: str, text: str) -> Test:
    expression = compile_expression(text)
    compare = ORDER["==" if sign == "=" else sign]
    return Test(
        text,
        (expression,),
        lambda value, facts, functions: bool(
            compare(value, expression(facts, functions))
        ),
    )


def _split(text: str) -> list[str]:
    """Split at commas that are outside quotes and brackets."""
    parts, start, depth, quote = [], 0, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    if not all(part.strip() for part in parts):
        raise UnsafeExpression(text, "empty_part")
    return parts


def _closes_last(text: str) -> bool:
    """Return whether the first bracket is closed by the last sign."""
    depth, quote = 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return place == len(text) - 1
    return False
