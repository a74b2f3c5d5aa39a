"""Whatever gate of the shipped law is taken away, the proof fails."""

from __future__ import annotations

from random import Random

import pytest

from engine.commands.proofs import opened
from tests.processes.gates import removals, shipped_law

_APPROVED = "the leader's approval before it lets a case be closed by itself"
#: What no proof misses, and why.
UNNOTICED = {
    "enforcement/auction step": _APPROVED,
    "enforcement/court_challenge step": _APPROVED,
    "enforcement/court_result step": _APPROVED,
    "enforcement/deferral_approval step": "it moves a day; no step waits for it",
    "enforcement/suspension step": _APPROVED,
    "seizure/redecision_approval step": "nothing follows but an end of a branch",
}


@pytest.fixture(scope="module")
def every():
    """Return every gate that can be taken away."""
    return list(removals(shipped_law()))


def test_every_gate_is_demanded(every):
    """Some demand names each gate in some process, except those known to have none."""
    demanded = {_place(each) for each in every if each.demands}

    assert {_place(each) for each in every} - demanded <= set(UNNOTICED)


def test_what_is_not_noticed_is_known(every):
    """What stands in the table is a gate, and goes unnoticed: else it is struck out."""
    known = [each for each in every if _place(each) in UNNOTICED]

    assert {_place(each) for each in known} == set(UNNOTICED)
    assert [each.name for each in known if each.is_noticed] == []


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
    demanded = [e for e in every if e.demands and _place(e) not in UNNOTICED]
    once = {_place(each): each for each in reversed(demanded)}
    sample = Random(54).sample(sorted(once), 60)  # noqa: S311 - a seed
    chosen = rounds([once[place] for place in sample], demanded)

    assert [each.name for each in chosen if not each.is_noticed] == []


def _place(removal):
    return removal.name.removeprefix(f"{removal.root}: ")
