"""Messages and deadlines, caught in the flow and at boundaries."""

from __future__ import annotations

import pytest

from engine.runtime.history import History
from tests.engine.runtime.walking import Walk

EVENTS = """
    start s
    events g
    message received
    message waived
    timer lapsed
    timer expired
    user a
    user b
    user c
    user d
    end e
    s -> g
    g -> received
    g -> waived
    g -> lapsed
    g -> expired
    received -> a
    waived -> b
    lapsed -> c
    expired -> d
    a -> e
    b -> e
    c -> e
    d -> e
"""


@pytest.mark.parametrize(
    ("event", "opened"),
    [("received", "a"), ("waived", "b"), ("lapsed", "c"), ("expired", "d")],
)
def test_the_first_event_takes_the_others_away(event, opened):
    """Two messages and two deadlines wait together; any one of them decides."""
    walk = Walk(EVENTS)
    waiting = walk.open
    delta = walk.do(event)

    assert waiting == ["expired", "lapsed", "received", "waived"]
    assert walk.open == [opened]
    assert len(delta.closed) == 4
    assert walk.state(event) == "done"
    assert {walk.state(o) for o in waiting if o != event} == {"cancelled"}


def test_a_message_boundary_fires_again_and_again():
    """Each time its own branch starts, the host stays, and it waits anew."""
    walk = Walk(
        """
        start s
        user host
        on host message asked
        user branch
        end done_host
        end done_branch
        s -> host
        host -> done_host
        asked -> branch
        branch -> done_branch
        """
    )
    ids = set()
    for _ in range(3):
        ids.add(walk.task("asked").id)
        delta = walk.do("asked")
        assert [task.element for task in delta.opened] == ["asked", "branch"]
    assert walk.open == ["asked", "branch", "branch", "branch", "host"]
    assert len(ids) == 3
    assert walk.task("asked").attached_to == walk.task("host").id

    walk.do("host")
    assert walk.open == ["branch", "branch", "branch"]
    for _ in range(3):
        assert not walk.finished
        walk.do("branch", 0)

    assert walk.finished


def test_rounds_of_a_branch_are_not_counted_for_one_another():
    """Two firings run through the same joins side by side, each with its own."""
    walk = Walk(
        """
        start s; user host; on host message asked; end e; end f
        and split; user a; user b; and join; user c
        s -> host; host -> e; asked -> split
        split -> a; split -> b; a -> join; b -> join; join -> c; c -> f
        """
    )
    walk.do("asked")
    walk.do("asked")
    walk.do("a", 0)
    walk.do("b", 1)
    apart = walk.open
    walk.do("b", 0)

    assert "c" not in apart
    assert walk.open == ["a", "asked", "c", "host"]


def test_a_branch_that_meets_the_main_flow_is_counted_with_it():
    """A join that waits for the host and for its boundary branch gets both."""
    walk = Walk(
        """
        start s; user host; on host message asked; user b; and join; user z; end e
        s -> host; host -> join; asked -> b; b -> join; join -> z; z -> e
        """
    )
    walk.do("asked")
    walk.do("host")
    walk.do("b")

    assert walk.open == ["z"]


def test_a_deadline_boundary_fires_once():
    """A deadline is due once: it warns, starts its branch, and is gone."""
    walk = Walk(
        "start s\nuser a\non a timer late\nuser w\nend e\nend x\n"
        "s -> a\na -> e\nlate -> w\nw -> x"
    )
    walk.do("late")

    assert walk.open == ["a", "w"]


def test_an_interrupting_boundary_ends_its_host():
    """The host is cancelled with everything inside; only the branch goes on."""
    walk = Walk(
        """
        start s
        sub phase
            start ps
            and pf
            user x
            user y
            end pe
            ps -> pf
            pf -> x
            pf -> y
            x -> pe
            y -> pe
        done _
        on! phase message stop
        on phase message note
        user after
        user normal
        end e
        end e2
        s -> phase
        phase -> normal
        normal -> e
        stop -> after
        note -> e2
        after -> e
        """
    )
    walk.do("x")
    delta = walk.do("stop")

    assert walk.open == ["after"]
    assert len(delta.closed) == 3
    assert walk.state("y") == "cancelled"
    assert walk.state("phase") == "cancelled"
    assert walk.state("x") == "done"
    walk.do("after")
    assert walk.finished


CYCLE = "start s; user a; on a timer t {}; user w; end e; end x; s -> a; a -> e; t -> w"


@pytest.mark.parametrize(
    ("said", "times"), [("R1/P1D", 1), ("R2/PT24H", 2), ("R7/P1W", 7), ("PT24H", 1)]
)
def test_a_cycle_waits_again_until_it_was_due_often_enough(said, times):
    """Each time under a new id that knows how often it was due before."""
    walk = Walk(f"{CYCLE.format(said)}; w -> x")
    ids = set()
    for fired in range(times):
        assert walk.task("t").fired == fired
        ids.add(walk.task("t").id)
        walk.do("t")

    assert len(ids) == times
    assert walk.open == ["a", *["w"] * times]


def test_each_host_has_rounds_of_its_own():
    """Two tokens at one task are reminded apart; the branch forks in its own scope."""
    walk = Walk(
        """
        start s; and f; user a; on a timer t R2/PT24H; end e; end x
        s -> f; f -> a; f -> a; a -> e; t -> x
        """
    )
    walk.do("t", 0)
    walk.do("t", 0)
    once = [task.fired for task in walk.instance.open_tasks() if task.element == "t"]
    walk.do("a", 0)

    assert once == [1, 1]
    assert walk.open == ["a", "t"]
    walk.do("t")
    assert walk.open == ["a"]


def test_what_stands_again_after_a_return_was_due_as_often():
    """A timer whose host was ended by the undone step goes on counting."""
    walk = Walk(
        """
        start s; sub phase; start ps; and f; user a; on a timer t R3/PT24H
        user k; terminate z; end pe; end px; ps -> f; f -> a; f -> k; a -> pe
        k -> z; t -> px; done _; user after; end e; s -> phase; phase -> after
        after -> e
        """
    )
    trails = list(walk.do("t").trail)
    trails += walk.do("k").trail
    returning = walk.instance.returning(History(trails))
    (back,) = [
        each
        for each in returning.earlier(walk.task("after").id)
        if returning.elements(each.undone)
    ]
    walk.instance.go_back(returning, back, walk.facts)

    assert walk.open == ["a", "k", "t"]
    assert walk.task("t").fired == 1
    walk.do("t")
    walk.do("t")
    assert walk.open == ["a", "k"]
