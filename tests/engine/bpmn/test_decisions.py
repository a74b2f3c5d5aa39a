"""Decision tables: cells, hit policies, and what is not accepted."""

from __future__ import annotations

import pytest

from engine.bpmn.cells import compile_cell
from engine.bpmn.decisions import read_table
from engine.bpmn.errors import (
    ExpressionFailed,
    NoRuleMatched,
    RulesDisagree,
    UnreadableTable,
    UnsafeExpression,
)
from tests.engine.bpmn.drawing import table

PARAM = {"param": {"x": 10}, "other": "b"}


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", None, True),
        ("", 3, True),
        ("3", 3, True),
        ("3", 4, False),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('"a,b"', "a,b", True),
        ('"a", "b"', "c", False),
        (">= param.x", 10, True),
        ("> param.x", 10, False),
        (">= 2 * param.x", 20, True),
        ("< 5", None, False),
        ("!= 5", 6, True),
        ("= 5", 5, True),
        ("< 3, > 7", 8, True),
        ("< 3, > 7", 5, False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5]", 1, False),
        ("[1..param.x]", 10, True),
        ("not(3)", 4, True),
        ('not("a", "b")', "b", False),
        ("not(< 5)", 5, True),
        ("true", True, True),
        ("False", True, False),
        ("null", None, True),
        ("other", "b", True),
        ("min(3, 4)", 3, True),
    ],
)
def test_cells(cell, value, passes):
    """Each form of a cell tests what it reads as."""
    assert compile_cell(cell)(value, PARAM, {}) is passes


@pytest.mark.parametrize(
    "cell", ['"a",', ",", "> ", "not(", "open('x')", "a b", "x.__class__", "[1..]"]
)
def test_cells_that_mean_nothing(cell):
    """A cell that is none of the forms is refused when the table is read."""
    with pytest.raises(UnsafeExpression):
        compile_cell(cell)


OVERLAP = ["> 0 -> 'a' ; pl-1", "> 5 -> 'b' ; pl-2, pl-3", "> 9 -> 'b'"]


def ask(policy, rules, x, outputs=("y",)):
    """Decide one small table."""
    return read_table(table("t", ["x"], list(outputs), rules, policy)).decide({"x": x})


def test_unique_allows_one_rule():
    """One match decides; two are a refusal that names them."""
    assert ask("", OVERLAP, 3) == {"y": "a"}
    with pytest.raises(RulesDisagree) as refused:
        ask("", OVERLAP, 7)
    assert refused.value.facts() == {
        "table": "t",
        "policy": "UNIQUE",
        "rules": ("r1", "r2"),
    }


def test_first_takes_the_first():
    """The order of rows decides."""
    assert ask('hitPolicy="FIRST"', OVERLAP, 20) == {"y": "a"}


def test_any_wants_agreement():
    """Several rules may match if they say the same."""
    assert ask('hitPolicy="ANY"', OVERLAP[1:], 20) == {"y": "b"}
    with pytest.raises(RulesDisagree):
        ask('hitPolicy="ANY"', OVERLAP, 20)


def test_rule_order_and_collect_give_all():
    """All matches count, in order; an aggregation makes one value of them."""
    numbers = ["> 0 -> 1", "> 5 -> 2", "> 9 -> 4"]

    assert ask('hitPolicy="RULE ORDER"', OVERLAP, 20) == {"y": ["a", "b", "b"]}
    assert ask('hitPolicy="COLLECT"', numbers, 7) == {"y": [1, 2]}
    for aggregation, value in (("SUM", 7), ("MIN", 1), ("MAX", 4), ("COUNT", 3)):
        policy = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
        assert ask(policy, numbers, 20) == {"y": value}


def test_nothing_matches():
    """No rule is a refusal; a row of dashes catches all."""
    with pytest.raises(NoRuleMatched):
        ask("", ["1 -> 1"], 2)

    assert ask('hitPolicy="FIRST"', ["1 -> 1", "- -> 0"], 2) == {"y": 0}


def test_several_outputs_and_expressions_as_results():
    """Results are expressions of the facts; an empty one is None."""
    rules = ["> 0 -> 2 * x | 'b'", "- -> - | "]

    assert ask('hitPolicy="FIRST"', rules, 4, ("y", "z")) == {"y": 8, "z": "b"}
    assert ask('hitPolicy="FIRST"', rules, -1, ("y", "z")) == {"y": None, "z": None}


def test_the_clauses_of_the_rules_that_matched_are_told():
    """A decision can be explained by what it cites."""
    decided = read_table(
        table("t", ["x"], ["y"], OVERLAP, 'hitPolicy="RULE ORDER"')
    ).explain({"x": 7})

    assert decided.cites == ("pl-1", "pl-2", "pl-3")


def test_a_table_knows_the_facts_it_reads():
    """Names in inputs, cells and results are known beforehand."""
    found = read_table(table("t", ["x", "case.k"], ["y"], [">= param.p | z -> w"]))

    assert found.names == {"x", "case.k", "param.p", "z", "w"}
    assert found.outputs == ("y",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_xml"),
        (b"<html/>", "not_dmn"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "doctype"),
        (
            table("t", ["x"], ["y"], ["1 -> 1"], 'hitPolicy="PRIORITY"'),
            "hit_policy:PRIORITY",
        ),
        (table("t", ["x"], ["y"], ["1 | 2 -> 1"]), "ragged_rule"),
        (table("t", ["x"], ["y"], []), "no_rules"),
        (table("t", [""], ["y"], ["1 -> 1"]), "empty_input"),
        (table("t", ["x"], [], ["1 -> 1"]), "unnamed_output"),
        (table("t", ["x"], ["y"], ["1 -> 1"], 'aggregation="SUM"'), "aggregation"),
        (
            table("t", ["x"], ["y"], ["1 -> 1"]).replace(b"decision", b"choice"),
            "needs_one_table",
        ),
    ],
)
def test_unreadable_tables(data, reason):
    """Each defect is refused with its own reason."""
    with pytest.raises(UnreadableTable) as refused:
        read_table(data)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "cell",
    [
        "[" + " " * 1900,
        "[" + " " * 900 + ".." + " " * 900,
        "[" + "." * 1900 + "]",
        "not(" * 300 + "1" + ")" * 300,
        "not(not(not(not(not(1)))))",
        "not()",
        "not(-)",
        "not(,)",
        "<" * 1900,
        "1" * 1999,
        "," * 1900,
        "(" * 1900,
        "x" * 2001,
        "[1..2..3]",
        "[..]",
        "< ",
        "[1..]",
        "= = 1",
        "people.append(1)",
        "[x for x in people]",
        "__import__('os')",
        "if true then 1 else 2",
    ],
)
def test_hostile_cells(cell):
    """A cell is refused in one pass, however long or nested it is."""
    with pytest.raises(UnsafeExpression):
        compile_cell(cell)


def test_aggregates_of_what_cannot_be_summed():
    """Texts and yes are refused when they are added up, not passed on."""
    policy = 'hitPolicy="COLLECT" aggregation="SUM"'
    with pytest.raises(ExpressionFailed):
        ask(policy, ["- -> 'a'", "- -> 2"], 1)
    with pytest.raises(ExpressionFailed):
        ask(policy, ["- -> true"], 1)

    assert ask(policy, ["- -> 1", "- -> -", "- -> 2"], 1) == {"y": 3}


def column(inner: str) -> bytes:
    """Return a table whose only input or output column holds something more."""
    data = table("t", ["x"], ["y"], ["- -> 1"]).decode()
    return data.replace("</input>", f"{inner}</input>").encode()


def test_the_values_that_an_input_may_have():
    """A value that the column does not list is covered by no rule."""
    decision = read_table(column("<inputValues><text>1, 2</text></inputValues>"))
    with pytest.raises(NoRuleMatched):
        decision.decide({"x": 3})

    assert decision.decide({"x": 2}) == {"y": 1}


def test_what_a_table_says_and_we_do_not_carry_out():
    """Defaults and other languages are refused, never left out."""
    plain = table("t", ["x"], ["y"], ["- -> 1"])
    default = plain.replace(b'name="y"/>', b'name="y"><defaultOutputEntry/></output>')
    juel = plain.replace(
        b"<inputExpression>", b"<inputExpression expressionLanguage='juel'>"
    )
    feel = juel.replace(b"'juel'", b"'http://www.omg.org/spec/DMN/20180521/FEEL/'")
    reasons = []
    for data in (default, juel):
        with pytest.raises(UnreadableTable) as refused:
            read_table(data)
        reasons.append(refused.value.reason)

    assert reasons == ["default_output", "expression_language"]
    assert read_table(feel).decide({"x": 1}) == {"y": 1}
