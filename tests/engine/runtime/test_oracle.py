"""Random processes: the engine agrees with the oracle at every step."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.bpmn.lint_tokens import check
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.blocks import Maker, Scope
from tests.engine.runtime.walking import Walk

MAX_STEPS = 60


def drawn(maker: Maker) -> tuple[Scope, str]:
    """Return a random process and its drawing."""
    body = maker.block(3)
    lines = ["start s_", "end e_", *body.lines("s_", "e_")]
    return Scope("root", body), "\n".join(lines)


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(150))
def test_the_engine_agrees_with_the_oracle(seed):
    """After every step, stored and restored, the same things can be done."""
    maker = Maker(random.Random(seed))
    root, text = drawn(maker)
    facts = maker.facts()
    running = root.begin(facts, None)
    walk = Walk(text, facts)
    for _ in range(MAX_STEPS):
        expected = sorted(running.names()) if running is not None else []
        assert walk.open == expected, text
        if not expected:
            break
        name = maker.rng.choice(expected)
        facts = maker.facts()
        walk.do(name, **facts)
        running = running.do(name, facts)

    assert walk.finished is (running is None)


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(150))
def test_well_formed_processes_have_no_standstill(seed):
    """The token game of the lint raises no false alarm on nested blocks."""
    _, text = drawn(Maker(random.Random(seed)))

    assert Counter(f.element for f in check(read(draw(text)))) == Counter()
