"""Decision tables (DMN 1.3) whose hit policy is enforced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.cells import Test, compile_cell
from engine.bpmn.errors import (
    ExpressionFailed,
    NoRuleMatched,
    RulesDisagree,
    UnreadableTable,
)
from engine.bpmn.expressions import Expression, Functions, compile_expression
from engine.bpmn.operations import FUNCTIONS


class HitPolicy(StrEnum):
    """How many rules may match, and what counts then."""

    UNIQUE = "UNIQUE"  #: exactly one
    FIRST = "FIRST"  #: the first in order
    ANY = "ANY"  #: several, if they say the same
    COLLECT = "COLLECT"  #: all, as lists or aggregated
    RULE_ORDER = "RULE ORDER"  #: all, as lists in order


_SEVERAL = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER})
_AGGREGATE: Mapping[str, Callable[[list[Any]], Any]] = {
    "SUM": FUNCTIONS["sum"],
    "MIN": FUNCTIONS["min"],
    "MAX": FUNCTIONS["max"],
    "COUNT": len,
}
_NOTHING: Functions = {}


@dataclass(frozen=True)
class Rule:
    """One row: it matches when every cell does."""

    id: str
    tests: tuple[Test, ...]
    results: tuple[Expression | None, ...]
    note: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """What a table said, and by which rules."""

    values: Mapping[str, Any]
    rules: tuple[Rule, ...]

    @property
    def cites(self) -> tuple[str, ...]:
        """The clauses of all rules that matched."""
        return tuple(dict.fromkeys(c for rule in self.rules for c in rule.cites))


@dataclass(frozen=True)
class DecisionTable:
    """A decision table, ready to be asked."""

    key: str
    name: str
    policy: HitPolicy
    aggregation: str | None
    inputs: tuple[Expression, ...]
    allowed: tuple[Test | None, ...]  #: values that an input may have; None: any
    outputs: tuple[str, ...]  #: names of the facts that it decides
    rules: tuple[Rule, ...]

    @property
    def names(self) -> frozenset[str]:
        """Dotted names of all facts that it reads."""
        found = {name for expression in self.inputs for name in expression.names}
        for rule in self.rules:
            found.update(name for test in rule.tests for name in test.names)
            found.update(n for result in rule.results if result for n in result.names)
        return frozenset(found)

    def decide(
        self, facts: Mapping[str, Any], functions: Functions = _NOTHING
    ) -> dict[str, Any]:
        """Return the decided facts.

        Raises:
            NoRuleMatched: no rule covers the facts.
            RulesDisagree: more rules match than the hit policy allows.
        """
        return dict(self.explain(facts, functions).values)

    def explain(
        self, facts: Mapping[str, Any], functions: Functions = _NOTHING
    ) -> Decided:
        """Return the decided facts with the rules that decided them."""
        given = [expression(facts, functions) for expression in self.inputs]
        matched = self.matching(given, facts, functions)
        if not matched:
            raise NoRuleMatched(self.key)
        rows = [_results(rule, facts, functions) for rule in matched]
        self._check(matched, rows)
        if self.policy not in _SEVERAL:
            return Decided(dict(zip(self.outputs, rows[0], strict=True)), (*matched,))
        columns = [list(column) for column in zip(*rows, strict=True)]
        if self.aggregation is None:
            return Decided(dict(zip(self.outputs, columns, strict=True)), (*matched,))
        try:
            value = _AGGREGATE[self.aggregation](columns[0])
        except (TypeError, ArithmeticError) as error:
            raise ExpressionFailed(self.aggregation, type(error).__name__) from error
        return Decided({self.outputs[0]: value}, tuple(matched))

    def matching(
        self,
        given: Sequence[Any],
        facts: Mapping[str, Any],
        functions: Functions = _NOTHING,
    ) -> list[Rule]:
        """Return the rules that match the values of the columns, in order.

        A value that its column does not allow matches none; of a ``FIRST`` table
        only the first rule counts.
        """
        for value, test in zip(given, self.allowed, strict=True):
            if test is not None and not test(value, facts, functions):
                return []
        matched = []
        for rule in self.rules:
            if all(
                test(value, facts, functions)
                for test, value in zip(rule.tests, given, strict=True)
            ):
                matched.append(rule)
                if self.policy is HitPolicy.FIRST:
                    break
        return matched

    def _check(self, matched: list[Rule], rows: list[list[Any]]) -> None:
        several = len(matched) > 1
        if (self.policy is HitPolicy.UNIQUE and several) or (
            self.policy is HitPolicy.ANY and any(row != rows[0] for row in rows)
        ):
            hits = tuple(rule.id for rule in matched)
            raise RulesDisagree(self.key, self.policy, hits)


def _results(rule: Rule, facts: Mapping[str, Any], functions: Functions) -> list[Any]:
    return [result and result(facts, functions) for result in rule.results]


def read_table(data: bytes) -> DecisionTable:
    """Return the one decision table of a DMN file.

    Raises:
        UnreadableTable: the file is unsafe, not DMN, holds none or several
            tables, or a row does not fit the columns.
        UnsafeExpression: a cell is not of our language.
    """
    root = xml.parse(data, UnreadableTable)
    space = xml.namespace(root)
    if xml.local(root) != "definitions" or "/DMN/" not in space:
        raise UnreadableTable("not_dmn", "", "export_as_dmn")
    decisions = list(xml.children(root, space, "decision"))
    tables = [t for d in decisions for t in xml.children(d, space, "decisionTable")]
    if len(decisions) != 1 or len(tables) != 1:
        raise UnreadableTable("needs_one_table", "", "one_table_per_file")
    return _Reader(decisions[0], tables[0], space).read()


class _Reader:
    def __init__(
        self, decision: etree._Element, table: etree._Element, space: str
    ) -> None:
        self.decision = decision
        self.table = table
        self.space = space
        self.key = decision.get("id", "")

    def read(self) -> DecisionTable:
        policy = self.table.get("hitPolicy", HitPolicy.UNIQUE)
        aggregation = self.table.get("aggregation")
        if policy not in set(HitPolicy):
            raise UnreadableTable(f"hit_policy:{policy}", self.key, "choose_another")
        outputs = tuple(o.get("name", "") for o in self._all(self.table, "output"))
        if not outputs or not all(outputs) or len(set(outputs)) != len(outputs):
            raise UnreadableTable("unnamed_output", self.key, "name_it")
        if aggregation is not None and (
            aggregation not in _AGGREGATE
            or policy != HitPolicy.COLLECT
            or len(outputs) != 1
        ):
            raise UnreadableTable("aggregation", self.key, "choose_another")
        columns = self._all(self.table, "input")
        for column in (*columns, *self._all(self.table, "output")):
            self._refuse_unread(column)
        notes = [n.get("name", "") for n in self._all(self.table, "annotation")]
        rules = tuple(
            self._rule(rule, number, (len(columns), len(outputs)), notes)
            for number, rule in enumerate(self._all(self.table, "rule"), start=1)
        )
        if not rules:
            raise UnreadableTable("no_rules", self.key, "add_a_rule")
        return DecisionTable(
            key=self.key,
            name=self.decision.get("name", ""),
            policy=HitPolicy(policy),
            aggregation=aggregation,
            inputs=tuple(self._input(column) for column in columns),
            allowed=tuple(self._allowed(column) for column in columns),
            outputs=outputs,
            rules=rules,
        )

    def _all(self, element: etree._Element, name: str) -> list[etree._Element]:
        return list(xml.children(element, self.space, name))

    def _text(self, element: etree._Element) -> str:
        found = self._all(element, "text")
        return (xml.text_of(found[0]) if found else None) or ""

    def _input(self, element: etree._Element) -> Expression:
        found = self._all(element, "inputExpression")
        text = self._text(found[0]) if found else ""
        if not text:
            raise UnreadableTable("empty_input", element.get("id", ""), "fill_it_in")
        return compile_expression(text)

    def _allowed(self, element: etree._Element) -> Test | None:
        found = self._all(element, "inputValues")
        text = self._text(found[0]) if found else ""
        return compile_cell(text) if text else None

    def _refuse_unread(self, element: etree._Element) -> None:
        """Refuse what would decide something and is not carried out."""
        if self._all(element, "defaultOutputEntry"):
            raise UnreadableTable(
                "default_output", element.get("id", ""), "cover_the_rest"
            )
        languages = {e.get("expressionLanguage", "") for e in element.iter()}
        if any(word and "feel" not in word.lower() for word in languages):
            raise UnreadableTable(
                "expression_language", element.get("id", ""), "write_an_expression"
            )

    def _rule(
        self,
        element: etree._Element,
        number: int,
        width: tuple[int, int],
        notes: list[str],
    ) -> Rule:
        rule = element.get("id", f"rule_{number}")
        tests = [self._text(e) for e in self._all(element, "inputEntry")]
        results = [self._text(e) for e in self._all(element, "outputEntry")]
        if (len(tests), len(results)) != width:
            raise UnreadableTable("ragged_rule", rule, "fill_every_cell")
        described = self._all(element, "description")
        texts = [self._text(e) for e in self._all(element, "annotationEntry")]
        named = dict(zip(notes, texts, strict=False))
        cites = named.pop("cites", "") or element.get(f"{{{xml.REC}}}cites", "")
        note = " ".join(
            part
            for part in (*(xml.text_of(d) or "" for d in described), *named.values())
            if part
        )
        return Rule(
            id=rule,
            tests=tuple(compile_cell(text) for text in tests),
            results=tuple(
                None if text in {"", "-"} else compile_expression(text)
                for text in results
            ),
            note=note,
            cites=tuple(cites.replace(",", " ").split()),
        )
