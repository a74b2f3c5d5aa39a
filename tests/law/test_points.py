"""Where the texts contradict themselves, each point is settled and can be found."""

from __future__ import annotations

import tomllib

import pytest

from tests.architecture.tree import ROOT
from tests.law.coverage import BOOKS, texts
from tests.law.packs import PROCESSES, facts, pack

POINTS = tomllib.loads((PROCESSES / "points.toml").read_text("utf-8"))
#: Kinds of entry, and facts, that a point may name as its switch.
KINDS = {"record", "waiver", "access", "retention", "announcement"}


def _entries():
    return [e for i in BOOKS for _, pairs in pack(i).keyed() for _, e in pairs]


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


@pytest.mark.parametrize("point", [p for p in POINTS if not POINTS[p].get("pending")])
def test_a_point_is_settled_somewhere(point):
    """An entry of a pack holds one of its clauses, or the named test exists."""
    found = POINTS[point]
    held = {clause for entry in _entries() for clause in entry.cites}
    path, _, name = found.get("test", "").partition("::")

    assert path or not held.isdisjoint(found["clauses"])
    assert not path or f"def {name}(" in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("point", [p for p in POINTS if "switch" in POINTS[p]])
def test_a_switch_is_an_entry_or_a_fact(point):
    """What decides a point is a parameter, term, kind of entry or fact that exists."""
    names = {getattr(e, "name", None) or getattr(e, "code", "") for e in _entries()}

    assert POINTS[point]["switch"] in names | KINDS | set(facts().names)


def test_every_switch_in_a_pack_names_its_point():
    """A parameter that settles something settles one of the points."""
    settles = {getattr(entry, "settles", "") for entry in _entries()} - {""}

    assert settles <= POINTS.keys()
