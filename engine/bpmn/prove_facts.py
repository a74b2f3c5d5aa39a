"""What a proof knows of facts: their few telling values, chosen when first read.

A fact is held at one value from the moment a condition reads it until a step or a
table writes it anew, so that two gateways never disagree about it. What cannot be
told from the diagram (sums, dates, terms, parameters) leaves every way open.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from engine.bpmn.decisions import DecisionTable, HitPolicy
from engine.bpmn.expressions import compile_expression, parse_expression
from engine.bpmn.model import Node, NodeKind
from engine.bpmn.prove_graph import Graph

#: Any value, none included; any value but none; nobody reads it again.
FREE, GIVEN, DEAD = "\0free", "\0given", "\0dead"
#: Stands for every word that no condition names.
OTHER = "\0other"
#: More combinations than this are not told apart.
MAX_COMBINATIONS = 512

_WORDS = {"true": True, "false": False, "null": None}
_TRUTHS = (True, False, None)

Values = Mapping[str, Any]


class Facts:
    """The facts that the conditions of one graph read, and their telling values."""

    def __init__(
        self,
        graph: Graph,
        tables: Mapping[str, DecisionTable],
        noted: Mapping[str, Mapping[str, tuple[Any, ...]]],
        read: Iterable[str],
    ) -> None:
        """Collect what *graph* writes and what the expressions *read* compare.

        *noted*: what each operation may add to the facts.
        """
        self.domains: dict[str, tuple[Any, ...]] = {}
        self._tables = {key: decided(table) for key, table in tables.items()}
        self._noted = noted
        wrote: dict[str, list[Any]] = {}
        given: set[str] = set()
        for spot in graph.spots:
            node = spot.node
            if node.outcomes:
                choices = [o.value for o in node.outcomes]
                wrote.setdefault(f"outcome.{node.id}", []).extend(choices)
            given.update(asked.fact for asked in node.inputs)
            for fact, values in self.decided(node).items():
                wrote.setdefault(fact, []).extend(values)
        compared, open_ends = _compared(read)
        for name in compared.keys() - open_ends:
            if name in wrote:
                self.domains[name] = tuple(dict.fromkeys((None, *wrote[name])))
            elif name in given:
                self.domains[name] = _telling(compared[name])
        self.names = tuple(sorted(self.domains))
        self.place = {name: i for i, name in enumerate(self.names)}
        self.initial = tuple(
            None if name in wrote and name not in given else FREE for name in self.names
        )

    def decided(self, node: Node) -> Mapping[str, tuple[Any, ...]]:
        """Return what a table or an operation may say of each fact by itself."""
        if node.kind is NodeKind.SERVICE_TASK:
            return self._noted.get(node.operation or "", {})
        return self._tables.get(node.decision or "", {})

    def ways(
        self, texts: tuple[str, ...], values: tuple[Any, ...]
    ) -> Iterator[tuple[tuple[bool, ...], tuple[Any, ...]]]:
        """Yield each answer that *texts* may have together, with the facts then held.

        A condition that reads what nobody can tell is both true and false.
        """
        names = sorted(
            {n for t in texts for n in compile_expression(t).names if n in self.place}
        )
        choices = [self.choices(name, values) for name in names]
        size = 1
        for choice in choices:
            size *= len(choice)
        if size > MAX_COMBINATIONS:
            names, choices = [], []
        for chosen in product(*choices):
            held = list(values)
            for name, value in zip(names, chosen, strict=True):
                held[self.place[name]] = value
            known = dict(zip(names, chosen, strict=True))
            for answer in product(*(truths(text, known) for text in texts)):
                yield answer, tuple(held)

    def choices(self, name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values that a fact may have now."""
        value = values[self.place[name]]
        if value == FREE:
            return self.domains[name]
        if value == GIVEN:
            return tuple(v for v in self.domains[name] if v is not None)
        return (value,)


def asked_by(graph: Graph) -> list[str]:
    """Return the conditions that gateways of a graph ask."""
    gateways = {NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE}
    return [
        edge.flow.condition
        for edge in graph.edges
        if edge.flow.condition and graph.spots[edge.source].node.kind in gateways
    ]


def truths(text: str, known: Values) -> tuple[bool, ...]:
    """Return what a condition may be, where only *known* facts can be told."""
    expression = compile_expression(text)
    if expression.calls or not expression.names <= known.keys():
        return _partly(parse_expression(text), known)
    return (expression.holds(_nested(known)),)


def _partly(node: ast.expr, known: Values) -> tuple[bool, ...]:
    """Answer and, or, not of what can be told; everything else is open."""
    if isinstance(node, ast.BoolOp):
        parts = [_partly(value, known) for value in node.values]
        pick = all if isinstance(node.op, ast.And) else any
        return tuple({pick(chosen) for chosen in product(*parts)})
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return tuple(not part for part in _partly(node.operand, known))
    text = ast.unparse(node)
    expression = compile_expression(text)
    if expression.calls or not expression.names <= known.keys():
        return (True, False)
    return (expression.holds(_nested(known)),)


def decided(table: DecisionTable) -> dict[str, tuple[Any, ...]]:
    """Return what a table may decide for each fact; nothing for what it computes."""
    found: dict[str, tuple[Any, ...]] = {}
    if table.policy in {HitPolicy.COLLECT, HitPolicy.RULE_ORDER}:
        return found
    for place, fact in enumerate(table.outputs):
        values: list[Any] = []
        for rule in table.rules:
            result = rule.results[place]
            if result is not None and (result.names or result.calls):
                break
            values.append(None if result is None else result({}))
        else:
            found[fact] = tuple(dict.fromkeys(values))
    return found


def domain(texts: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """Return the telling values of the facts that *texts* compare with constants."""
    compared, open_ends = _compared(texts)
    return {n: _telling(v) for n, v in compared.items() if n not in open_ends}


def _compared(texts: Iterable[str]) -> tuple[dict[str, list[Any]], set[str]]:
    """Return the constants that each fact meets, and facts that meet other things."""
    met: dict[str, list[Any]] = {}
    open_ends: set[str] = set()
    for text in texts:
        _look(parse_expression(text), met, open_ends)
    return met, open_ends


def _look(node: ast.expr, met: dict[str, list[Any]], open_ends: set[str]) -> None:
    name = _name(node)
    if name is not None:
        met.setdefault(name, []).extend(_TRUTHS)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            _look(part, met, open_ends)
    elif isinstance(node, ast.UnaryOp):
        _look(node.operand, met, open_ends)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        pair = (node.left, node.comparators[0])
        for one, other in (pair, pair[::-1]):
            name, constants = _name(one), _constants(other)
            if name is not None and constants is not None:
                met.setdefault(name, []).extend(constants)
            elif constants is None and name is None:
                open_ends.update(_names(one))
            elif name is not None:
                open_ends.add(name)
    else:
        open_ends.update(_names(node))


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return None if node.id in _WORDS else node.id
    return ast.unparse(node) if isinstance(node, ast.Attribute) else None


def _names(node: ast.expr) -> set[str]:
    return set(compile_expression(ast.unparse(node)).names)


def _constants(node: ast.expr) -> list[Any] | None:
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return [_WORDS[node.id]]
    if isinstance(node, ast.List | ast.Tuple):
        parts = [_constants(part) for part in node.elts]
        if all(part is not None for part in parts):
            return [value for part in parts for value in part or ()]
    return None


def _telling(constants: list[Any]) -> tuple[Any, ...]:
    """Return one value from every part that *constants* cut the values into."""
    values: list[Any] = [None]
    for constant in constants:
        if isinstance(constant, bool):
            values += [True, False]
        elif isinstance(constant, int | float):
            values += [constant - 1, constant, constant + 1]
        elif isinstance(constant, str):
            values += [constant, OTHER]
        else:
            values.append(OTHER)
    # True equals 1 for Python; a yes is no quantity.
    kept = {(type(value), value): value for value in values}
    return tuple(kept.values())


def _nested(known: Values) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, value in known.items():
        *above, last = name.split(".")
        place = facts
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return facts
