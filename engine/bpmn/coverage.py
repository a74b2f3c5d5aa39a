"""Decision tables before they are published: what no rule covers, what two do.

Each column is cut at the values that its cells compare with; between two cuts
every cell says the same, so one value of each piece stands for all of them. A
value that is only known when the table is asked (a parameter, another fact) is
taken to lie apart from all others: what is found only so is a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise, product
from math import prod
from typing import Any

from engine.bpmn.decisions import DecisionTable, HitPolicy, Rule
from engine.bpmn.errors import ExpressionFailed, UnknownFact, UnknownFunction
from engine.bpmn.expressions import Expression
from engine.bpmn.findings import Finding, error, warning

#: Combinations of values that are looked at; beyond, nothing is claimed.
MAX_COMBINATIONS = 100_000
#: Findings of one kind in one table.
MAX_FINDINGS = 5

_OTHER = "…"  #: a text that no cell names
_APART = 10**12  #: where unknown values are taken to lie
_Facts = dict[str, Any]
Domains = Mapping[str, Collection[Any]]
_NOWHERE: Domains = {}


def check_coverage(
    table: DecisionTable, domains: Domains = _NOWHERE
) -> Iterator[Finding]:
    """Yield each gap and each forbidden overlap, with an example.

    Args:
        table: a table that has been read.
        domains: the only values that some facts can have.
    """
    if table.policy is HitPolicy.FIRST and _covers_rest(table.rules[-1]):
        return
    assumed = _assumed(table)
    try:
        columns = [
            _values(table, place, assumed, domains)
            for place in range(len(table.inputs))
        ]
    except (ExpressionFailed, UnknownFact, UnknownFunction, TypeError):
        yield warning(table.key, "rules_not_compared")
        return
    if prod(map(len, columns)) > MAX_COMBINATIONS:
        yield warning(table.key, "rules_not_compared")
        return
    try:
        yield from _search(table, columns, assumed)
    except (ExpressionFailed, UnknownFact, UnknownFunction):
        yield warning(table.key, "rules_not_compared")


def _search(
    table: DecisionTable, columns: list[list[Any]], assumed: _Facts
) -> Iterator[Finding]:
    make = warning if assumed else error
    gaps: list[str] = []
    overlaps: dict[str, str] = {}
    for given in product(*columns):
        if _contradicts(table, given):
            continue
        matched = table.matching(given, assumed)
        if not matched:
            gaps.append(_example(table, given, assumed))
        elif _disagree(table, matched, assumed):
            rules = ", ".join(str(table.rules.index(rule) + 1) for rule in matched)
            overlaps.setdefault(rules, _example(table, given, assumed))
    for example in gaps[:MAX_FINDINGS]:
        yield make(table.key, "rules_leave_gap", example=example)
    for rules, example in list(overlaps.items())[:MAX_FINDINGS]:
        yield make(
            table.key,
            "rules_disagree",
            rules=rules,
            policy=str(table.policy),
            example=example,
        )


def _disagree(table: DecisionTable, matched: list[Rule], assumed: _Facts) -> bool:
    if len(matched) == 1:
        return False
    if table.policy is HitPolicy.ANY:
        said = [[e and e.text for e in rule.results] for rule in matched]
        if any(text != said[0] for text in said):
            try:
                rows = [[e and e(assumed) for e in rule.results] for rule in matched]
            except (ExpressionFailed, UnknownFact, UnknownFunction):
                return True
            return any(row != rows[0] for row in rows)
    return table.policy is HitPolicy.UNIQUE


def _covers_rest(rule: Rule) -> bool:
    return all(test.passes_all for test in rule.tests)


def _bounds(table: DecisionTable, place: int) -> Iterator[Expression]:
    for rule in table.rules:
        yield from rule.tests[place].bounds
    allowed = table.allowed[place]
    if allowed is not None:
        yield from allowed.bounds


def _assumed(table: DecisionTable) -> _Facts:
    """Return facts in which every unknown value lies apart from all others."""
    names = {
        name
        for place in range(len(table.inputs))
        for bound in _bounds(table, place)
        for name in bound.names
    }
    facts: _Facts = {}
    for number, name in enumerate(sorted(names)):
        *above, last = name.split(".")
        inner = facts
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = _APART + number * 1000
    return facts


def _values(
    table: DecisionTable, place: int, assumed: _Facts, domains: Domains
) -> list[Any]:
    """Return one value for each piece that the cells cut a column into."""
    if all(rule.tests[place].passes_all for rule in table.rules):
        return [None]
    domain = domains.get(table.inputs[place].text)
    bounds = [bound(assumed) for bound in _bounds(table, place)]
    known = [bound for bound in bounds if bound is not None]
    if domain is not None:
        found = list(domain)
    elif known and all(isinstance(bound, bool) for bound in known):
        found = [True, False]
    else:
        found = [*_between(known)]
    if None in bounds:
        found.append(None)
    allowed = table.allowed[place]
    return [value for value in found if allowed is None or allowed(value, assumed, {})]


def _between(known: Iterable[Any]) -> Iterator[Any]:
    kinds: dict[type, set[Any]] = {str: set(), date: set(), float: set()}
    for value in known:
        if isinstance(value, str):
            kinds[str].add(value)
        elif isinstance(value, date):
            kinds[date].add(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            kinds[float].add(value)
    if kinds[str]:
        yield from (*sorted(kinds[str]), _OTHER)
    if kinds[date]:
        yield from _days(sorted(kinds[date]))
    if kinds[float]:
        yield from _numbers(sorted(kinds[float]))


def _days(cuts: list[date]) -> Iterator[date]:
    day = timedelta(days=1)
    yield cuts[0] - day
    for one, following in pairwise((*cuts, cuts[-1] + 2 * day)):
        yield one
        if following - one > day:
            yield one + day


def _numbers(cuts: list[int | float]) -> Iterator[int | float]:
    if cuts[0] != 0:
        # Amounts and counts start at nothing.
        yield 0 if cuts[0] > 0 else cuts[0] - 1
    for one, following in pairwise((*cuts, cuts[-1] + 2)):
        yield one
        if following - one > 1:
            yield one + 1
        elif not (isinstance(one, int) and isinstance(following, int)):
            yield (one + following) / 2


def _contradicts(table: DecisionTable, given: tuple[Any, ...]) -> bool:
    """Return whether one fact would have two values at once."""
    seen: dict[str, Any] = {}
    return any(
        seen.setdefault(column.text, value) != value
        for column, value in zip(table.inputs, given, strict=True)
        if value is not None
    )


def _example(table: DecisionTable, given: tuple[Any, ...], assumed: _Facts) -> str:
    said = [
        f"{column.text} = {value}"
        for column, value in zip(table.inputs, given, strict=True)
        if value is not None
    ]
    names = {
        n for place in range(len(given)) for b in _bounds(table, place) for n in b.names
    }
    for name in sorted(names):
        value: Any = assumed
        for part in name.split("."):
            value = value[part]
        said.append(f"{name} = {value}")
    return ", ".join(said)
