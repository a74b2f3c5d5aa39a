"""Every construct of the profile, stored and restored before each step."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.runtime.errors import BadCardinality, EndlessLoop, NoWayOut
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


SUBPROCESS = """
    start s
    sub phase
        start ps
        user work
        on work message extra
        user more
        end pe
        end pe2
        ps -> work
        work -> pe
        extra -> more
        more -> pe2
    done _
    on phase message registration
    user register
    user next
    end e
    end e2
    s -> phase
    phase -> next
    registration -> register
    register -> e2
    next -> e
"""


def test_a_subprocess_ends_when_all_its_branches_have():
    """Its main task is done, but a branch started inside keeps it open."""
    walk = Walk(SUBPROCESS)
    walk.do("extra")
    walk.do("work")
    waiting = walk.open
    walk.do("more")

    assert waiting == ["more", "registration"]
    assert walk.open == ["next"]


def test_a_branch_from_a_subprocess_boundary_outlives_it():
    """A branch beside the subprocess does not keep it open, only the process."""
    walk = Walk(SUBPROCESS)
    walk.do("registration")
    walk.do("registration")
    walk.do("work")
    beside = walk.open
    walk.do("next")

    assert beside == ["next", "register", "register"]
    assert not walk.finished
    walk.do("register")
    walk.do("register")
    assert walk.finished


def test_a_terminate_end_takes_its_scope_with_it():
    """Other branches of the same scope are cancelled; the caller goes on."""
    walk = Walk(
        """
        start s
        sub phase
            start ps
            and f
            user a
            user b
            terminate stop
            end pe
            ps -> f
            f -> a
            f -> b
            a -> stop
            b -> pe
        done _
        user next
        end e
        s -> phase
        phase -> next
        next -> e
        """
    )
    walk.do("a")

    assert walk.open == ["next"]
    assert walk.state("b") == "cancelled"


def test_members_act_at_the_same_time_or_one_after_the_other():
    """A panel opens all at once, a queue the next when one is done."""
    panel = Walk(
        "start s\npanel v people\nuser z\nend e\ns -> v\nv -> z\nz -> e",
        {"people": ["a", "b", "c"]},
    )
    queue = Walk(
        "start s\nqueue v people\nuser z\nend e\ns -> v\nv -> z\nz -> e",
        {"people": ["a", "b", "c"]},
    )
    assert [t.index for t in panel.instance.open_tasks()] == [0, 1, 2]
    for turn in range(3):
        assert [t.index for t in queue.instance.open_tasks()] == [turn]
        queue.do("v")
        panel.do("v", -1)

    assert queue.open == panel.open == ["z"]


def test_a_member_who_drops_out_is_not_waited_for():
    """Who leaves without voting counts as finished, also as the last one."""
    walk = Walk(
        "start s\npanel v people\nuser z\nend e\ns -> v\nv -> z\nz -> e",
        {"people": ["a", "b", "c"]},
    )
    walk.do("v")
    walk.reload()
    gone = walk.task("v")
    delta = walk.instance.drop(gone.id, walk.facts)
    assert delta.closed == (gone.id,)
    assert walk.open == ["v"]

    walk.reload()
    walk.instance.drop(walk.task("v").id, walk.facts)
    assert walk.open == ["z"]


def test_a_vote_may_end_early():
    """A completion condition cancels the members who have not acted."""
    walk = Walk(
        "start s\npanel v people enough\nuser z\nend e\ns -> v\nv -> z\nz -> e",
        {"people": ["a", "b", "c"], "enough": False},
    )
    walk.do("v")
    walk.do("v", enough=True)

    assert walk.open == ["z"]


@pytest.mark.parametrize("people", [None, []])
def test_nobody_to_ask_is_asked_nothing(people):
    """A multi-instance without members is passed."""
    walk = Walk(
        "start s\npanel v people\nuser z\nend e\ns -> v\nv -> z\nz -> e",
        {"people": people},
    )

    assert walk.open == ["z"]


def test_too_many_members_are_refused():
    """Five hundred is the wall."""
    with pytest.raises(BadCardinality):
        Walk(
            "start s\npanel v people\nend e\ns -> v\nv -> e",
            {"people": list(range(501))},
        )


CALLED = {"sv": "start s\nuser serve\nend e\ns -> serve\nserve -> e"}


def test_the_same_process_called_twice_at_once():
    """Each call has its own scope, path and subject."""
    walk = Walk(
        """
        start s
        and f
        call first sv notice
        call second sv decision
        and j
        user z
        end e
        s -> f
        f -> first
        f -> second
        first -> j
        second -> j
        j -> z
        z -> e
        """,
        calls=CALLED,
    )
    one, two = (walk.task("serve", place) for place in (0, 1))

    assert (one.path, two.path) == (("first",), ("second",))
    assert (one.subject, two.subject) == ("notice", "decision")
    assert one.process == two.process == "sv"
    assert "" != one.scope != two.scope
    walk.do("serve", 1)
    assert walk.open == ["serve"]
    assert walk.state("serve", "first") == "active"
    assert walk.state("serve", "second") == "done"
    walk.do("serve")
    assert walk.open == ["z"]


def test_calls_within_calls_within_subprocesses():
    """Paths name the calls from the outside in; subprocesses are no part."""
    walk = Walk(
        "start s\nsub ph\nstart q\ncall h hearing\nend r\nq -> h\nh -> r\ndone _\n"
        "end e\ns -> ph\nph -> e",
        calls={
            **CALLED,
            "hearing": "start s; call c sv notice; user u; s -> c; c -> u",
        },
    )
    task = walk.task("serve")

    assert task.path == ("h", "c")
    assert task.subject == "notice"
    walk.do("serve")
    assert walk.task("u").path == ("h",)
    assert walk.task("u").subject is None
    walk.do("u")
    assert walk.finished


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
