"""What is answered in one call is not seen in another."""

from __future__ import annotations

from engine.rules.calls import (
    CALLS,
    MAX_OVER,
    chain_of,
    correct,
    forget_outcomes,
    forget_over,
    keep,
    rename_outcomes,
    seen,
)

ROOT, SEIZURE, OTHER = ("",), ("", "s1"), ("", "s2")
URGENT, SECOND = ("", "s1", "e1"), ("", "s2", "e2")


def of(facts, chain, *names):
    """Return what is seen of some names."""
    found = seen(facts, chain)
    return [found.get(name) for name in names]


def test_each_caller_sees_the_result_of_its_own_call():
    """The newest answer is the case's; each seizure goes by its own emergency."""
    facts = keep({}, URGENT, {"result": "stopped"})
    facts = keep(facts, SECOND, {"result": "approved"})

    assert facts["result"] == "approved"
    assert of(facts, SEIZURE, "result") == ["stopped"]
    assert of(facts, OTHER, "result") == ["approved"]
    assert of(facts, URGENT, "result") == ["stopped"]


def test_the_case_goes_by_its_own_steps_and_calls():
    """What a call of a call answers is not what the case's own diagram sees."""
    facts = keep({"result": None}, ("", "e0"), {"result": "stopped"}, {"ask": "no"})
    facts = keep(facts, URGENT, {"result": "approved"}, {"ask": "yes"})
    before = of(facts, ROOT, "result", "outcome")
    facts = keep(facts, ROOT, {"result": "anew"}, {"ask": "own"})

    assert before == ["stopped", {"ask": "no"}]
    assert of(facts, ROOT, "result", "outcome") == ["anew", {"ask": "own"}]
    assert of(facts, URGENT, "result", "outcome") == ["approved", {"ask": "yes"}]


def test_what_a_call_has_not_answered_it_sees_around_it():
    """First what called it, then the case."""
    facts = keep({"fine": 3}, SEIZURE, {"measure": "car"})

    assert of(facts, URGENT, "measure", "fine") == ["car", 3]
    assert of(facts, OTHER, "measure", "fine") == ["car", 3]
    assert chain_of(facts, "s1") == SEIZURE
    assert chain_of(facts, "s2") is None
    assert seen({"fine": 3}, URGENT) == {"fine": 3}


def test_what_a_call_forgot_is_seen_when_its_caller_answers_anew():
    """Not when another call does; and what it answered itself stays."""
    facts = keep({}, SEIZURE, {"at": "9:00", "result": "stopped"})
    facts = keep(facts, URGENT, {"at": None, "result": None})
    forgotten = of(facts, URGENT, "at", "result")
    beside = keep(facts, ("", "s1", "e9"), {"result": "approved"})
    facts = keep(facts, SEIZURE, {"at": "9:20"})
    answered = keep(facts, URGENT, {"at": "9:30"})
    again = keep(answered, SEIZURE, {"at": "9:40"})

    assert forgotten == [None, None]
    assert of(beside, URGENT, "result") == [None]
    assert of(facts, URGENT, "at", "result") == ["9:20", None]
    assert of(again, URGENT, "at") == ["9:30"]


def test_an_outcome_that_is_undone_renamed_or_corrected_is_so_everywhere():
    """No call remembers what no longer stands."""
    facts = keep({}, SEIZURE, {"at": "9:00"}, {"ask": "yes", "tell": "no"})
    undone = forget_outcomes(facts, {"ask"})
    named = rename_outcomes(facts, {"ask": "enquire"})
    right = correct({**facts, "at": "9:05"}, "at", "9:00", "9:05")

    assert of(undone, SEIZURE, "outcome") == [{"tell": "no"}]
    assert of(named, SEIZURE, "outcome") == [{"enquire": "yes", "tell": "no"}]
    assert of(right, SEIZURE, "at") == ["9:05"]
    assert keep(facts, SEIZURE, {}, {"ask": None})["outcome"] == {"tell": "no"}


def test_calls_that_were_over_long_ago_are_forgotten():
    """The running ones stay, however old; of the others the last."""
    facts = {}
    for number in range(MAX_OVER + 5):
        facts = keep(facts, ("", f"c{number}"), {"round": number})
    kept = forget_over(facts, {"c0"})[CALLS]

    assert len(kept) == MAX_OVER + 1
    assert {"c0", f"c{MAX_OVER + 4}"} <= set(kept)
    assert "c1" not in kept
