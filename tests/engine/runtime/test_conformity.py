"""Random diagrams, structured and not: the engine agrees with the standard's text."""

from __future__ import annotations

import random

import pytest

from engine.bpmn import lint_shape
from engine.bpmn.findings import Severity
from engine.bpmn.reader import read
from engine.runtime.errors import EndlessLoop
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.oracle import Endless, Oracle
from tests.engine.runtime.sketching import Sketch
from tests.engine.runtime.walking import Walk

MAX_STEPS = 40
WALKS = 3
#: With more open than this, a walk only repeats itself.
MAX_OPEN = 40
GROUPS = 8
#: Readings of the standard on which it does not say which is right.
_REFUSED = {"join_in_repeated_branch", "boundary_reaches_join"}


def seeds(config: pytest.Config, group: int) -> range:
    """Return the seeds of one of the groups: 200 diagrams, or 2,000."""
    number = 250 if config.getoption("--all") else 25
    return range(group * 250, group * 250 + number)


@pytest.mark.generated
@pytest.mark.parametrize("group", range(GROUPS))
def test_the_engine_does_what_the_standard_says(group, pytestconfig):
    """After every step, stored and restored, the same things can be done."""
    compared = sum(compare(seed) for seed in seeds(pytestconfig, group))

    assert compared > len(seeds(pytestconfig, group)) / 2


def compare(seed: int) -> bool:
    """Walk one random process in the engine and in the oracle; False: refused."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample
    sketch = Sketch(rng, jumps=seed % 4)
    files = {"p": draw(sketch.text)}
    files |= {key: draw(text, key) for key, text in sketch.calls.items()}
    for data in files.values():
        found = lint_shape.check(read(data))
        if {f.rule for f in found if f.severity is Severity.ERROR} & _REFUSED:
            return False
    told = f"seed {seed}\n{sketch.text}\n{sketch.calls}"
    return all(walked(sketch, Oracle(files, "p"), rng, told) for _ in range(WALKS))


def walked(sketch: Sketch, oracle: Oracle, rng: random.Random, told: str) -> bool:
    """Walk once; False: it would go on by itself for ever."""
    facts = sketch.facts()
    try:
        states = oracle.start(facts)
    except Endless:
        return False
    walk = Walk(sketch.text, facts, calls=sketch.calls)
    done = []
    for _ in range(MAX_STEPS):
        possible = [oracle.names(state) for state in states]
        states = [s for s in states if oracle.names(s) == walk.open]

        assert states, f"{told}\n{done}\n{walk.open} is none of {possible}"
        assert {state.over for state in states} == {walk.finished}, f"{told}\n{done}"
        if not walk.open or len(walk.open) > MAX_OPEN:
            break
        name = rng.choice(walk.open)
        facts = sketch.facts()
        done.append((name, facts))
        try:
            states = oracle.after(states, name, facts)
        except Endless:
            break
        try:
            walk.do(name, rng.randrange(walk.open.count(name)), **facts)
        except EndlessLoop as refused:
            raise AssertionError(f"{told}\n{done}") from refused
    return True
