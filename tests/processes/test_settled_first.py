"""What was refused, or is not settled yet, counts for nothing in shipped diagrams."""

from __future__ import annotations

from datetime import date

import pytest

from engine.bpmn.expressions import compile_expression
from tests.processes.gates import shipped_law


@pytest.mark.parametrize(
    ("request_", "result", "anew", "may"),
    [
        ("ordinary", None, None, True),
        ("urgent", None, None, False),
        ("urgent", "approved", None, True),
        ("urgent", "stopped", None, False),
        ("urgent", "redecided", None, False),
        ("urgent", "redecided", "refused", False),
        ("urgent", "redecided", "approved", True),
    ],
)
def test_nothing_is_disposed_of_before_its_seizure_is_approved(
    request_, result, anew, may
):
    """Begun in an emergency it waits for the approval, or for the new decision."""
    node = shipped_law().models["seizure"].nodes["disposal_approval"]
    (guard,) = [each for each in node.guards if each.code == "emergency_unsettled"]
    outcome = {"measure_request": request_, "redecision_approval": anew}
    facts = {"emergency_result": result}
    holds = compile_expression(guard.require).holds

    told = {**facts, "outcome": {**outcome, "disposal_approval": "approved"}}
    back = {**facts, "outcome": {**outcome, "disposal_approval": "returned"}}

    assert holds(told) is may
    assert holds(back) is True


@pytest.mark.parametrize("kind", [None, "reconsideration", "litigation"])
@pytest.mark.parametrize(
    ("deferral", "counted"), [(None, False), ("refused", False), ("approved", True)]
)
def test_only_a_deferral_that_was_granted_moves_the_court_window(
    kind, deferral, counted
):
    """Exactly one rule starts the three months, from the right day."""
    node = shipped_law().models["enforcement"].nodes["enforcement_proposal"]
    served, ended, until = date(2026, 1, 5), date(2026, 3, 2), date(2027, 1, 1)
    facts = {
        "remedy_kind": kind,
        "remedy_ended_on": ended if kind else None,
        "deferred_until": until,
        "outcome": {"deferral_approval": deferral},
        "subject": {"penalty_decision": {"served_at": served}},
    }
    calls = {"term_end": lambda _, start: start}
    rules = [
        compile_expression(rule.from_)(facts, calls)
        for rule in node.deadlines
        if rule.code == "court_application"
        and rule.start
        and compile_expression(rule.condition)(facts, calls)
    ]

    assert rules == [until if counted else ended if kind else served]
