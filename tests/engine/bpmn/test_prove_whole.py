"""What is proved in parts is true of the whole."""

from __future__ import annotations

import random

import pytest

from engine.bpmn.prove import prove
from engine.bpmn.prove_law import Demand
from tests.engine.bpmn.whole import shortest_steps, whole_truth
from tests.engine.bpmn.wild import Wild


def seeds(config, group):
    """Return the seeds of one of four groups."""
    count = 500 if config.getoption("--all") else 15
    return range(group * count, (group + 1) * count)


@pytest.mark.generated
@pytest.mark.parametrize("group", range(4))
def test_parts_tell_the_same_as_the_whole(group, pytestconfig):
    """On wild processes a proof finds each offence, no other, and the shortest path."""
    for seed in seeds(pytestconfig, group):
        wild = Wild(random.Random(seed))  # noqa: S311  # a repeatable sample
        models = wild.models()
        demands = list(dict.fromkeys(wild.demands(models, 6)))
        truth = whole_truth(models, demands)
        if truth is None:
            continue
        (found,) = prove(models, {}, "p", demands, {"anybody": lambda _: ()})
        told: dict[Demand, int] = {}
        for offence in found.offences:
            count = steps(models, offence)
            told[offence.demand] = min(count, told.get(offence.demand, count))

        assert told.keys() == truth, seed
        assert found.open == (), seed
        for demand, count in told.items():
            assert count == shortest_steps(models, demand), seed


def steps(models, offence):
    """Return how many steps somebody takes on an offending path."""
    return sum(
        models[stage.process].nodes[stage.element].waits_for is not None
        for stage in offence.path
    )
