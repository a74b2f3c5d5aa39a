"""Whatever gate of the shipped law is taken away, the proof fails."""

from __future__ import annotations

from random import Random

import pytest

from engine.commands.proofs import opened
from tests.processes.gates import removals, shipped_law


@pytest.fixture(scope="module")
def every():
    """Return every gate that can be taken away."""
    return list(removals(shipped_law()))


def test_every_gate_is_demanded(every):
    """Some demand names each gate, in each process that cases open in."""
    assert [each.name for each in every if not each.demands] == []


def test_each_process_has_gates_of_each_kind(every):
    """Records, checkpoints and steps are taken from every process."""
    kinds = {(each.root, _place(each).split()[1]) for each in every}
    roots = opened(shipped_law().models)

    assert {"record", "checkpoint", "step"} <= {kind for _, kind in kinds}
    assert {(root, kind) for root in roots for kind in ("record", "step")} <= kinds
    assert {("penalty", "guard"), ("penalty", "window")} <= kinds


@pytest.mark.generated
def test_no_gate_goes_unnoticed(every, rounds):
    """Without any one of them some path is found that leaves out what it asked."""
    once = {_place(each): each for each in reversed(every)}
    sample = Random(54).sample(sorted(once), 60)  # noqa: S311 - a seed
    chosen = rounds([once[place] for place in sample], every)

    assert [each.name for each in chosen if not each.is_noticed] == []


#: What leads to an act or decides on it in a process that the penalty calls.
_CALLED = {
    "penalty: seizure/measure_approval step",
    "penalty: seizure/redecision_approval step",
    "penalty: seizure/disposal_approval guard emergency_unsettled",
    "penalty: emergency/record_emergency step",
    "penalty: emergency/oral_request step",
    "penalty: emergency/retroactive_decision step",
    "penalty: enforcement/enforcement_approval step",
    "penalty: enforcement/suspension step",
    "penalty: enforcement/deferral_approval step",
}


def test_what_a_penalty_calls_is_missed_in_the_penalty(every):
    """A seizure or an emergency is not only proved where a case is nothing else."""
    called = [each for each in every if each.name in _CALLED]

    assert {each.name for each in called} == _CALLED
    assert [each.name for each in called if not each.is_noticed] == []


def _place(removal):
    return removal.name.removeprefix(f"{removal.root}: ")
