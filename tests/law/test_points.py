"""Where the texts contradict themselves, each point is settled and can be found."""

from __future__ import annotations

import tomllib

import pytest

from tests.architecture.tree import ROOT
from tests.law.mutated import BOOKS, texts
from tests.law.packs import PROCESSES, facts, pack

POINTS = tomllib.loads((PROCESSES / "points.toml").read_text("utf-8"))
#: Kinds of entry, and facts, that a point may name as its switch.
KINDS = {"record", "waiver", "access", "retention", "announcement"}


def _entries():
    packs = [pack(name) for name in ("national", *BOOKS)]
    return [e for each in packs for _, pairs in each.keyed() for _, e in pairs]


def test_all_points_are_there():
    """Fifty-seven, each once, in order."""
    assert list(POINTS) == [f"d-{n:02}" for n in range(1, 58)]


@pytest.mark.parametrize("point", POINTS)
def test_a_point_names_clauses_that_there_are(point):
    """Its clauses have their texts, and it says question and answer in words."""
    found = POINTS[point]

    assert set(found["clauses"]) <= texts().keys()
    assert found["title"]
    assert found["question"]
    assert found["settled"]


@pytest.mark.parametrize("point", POINTS)
def test_a_point_is_settled_by_a_test(point):
    """What was settled is held by a test that there is; nothing is left pending."""
    path, _, name = POINTS[point]["test"].partition("::")

    assert "pending" not in POINTS[point]
    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("point", [p for p in POINTS if "switch" in POINTS[p]])
def test_a_switch_is_an_entry_or_a_fact(point):
    """What decides a point is a parameter, term, kind of entry or fact that exists."""
    names = {getattr(e, "name", None) or getattr(e, "code", "") for e in _entries()}

    assert POINTS[point]["switch"] in names | KINDS | set(facts().names)


@pytest.mark.parametrize("point", [p for p in POINTS if "switch" in POINTS[p]])
def test_a_switch_is_turned_by_a_test(point):
    """Each switch names a test that turns it and sees something else."""
    path, _, name = POINTS[point]["turned"].partition("::")

    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_every_switch_in_a_pack_names_its_point():
    """A parameter that settles something is the switch of that point."""
    switches = {
        (entry.settles, entry.name)
        for name in ("national", *BOOKS)
        for entry in pack(name).parameters
        if entry.settles
    }

    assert switches <= {(point, each.get("switch")) for point, each in POINTS.items()}
