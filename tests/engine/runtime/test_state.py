"""What an instance keeps: tokens alone, however long it runs and whoever shares it.

Work is counted in calls, which are the same on every machine; benchmarks measure time.
"""

from __future__ import annotations

import sys
from types import FunctionType

from tests.engine.runtime.walking import Walk

#: Where the library forgets what it knew, and far beyond.
ROUNDS = 5_000

LOOP = """
    start s; user a; xor g; end e
    s -> a; a -> g; g -> a if more; g -> e else
"""
PANEL = """
    start s; and f; panel v people; user w; and j; end e
    s -> f; f -> v; f -> w; v -> j; w -> j; j -> e
"""


def calls_of(action):
    """Return how many functions *action* calls."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def blocks(many):
    """Return *many* blocks of two branches that run side by side, one after another."""
    lines = ["start s", "user first", "s -> first", "end e"]
    last = "first"
    for n in range(many):
        lines += [f"and fork{n}", f"user a{n}", f"user b{n}", f"and join{n}"]
        lines += [f"{last} -> fork{n}", f"fork{n} -> a{n}", f"fork{n} -> b{n}"]
        lines += [f"a{n} -> join{n}", f"b{n} -> join{n}"]
        last = f"join{n}"
    return "\n".join([*lines, f"{last} -> e"])


def test_a_case_may_go_in_circles_without_end():
    """After five thousand rounds a step is the same work, and the state as small."""
    walk = Walk(LOOP, {"more": True})
    walk.do("a")
    walk.do("a")
    early, small = calls_of(lambda: walk.do("a")), len(walk.instance.save())
    for _ in range(ROUNDS):
        walk.do("a")
    late = calls_of(lambda: walk.do("a"))

    assert late == early
    # Identifiers that differ are pressed differently well.
    assert len(walk.instance.save()) <= small + 8
    walk.do("a", more=False)
    assert walk.finished


def test_what_may_come_later_costs_nothing():
    """A step before twelve blocks of branches is the same work as one before two."""
    work = {}
    for many in (2, 12, 2):  # the first fills what all others share
        walk = Walk(blocks(many))
        walk.reload()
        work[many] = calls_of(lambda walk=walk: walk.do("first"))

    assert work[12] == work[2]


def test_tokens_carry_no_facts():
    """Neither at a join, nor for a member, nor below a call has a token any data."""
    calls = {"c": "start q; user x; end r; q -> x; x -> r"}
    text = PANEL.replace("end e", "call k c; end e").replace("j -> e", "j -> k; k -> e")
    walk = Walk(text, {"people": ["a", "b"], "fine": 5}, calls=calls)
    seen = 0
    for element in ("v", "w", "v", "x"):
        for token in walk.instance._root.tokens():
            seen += 1

            assert token.data == {}
        walk.do(element, fine=9)

    assert walk.finished
    assert seen > len("vwvx")


def _described(bundle):
    """Return everything that the shared specs hold, as text."""
    return {
        (name, spec.name): sorted(
            (key, repr(value))
            for key, value in vars(spec).items()
            if not isinstance(value, FunctionType)
        )
        for name, scope in bundle.specs.items()
        for spec in scope.task_specs.values()
    }


def test_instances_that_share_a_definition_leave_it_as_it_was():
    """Two panels of different sizes take turns; each counts its own members.

    The library writes what it expects of a panel onto the definition, where the next
    case finds it.
    """
    two, three = Walk(PANEL, {"people": [1, 2]}), Walk(PANEL, {"people": [1, 2, 3]})
    before = _described(two.bundle)

    assert two.bundle is three.bundle
    for element in "vw":
        for walk in (two, three):
            walk.do(element)
    three.do("v")
    two.do("v")

    assert two.finished
    assert three.open == ["v"]
    three.do("v")
    assert three.finished
    assert _described(two.bundle) == before
