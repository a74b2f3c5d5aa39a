"""What a proof knows of facts: their few telling values, chosen when first read.

A fact is held at one value from the moment a condition reads it until a step or a
table writes it anew, so that two gateways never disagree about it. What cannot be
told from the diagram (sums, dates, terms, parameters) leaves every way open.

A fact stands once for each call that answers it, as ``engine.rules.calls`` keeps it:
what is written in a call is seen there and in what called it, and read there first.
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
#: The call activities around a step, outermost first.
Path = tuple[str, ...]
#: A fact as it is seen in one call.
Key = tuple[Path, str]


class Facts:
    """The facts that the conditions of one graph read, and their telling values."""

    def __init__(
        self,
        graph: Graph,
        tables: Mapping[str, DecisionTable],
        noted: Mapping[str, Mapping[str, tuple[Any, ...]]],
        read: Iterable[str],
        *,
        called: bool = False,
    ) -> None:
        """Collect what *graph* writes and what the expressions *read* compare.

        *noted*: what each operation may add to the facts. *called*: the graph is that
        of a call, around which everything may have been answered before.
        """
        self.domains: dict[Key, tuple[Any, ...]] = {}
        self._tables = {key: decided(table) for key, table in tables.items()}
        self._noted = noted
        wrote: dict[str, list[Any]] = {}
        given: set[Key] = set()
        known: dict[str, set[Path]] = {}
        for spot in graph.spots:
            for name, values in self._written_by(spot.node):
                levels = {spot.path, spot.path[:-1]}
                if values == (None,):
                    levels.discard(spot.path)  # forgotten: what is around it answers
                    levels.add(spot.path[:-1])
                known.setdefault(name, set()).update(levels)
                wrote.setdefault(name, []).extend(values or ())
                if values is None:
                    given.update((level, name) for level in levels)
        compared, open_ends = _compared(read)
        asked = {name for _, name in given}
        for name in (compared.keys() - open_ends) & known.keys():
            telling = _telling(compared[name]) if name in asked else ()
            found = _each_once((None, *wrote[name], *telling))
            self.domains.update(((level, name), found) for level in known[name])
        self.keys = tuple(sorted(self.domains))
        self.place = {key: i for i, key in enumerate(self.keys)}
        self.initial = tuple(
            FREE if called or key[0] or key in given else None for key in self.keys
        )
        self._calls: dict[Path, list[int]] = {}
        for key, place in self.place.items():
            self._calls.setdefault(key[0], []).append(place)

    def _written_by(self, node: Node) -> Iterator[tuple[str, tuple[Any, ...] | None]]:
        """Yield each fact that a node writes, with its values; None: what is given."""
        if node.outcomes:
            yield f"outcome.{node.id}", tuple(o.value for o in node.outcomes)
        for asked in node.inputs:
            yield asked.fact, None
        yield from self.decided(node).items()

    def written(self, path: Path, name: str) -> list[int]:
        """Return where a fact stands that is written in a call: there and around it."""
        levels = dict.fromkeys((path, path[:-1]))
        return [self.place[lv, name] for lv in levels if (lv, name) in self.place]

    def read(self, path: Path, name: str) -> int | None:
        """Return where a fact stands that is read in a call; None: it is not told."""
        for count in range(len(path), -1, -1):
            place = self.place.get((path[:count], name))
            if place is not None:
                return place
        return None

    def fresh(self, call: Path) -> list[int]:
        """Return the facts that a call has not answered yet when it begins."""
        return self._calls.get(call, []) if call else []

    def decided(self, node: Node) -> Mapping[str, tuple[Any, ...]]:
        """Return what a table or an operation may say of each fact by itself."""
        if node.kind is NodeKind.SERVICE_TASK:
            return self._noted.get(node.operation or "", {})
        return self._tables.get(node.decision or "", {})

    def ways(
        self, texts: tuple[str, ...], values: tuple[Any, ...], path: Path
    ) -> Iterator[tuple[tuple[bool, ...], tuple[Any, ...]]]:
        """Yield each answer that *texts* may have together, with the facts then held.

        They are asked in the call at *path*.
        A condition that reads what nobody can tell is both true and false.
        """
        asked = sorted({n for text in texts for n in compile_expression(text).names})
        places = {name: self.read(path, name) for name in asked}
        names = [name for name in asked if places[name] is not None]
        choices = [self.choices(places[name] or 0, values) for name in names]
        size = 1
        for choice in choices:
            size *= len(choice)
        if size > MAX_COMBINATIONS:
            names, choices = [], []
        for chosen in product(*choices):
            held = list(values)
            for name, value in zip(names, chosen, strict=True):
                held[places[name] or 0] = value
            known = dict(zip(names, chosen, strict=True))
            for answer in product(*(truths(text, known) for text in texts)):
                yield answer, tuple(held)

    def choices(self, place: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values that a fact may have now."""
        value, domain = values[place], self.domains[self.keys[place]]
        if value == FREE:
            return domain
        if value == GIVEN:
            return tuple(v for v in domain if v is not None)
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
    return _each_once(values)


def _each_once(values: Iterable[Any]) -> tuple[Any, ...]:
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
