"""Subprocesses, calls and multi-instances: what runs within what."""

from __future__ import annotations

import pytest

from engine.runtime.definitions import Bundle
from engine.runtime.errors import BadCardinality
from engine.runtime.instance import Instance
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.walking import Walk, ticket

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


def test_a_vote_may_be_broken_off():
    """An interrupting event on a panel takes all members' tasks away."""
    walk = Walk(
        """
        start s; panel v people; on! v message stop; user z; user y; end e
        s -> v; v -> z; stop -> y; z -> e; y -> e
        """,
        {"people": ["a", "b", "c"]},
    )
    walk.do("v")
    delta = walk.do("stop")

    assert walk.open == ["y"]
    assert len(delta.closed) == 3
    assert walk.state("v") == "cancelled"


def test_a_process_called_for_each_member():
    """A call may be made once for each member; tasks inside know whose."""
    text = """
        start s; call c sv; user z; end e; s -> c; c -> z; z -> e
    """
    drawn = draw(text).replace(
        b'calledElement="sv"/>',
        b'calledElement="sv"><multiInstanceLoopCharacteristics><loopCardinality>'
        b"len(people)</loopCardinality></multiInstanceLoopCharacteristics>"
        b"</callActivity>",
    )
    files = {"p": drawn, "sv": draw(CALLED["sv"], "sv")}
    facts = {"people": ["a", "b"]}
    instance, _ = Instance.start(Bundle.load(files, {}, "p"), facts)
    tasks = instance.open_tasks()
    for task in tasks:
        assert instance.save()
        instance.complete(task.id, ticket(task.id), facts)

    assert [task.index for task in tasks] == [0, 1]
    assert len({task.scope for task in tasks}) == 2
    assert [task.element for task in instance.open_tasks()] == ["z"]


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
