"""Decision tables before publishing: gaps and overlaps, each with an example."""

from __future__ import annotations

import random

import pytest

from engine.bpmn.coverage import check_coverage
from engine.bpmn.decisions import read_table
from engine.bpmn.errors import NoRuleMatched, RulesDisagree
from engine.bpmn.findings import Severity
from tests.engine.bpmn.drawing import table


def found(policy, inputs, rules, domains=None):
    """Return rule, example and rule numbers of each finding."""
    data = table("t", inputs, ["y"], rules, f'hitPolicy="{policy}"')
    return [
        (f.rule, f.details.get("rules", ""), f.details.get("example", ""))
        for f in check_coverage(read_table(data), domains or {})
    ]


@pytest.mark.parametrize(
    ("policy", "rules", "expected"),
    [
        ("UNIQUE", ["< 5 -> 1", ">= 5 -> 2"], []),
        ("UNIQUE", ["< 5 -> 1", "> 5 -> 2"], [("rules_leave_gap", "", "x = 5")]),
        ("UNIQUE", ["<= 5 -> 1", ">= 5 -> 2"], [("rules_disagree", "1, 2", "x = 5")]),
        ("UNIQUE", ["[0..3] -> 1", "(3..9] -> 2", "> 9 -> 3"], []),
        (
            "UNIQUE",
            ["[0..3] -> 1", "[5..9] -> 2", "> 9 -> 3"],
            [("rules_leave_gap", "", "x = 4")],
        ),
        ("UNIQUE", ["< 0.5 -> 1", "> 0.5 -> 2"], [("rules_leave_gap", "", "x = 0.5")]),
        ("UNIQUE", ["true -> 1", "false -> 2"], []),
        ("UNIQUE", ["true -> 1"], [("rules_leave_gap", "", "x = False")]),
        ("UNIQUE", ['"a" -> 1', 'not("a") -> 2'], []),
        ("UNIQUE", ['"a" -> 1', '"b" -> 2'], [("rules_leave_gap", "", "x = …")]),
        (
            "UNIQUE",
            ["< 3 -> 1", "< 5 -> 2", ">= 5 -> 3"],
            [("rules_disagree", "1, 2", "x = 0")],
        ),
        ("ANY", ["<= 5 -> 1", ">= 5 -> 1"], []),
        ("ANY", ["<= 5 -> 1", ">= 5 -> 2"], [("rules_disagree", "1, 2", "x = 5")]),
        ("ANY", ["<= 5 -> 2", ">= 5 -> 1 + 1"], []),
        ("FIRST", ["<= 5 -> 1", ">= 5 -> 2"], []),
        ("FIRST", ["> 5 -> 1", "- -> 2"], []),
        (
            "FIRST",
            ["> 5 -> 1"],
            [("rules_leave_gap", "", "x = 0"), ("rules_leave_gap", "", "x = 5")],
        ),
        ("RULE ORDER", ["<= 5 -> 1", ">= 5 -> 2"], []),
        ("COLLECT", ["<= 5 -> 1", ">= 6 -> 2"], []),
        ("COLLECT", ["<= 5 -> 1", ">= 7 -> 2"], [("rules_leave_gap", "", "x = 6")]),
        (
            "UNIQUE",
            ["< date('2026-01-01') -> 1", "> date('2026-01-01') -> 2"],
            [("rules_leave_gap", "", "x = 2026-01-01")],
        ),
        ("UNIQUE", ["null -> 1", "true -> 2", "false -> 3"], []),
    ],
)
def test_one_column(policy, rules, expected):
    """Each cut of the column and each piece between cuts is looked at."""
    assert found(policy, ["x"], rules) == expected


def test_two_columns_and_their_example():
    """An overlap names the rules by number and gives a value for each column."""
    rules = ['"a" | < 10 -> 1', '"a" | >= 10 -> 2', '"b" | - -> 3', "- | > 50 -> 4"]

    assert found("UNIQUE", ["x", "z"], rules, {"x": ("a", "b")}) == [
        ("rules_disagree", "2, 4", "x = a, z = 51"),
        ("rules_disagree", "3, 4", "x = b, z = 51"),
    ]


def test_the_same_fact_in_two_columns_has_one_value():
    """What contradicts itself is no gap."""
    assert found("UNIQUE", ["x", "x"], ["< 5 | < 9 -> 1", ">= 5 | >= 5 -> 2"]) == []


def test_the_choices_of_a_fact_are_all_there_is():
    """A text that the catalogue does not offer cannot be missing."""
    rules = ['"a" -> 1', '"b" -> 2']

    assert found("UNIQUE", ["x"], rules, {"x": ("a", "b")}) == []
    assert found("UNIQUE", ["x"], rules, {"x": ("a", "b", "c")}) == [
        ("rules_leave_gap", "", "x = c")
    ]


def test_what_depends_on_a_parameter_is_only_a_warning():
    """Nobody knows where a parameter lies until the table is asked."""
    data = table("t", ["x"], ["y"], ["< param.low -> 1", "> param.low -> 2"])
    gaps = list(check_coverage(read_table(data)))

    assert [(f.rule, f.severity) for f in gaps] == [
        ("rules_leave_gap", Severity.WARNING)
    ]
    assert "param.low" in gaps[0].details["example"]


def test_too_large_a_table_is_said_to_be_unsearched():
    """Beyond the limit nothing is claimed."""
    inputs = [f"x{n}" for n in range(8)]
    cells = [
        f"{n * 10} -> {n}".join(["| ".join(["< 1, > 2, = 7"] * 7) + "| ", ""])
        for n in range(3)
    ]
    found_ = found("UNIQUE", inputs, cells)

    assert found_ == [("rules_not_compared", "", "")]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_said_is_what_happens(seed):
    """On every whole number a random table decides exactly when nothing was said."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample
    cuts = sorted(rng.sample(range(1, 20), 3))
    signs = [("<", ">="), ("<=", ">"), ("<", ">"), ("<=", ">=")]
    low, high = rng.choice(signs)
    between = rng.choice(["[{}..{}]", "({}..{})", "[{}..{})"]).format(cuts[0], cuts[1])
    rules = [f"{low} {cuts[0]} -> 1", f"{between} -> 2", f"{high} {cuts[1]} -> 3"]
    policy = rng.choice(["UNIQUE", "ANY", "FIRST"])
    data = table("t", ["x"], ["y"], rules, f'hitPolicy="{policy}"')
    decision = read_table(data)
    failures = set()
    for x in range(-5, 30):
        try:
            decision.decide({"x": x})
        except NoRuleMatched:
            failures.add("rules_leave_gap")
        except RulesDisagree:
            failures.add("rules_disagree")

    assert {rule for rule, *_ in found(policy, ["x"], rules)} == failures
