"""Sequences, gateways and loops, stored and restored before each step."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.runtime.errors import EndlessLoop, NoWayOut
from engine.runtime.instance import Instance
from tests.engine.runtime.walking import Walk

FORK = """
    start s
    and fork
    user a
    user b
    and join
    user c
    end e
    s -> fork
    fork -> a
    fork -> b
    a -> join
    b -> join
    join -> c
    c -> e
"""


def test_a_sequence_runs_in_order():
    """One task opens after the other, and the end finishes the process."""
    walk = Walk("start s\nuser a\nuser b\nend e\ns -> a\na -> b\nb -> e")
    seen = [walk.open]
    walk.do("a")
    seen.append(walk.open)
    walk.do("b")

    assert seen == [["a"], ["b"]]
    assert walk.finished
    assert walk.delta.finished


@pytest.mark.parametrize(("fine", "opened"), [(3, "small"), (30, "large"), (9, "rest")])
def test_an_exclusive_gateway_takes_the_first_that_holds(fine, opened):
    """The first condition that holds decides; the default takes the rest."""
    walk = Walk(
        """
        start s
        xor g
        user small
        user large
        user rest
        end e
        s -> g
        g -> small if fine < 5
        g -> large if fine > 20
        g -> rest else
        small -> e
        large -> e
        rest -> e
        """,
        {"fine": fine},
    )

    assert walk.open == [opened]


def test_no_condition_holds_and_no_default():
    """A gateway without a way out refuses, naming itself, and spoils nothing."""
    text = "start s\nuser t\nxor g\nuser a\nend e\ns -> t\nt -> g\ng -> a if x\na -> e"
    walk = Walk(text, {"x": None})
    with pytest.raises(NoWayOut) as refused:
        walk.do("t")

    assert refused.value.facts() == {"process": "p", "element": "g"}


def test_a_parallel_join_waits_for_all():
    """After a fork both branches must be done, in whatever order."""
    for first, second in (("a", "b"), ("b", "a")):
        walk = Walk(FORK)
        forked = walk.open
        walk.do(first)
        waiting = walk.open
        walk.do(second)

        assert (forked, waiting, walk.open) == (["a", "b"], [second], ["c"])


def test_a_parallel_block_within_a_loop_waits_every_round():
    """The join of the second round is not fooled by tokens of the first."""
    walk = Walk(
        """
        start s
        xor round
        and fork
        user a
        user b
        and join
        xor again
        end e
        s -> round
        round -> fork
        fork -> a
        fork -> b
        a -> join
        b -> join
        join -> again
        again -> round if more
        again -> e else
        """,
        {"more": True},
    )
    for _ in range(5):
        walk.do("a")
        assert walk.open == ["b"]
        walk.do("b")
        assert walk.open == ["a", "b"]
    walk.do("b")
    walk.do("a", more=False)

    assert walk.finished


def test_two_flows_from_fork_to_join_are_two_tokens():
    """A join counts flows, not the nodes that they come from."""
    walk = Walk(
        "start s\nand f\nand j\nuser a\nend e\ns -> f\nf -> j\nf -> j\nj -> a\na -> e"
    )

    assert walk.open == ["a"]


INCLUSIVE = """
    start s
    or split
    user a
    user b
    user c
    or join
    user d
    end e
    s -> split
    split -> a if x > 0
    split -> b if x > 1
    split -> c else
    a -> join
    b -> join
    c -> join
    join -> d
    d -> e
"""


@pytest.mark.parametrize(("x", "opened"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_an_inclusive_join_waits_for_what_was_opened(x, opened):
    """It waits for the branches that were taken, and for no other."""
    walk = Walk(INCLUSIVE, {"x": x})

    assert walk.open == opened
    for number, element in enumerate(opened, start=1):
        walk.do(element)
        assert ("d" in walk.open) is (number == len(opened))


def test_an_inclusive_join_hears_of_a_branch_that_left():
    """A token that turns away to an end frees the join."""
    walk = Walk(
        """
        start s
        or split
        user a
        user b
        xor turn
        end gone
        or join
        user d
        end e
        s -> split
        split -> a if 1
        split -> b if 1
        a -> join
        b -> turn
        turn -> join if back
        turn -> gone else
        join -> d
        d -> e
        """,
        {"back": False},
    )
    walk.do("a")
    waiting = walk.open
    walk.do("b")

    assert waiting == ["b"]
    assert walk.open == ["d"]


def test_fifteen_hundred_rounds_cost_what_one_costs():
    """A loop neither hangs nor grows: what is over is not kept."""
    walk = Walk(
        "start s\nuser a\nxor g\nend e\ns -> a\na -> g\ng -> a if more\ng -> e else",
        {"more": True},
    )
    walk.do("a")
    small = len(walk.instance.save())
    for _ in range(1500):
        walk.do("a")

    assert len(walk.instance.save()) == small
    walk.do("a", more=False)
    assert walk.finished


def test_a_circle_without_a_task_is_refused():
    """A process that goes on by itself for ever is stopped."""
    with pytest.raises(EndlessLoop):
        Walk(
            "start s\nxor a\nxor b\nend e\ns -> a\na -> b\nb -> a if x\nb -> e else",
            {"x": 1},
        )


def test_a_long_chain_neither_parses_nor_runs_out_of_stack():
    """Three hundred nodes in a row are read and walked."""
    names = [f"n{i}" for i in range(300)]
    lines = ["start s", "end e", f"s -> {names[0]}", f"{names[-1]} -> e"]
    lines += [f"user {name}" for name in names]
    lines += [f"{a} -> {b}" for a, b in pairwise(names)]
    walk = Walk("\n".join(lines))
    for name in names:
        walk.do(name)

    assert walk.finished


def test_a_task_with_several_ways_on_forks():
    """Several flows out of a task are taken all together, as BPMN says."""
    walk = Walk(
        "start s\nuser t\nuser a\nuser b\nend e\ns -> t\nt -> a\nt -> b\na -> e\nb -> e"
    )
    walk.do("t")

    assert walk.open == ["a", "b"]


def test_a_task_without_a_way_on_ends_its_branch():
    """A branch that simply stops is over."""
    walk = Walk("start s\nuser t\ns -> t")
    walk.do("t")

    assert walk.finished


def test_what_was_passed_is_told():
    """Automatic nodes are reported in the order in which they went by."""
    walk = Walk(FORK)
    walk.do("a")
    delta = walk.do("b")

    assert [passed.element for passed in delta.entered] == ["join"]
    start, _ = Instance.start(walk.bundle, {})
    assert start.states()[(), "c"] == "future"
