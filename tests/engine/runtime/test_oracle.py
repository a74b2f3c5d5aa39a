"""Random processes: the engine agrees with the oracle at every step."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest

from engine.bpmn.findings import Severity
from engine.bpmn.lint_tokens import check
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.blocks import Facts, Maker, Running, Scope, Together
from tests.engine.runtime.walking import Walk

MAX_STEPS = 60
#: Possible states of the oracle that are followed.
MAX_STATES = 12


def drawn(maker: Maker) -> tuple[Scope, str]:
    """Return a random process and its drawing."""
    body = maker.block(3)
    lines = ["start s_", "end e_", *body.lines("s_", "e_")]
    return Scope("root", body), "\n".join(lines)


def after(states: list[Running], name: str, facts: Facts) -> list[Running | None]:
    """Return all that may remain after one of several tasks of a name was done."""
    return [
        deepcopy(state).do(name, facts, place)
        for state in states
        for place in range(state.names().count(name))
    ]


def seeds(config: pytest.Config, group: int) -> range:
    """Return the seeds of one of six groups."""
    count = 500 if config.getoption("--all") else 12
    return range(group * count, (group + 1) * count)


@pytest.mark.generated
@pytest.mark.parametrize("group", range(6))
def test_the_engine_agrees_with_the_oracle(group, pytestconfig):
    """After every step, stored and restored, the same things can be done."""
    for seed in seeds(pytestconfig, group):
        compare(Maker(random.Random(seed)))  # noqa: S311  # a repeatable sample


def compare(maker: Maker) -> None:
    """Walk one random process in the engine and in the oracle."""
    root, text = drawn(maker)
    facts = maker.facts()
    states = [root.begin(facts, Together())]
    walk = Walk(text, facts)
    for _ in range(MAX_STEPS):
        states = [s for s in states if walk.open == sorted(s.names() if s else [])]
        # Two rounds of a branch may have a task of the same name open: which of
        # them the engine took shows later.
        assert states, text
        if states[0] is None:
            break
        name = maker.rng.choice(walk.open)
        facts = maker.facts()
        walk.do(name, **facts)
        states = after([s for s in states[:MAX_STATES] if s], name, facts)

    assert walk.finished is (walk.open == [])


@pytest.mark.generated
@pytest.mark.parametrize("group", range(6))
def test_well_formed_processes_have_no_standstill(group, pytestconfig):
    """The token game of the lint raises no false alarm on nested blocks."""
    for seed in seeds(pytestconfig, group):
        rng = random.Random(seed)  # noqa: S311  # a repeatable sample
        process = read(draw(drawn(Maker(rng))[1]))

        assert [f for f in check(process) if f.severity is Severity.ERROR] == []
