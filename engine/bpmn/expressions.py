"""Our expression language: a whitelist of syntax, compiled to closures.

It looks like Python and is never given to Python. Names are facts; a dot is
a lookup in a mapping, never an attribute. What is missing is None: None is
not ordered (a comparison with it is False), counts as an empty list, and
makes sums of it None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from engine.bpmn.errors import (
    ExpressionFailed,
    UnknownFact,
    UnknownFunction,
    UnsafeExpression,
)
from engine.bpmn.operations import COMPARE, COMPUTE, FUNCTIONS, negate

#: An expression in a diagram is a line, not a program.
MAX_LENGTH = 2_000
MAX_NODES = 200
MAX_DEPTH = 30
MAX_NUMBER = 10**15

#: Everything that may be called; the last three are offered by the caller.
FUNCTION_NAMES = frozenset({*FUNCTIONS, "term_end", "holders", "may", "owing"})

#: Text constants; nothing is escaped in them.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
#: Signs that show a text in another order than it is read in.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Functions = Mapping[str, Callable[..., object]]
_Facts = Mapping[str, object]
_Closure = Callable[[_Facts, Functions], object]

#: The words of FEEL for the constants, so that tables may be drawn elsewhere.
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_NOTHING: Functions = {}


class Expression:
    """A compiled expression, to be called with the facts."""

    __slots__ = ("_evaluate", "calls", "names", "text")

    def __init__(
        self,
        text: str,
        evaluate: _Closure,
        names: frozenset[str],
        calls: frozenset[str],
    ) -> None:
        self.text = text
        self.names = names  #: dotted names of the facts it reads
        self.calls = calls  #: functions that it calls
        self._evaluate = evaluate

    def __call__(self, facts: _Facts, functions: Functions = _NOTHING) -> object:
        """Return the value.

        Raises:
            UnknownFact: *facts* has no such top-level name.
            UnknownFunction: a function is called that *functions* lacks.
            ExpressionFailed: the values do not fit the operation.
        """
        try:
            return self._evaluate(facts, functions)
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ExpressionFailed(self.text, type(error).__name__) from error

    def holds(self, facts: _Facts, functions: Functions = _NOTHING) -> bool:
        """Return whether the value is true."""
        return bool(self(facts, functions))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Return the compiled expression; the same text is compiled once.

    Raises:
        UnsafeExpression: it is no expression of our language, or too large.
    """
    body = parse_expression(text)
    compiler = _Compiler(text)
    closure = compiler.compile(body, 1)
    return Expression(
        text, closure, frozenset(compiler.names), frozenset(compiler.calls)
    )


def parse_expression(text: str) -> ast.expr:
    """Return the syntax tree of an expression, not yet checked for its parts.

    Raises:
        UnsafeExpression: it is no expression, or too large.
    """
    if len(text) > MAX_LENGTH:
        raise UnsafeExpression(text[:80], "too_long")
    if "#" in text or "\\" in text:
        # A comment would silently cut a condition short.
        raise UnsafeExpression(text, "comment_or_escape")
    outside = _QUOTED.sub("", text)
    if not outside.isascii() or _DIRECTIONS.search(text):
        # Letters that look like others would name another fact, or none.
        raise UnsafeExpression(text, "not_ascii")
    try:
        # A diagram may break the line anywhere; a text constant never holds one.
        tree = ast.parse(" ".join(text.splitlines()).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnsafeExpression(text, "syntax") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise UnsafeExpression(text, "too_many_parts")
    return tree.body


class _Compiler:
    """Turns one syntax tree into one closure, or refuses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.calls: set[str] = set()

    def refuse(self, reason: str) -> UnsafeExpression:
        return UnsafeExpression(self.text, reason)

    def compile(self, node: ast.expr, depth: int) -> _Closure:
        if depth > MAX_DEPTH:
            raise self.refuse("too_deep")
        method = _METHODS.get(type(node))
        if method is None:
            raise self.refuse(f"not_allowed:{type(node).__name__}")
        return method(self, node, depth + 1)

    def constant(self, node: ast.Constant, _depth: int) -> _Closure:
        value = node.value
        if not (value is None or isinstance(value, bool | int | float | str)):
            raise self.refuse("not_allowed:constant")
        if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
            raise self.refuse("number_too_large")
        return lambda _facts, _functions: value

    def name(self, node: ast.Name, _depth: int) -> _Closure:
        if node.id in _WORDS:
            value = _WORDS[node.id]
            return lambda _facts, _functions: value
        return self._fact((node.id,))

    def attribute(self, node: ast.Attribute, _depth: int) -> _Closure:
        parts = [node.attr]
        below: ast.expr = node.value
        while isinstance(below, ast.Attribute):
            parts.append(below.attr)
            below = below.value
        if not isinstance(below, ast.Name):
            raise self.refuse("not_allowed:Attribute")
        return self._fact((below.id, *reversed(parts)))

    def _fact(self, path: tuple[str, ...]) -> _Closure:
        if any(part.startswith("_") for part in path):
            raise self.refuse("not_allowed:underscore")
        if path[0] in FUNCTION_NAMES:
            raise self.refuse("not_allowed:function_as_fact")
        self.names.add(".".join(path))
        first, rest, text = path[0], path[1:], self.text

        def fact(facts: _Facts, _functions: Functions) -> object:
            try:
                value = facts[first]
            except KeyError:
                raise UnknownFact(first, text) from None
            for part in rest:
                value = value.get(part) if isinstance(value, Mapping) else None
            return value

        return fact

    def boolean(self, node: ast.BoolOp, depth: int) -> _Closure:
        parts = [self.compile(value, depth) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda facts, functions: all(p(facts, functions) for p in parts)
        return lambda facts, functions: any(p(facts, functions) for p in parts)

    def unary(self, node: ast.UnaryOp, depth: int) -> _Closure:
        part = self.compile(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda facts, functions: not part(facts, functions)
        if isinstance(node.op, ast.USub):
            return lambda facts, functions: negate(part(facts, functions))
        raise self.refuse(f"not_allowed:{type(node.op).__name__}")

    def binary(self, node: ast.BinOp, depth: int) -> _Closure:
        compute = COMPUTE.get(type(node.op))
        if compute is None:
            raise self.refuse(f"not_allowed:{type(node.op).__name__}")
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda facts, functions: compute(
            left(facts, functions), right(facts, functions)
        )

    def compare(self, node: ast.Compare, depth: int) -> _Closure:
        first = self.compile(node.left, depth)
        steps = []
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            compare = COMPARE.get(type(operator))
            if compare is None:
                raise self.refuse(f"not_allowed:{type(operator).__name__}")
            if isinstance(operator, ast.Is | ast.IsNot) and not _is_nothing(operand):
                raise self.refuse("not_allowed:is")
            steps.append((compare, self.compile(operand, depth)))

        def chain(facts: _Facts, functions: Functions) -> object:
            left = first(facts, functions)
            for compare, operand in steps:
                right = operand(facts, functions)
                if not compare(left, right):
                    return False
                left = right
            return True

        return chain

    def sequence(self, node: ast.List | ast.Tuple, depth: int) -> _Closure:
        parts = [self.compile(element, depth) for element in node.elts]
        return lambda facts, functions: [p(facts, functions) for p in parts]

    def call(self, node: ast.Call, depth: int) -> _Closure:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTION_NAMES:
            raise self.refuse("not_allowed:call")
        if node.keywords:
            raise self.refuse("not_allowed:keyword")
        name, text = node.func.id, self.text
        self.calls.add(name)
        parts = [self.compile(argument, depth) for argument in node.args]

        def call(facts: _Facts, functions: Functions) -> object:
            function = functions.get(name) or FUNCTIONS.get(name)
            if function is None:
                raise UnknownFunction(name, text)
            return function(*[part(facts, functions) for part in parts])

        return call


def _is_nothing(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    return isinstance(node, ast.Name) and node.id == "null"


_METHODS: Mapping[type[ast.expr], Callable[..., _Closure]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.Attribute: _Compiler.attribute,
    ast.BoolOp: _Compiler.boolean,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.binary,
    ast.Compare: _Compiler.compare,
    ast.List: _Compiler.sequence,
    ast.Tuple: _Compiler.sequence,
    ast.Call: _Compiler.call,
}
