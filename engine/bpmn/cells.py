"""Input cells of decision tables: what a value is tested for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.errors import UnsafeExpression
from engine.bpmn.expressions import Functions, compile_expression
from engine.bpmn.operations import ORDER

_Check = Callable[[Any, Mapping[str, Any], Functions], bool]

_COMPARISON = re.compile(r"(<=|>=|!=|==|=|<|>)\s*(.+)", re.DOTALL)
_NEGATION = re.compile(r"not\s*\((.+)\)", re.DOTALL)
_INTERVAL = re.compile(r"([\[(\]])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])", re.DOTALL)


@dataclass(frozen=True)
class Test:
    """One compiled cell; call it with the value of its column."""

    text: str
    names: frozenset[str]  #: facts that it reads beside its own column
    check: _Check

    def __call__(
        self, value: Any, facts: Mapping[str, Any], functions: Functions
    ) -> bool:
        """Return whether the value passes."""
        return self.check(value, facts, functions)


def compile_cell(text: str) -> Test:
    """Return the test that a cell stands for.

    A cell is ``-`` (anything), a value, a comparison such as ``>= param.x``, an
    interval ``[1..5]``, ``not(...)`` of one of these, or several with commas.

    Raises:
        UnsafeExpression: the cell is none of these.
    """
    text = text.strip()
    if text in {"", "-"}:
        return Test(text, frozenset(), lambda _value, _facts, _functions: True)
    negated = _NEGATION.fullmatch(text)
    if negated is not None and _closes_last(text):
        inner = compile_cell(negated[1])
        return Test(
            text,
            inner.names,
            lambda value, facts, functions: not inner.check(value, facts, functions),
        )
    parts = [_single(part) for part in _split(text)]
    if len(parts) == 1:
        return Test(text, parts[0].names, parts[0].check)
    return Test(
        text,
        frozenset().union(*(part.names for part in parts)),
        lambda value, facts, functions: any(
            part.check(value, facts, functions) for part in parts
        ),
    )


def _single(text: str) -> Test:
    text = text.strip()
    interval = _INTERVAL.fullmatch(text)
    if interval is not None:
        low = _ordered(">=" if interval[1] == "[" else ">", interval[2])
        high = _ordered("<=" if interval[4] == "]" else "<", interval[3])
        return Test(
            text,
            low.names | high.names,
            lambda value, facts, functions: (
                low.check(value, facts, functions)
                and high.check(value, facts, functions)
            ),
        )
    compared = _COMPARISON.fullmatch(text)
    if compared is not None:
        return _ordered(compared[1], compared[2])
    return _ordered("==", text)


def _ordered(sign: str, text: str) -> Test:
    expression = compile_expression(text)
    compare = ORDER["==" if sign == "=" else sign]
    return Test(
        text,
        expression.names,
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
