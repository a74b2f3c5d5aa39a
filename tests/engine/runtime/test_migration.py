"""Running instances go over to another version whole, or not at all."""

from __future__ import annotations

import random

import pytest

from engine.runtime.definitions import Bundle
from engine.runtime.errors import MoveUnsafe
from engine.runtime.migration import Plan, move, obstacles
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.blocks import Maker
from tests.engine.runtime.test_oracle import MAX_STEPS, drawn
from tests.engine.runtime.walking import Walk

LINE = "start s; user a; user b; end e; s -> a; a -> b; b -> e"
FORK = """
    start s; and f; user a; user b; and j; user c; end e
    s -> f; f -> a; f -> b; a -> j; b -> j; j -> c; c -> e
"""


def plan_for(text, **renamed):
    """Return the plan to a drawing, with some elements renamed."""
    return Plan(
        Bundle.load({"p": draw(text)}, {}, "p"),
        {("p", old): new for old, new in renamed.items()},
    )


def carried(walk, plan):
    """Carry a walk over, stored and restored."""
    moved = move(walk.instance, plan)
    walk.bundle = plan.new
    walk.instance = type(moved).restore(plan.new, moved.save())
    return walk


def why(walk, plan):
    """Return why a walk is not carried over."""
    return {(each.element, each.reason) for each in obstacles(walk.instance, plan)}


def test_a_step_added_ahead_is_met():
    """Ids stay, and what was added after the token is come to."""
    walk = Walk(LINE)
    before = walk.instance.open_tasks()
    text = LINE.replace("a -> b", "a -> x; x -> b").replace("user b", "user b; user x")
    carried(walk, plan_for(text))

    assert walk.instance.open_tasks() == before
    for name in ("a", "x", "b"):
        walk.do(name)
    assert walk.finished


def test_where_tokens_stand_within_must_be_drawn():
    """A subprocess with somebody at work in it is not drawn away around them."""
    walk = Walk(
        "start s; sub b; start q; user a; end r; q -> a; a -> r; done _;"
        "user c; end e; s -> b; b -> c; c -> e"
    )

    assert why(
        walk, plan_for("start s; user a; user c; end e; s -> a; a -> c; c -> e")
    ) == {
        ("b", "element_gone"),
        ("b", "scope_gone"),
    }


def test_a_renamed_step_is_mapped():
    """An open step whose id changed goes on under the new one, if the plan says so."""
    text = (
        LINE.replace("user a", "user z").replace("a ->", "z ->").replace("> a", "> z")
    )
    walk = Walk(LINE)
    lost = why(walk, plan_for(text))
    carried(walk, plan_for(text, a="z"))

    assert lost == {("a", "element_gone")}
    assert walk.open == ["z"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LINE.replace("user a", "message a"), ("a", "kind_changed")),
        (LINE.replace("user a", "panel a people"), ("a", "members_changed")),
        (LINE + "; end g; on a message m; m -> g", ("a", "event_changed")),
    ],
)
def test_what_changes_under_somebody_is_refused(text, reason):
    """Another kind, other members, or an event gained at an open step is refused."""
    walk = Walk(LINE)
    plan = plan_for(text)
    before = walk.instance.save()
    with pytest.raises(MoveUnsafe):
        move(walk.instance, plan)

    assert reason in why(walk, plan)
    assert walk.instance.save() == before


def test_another_pairing_around_tokens_is_refused():
    """Between a split and its join the number of branches cannot change."""
    more = FORK.replace("f -> b;", "f -> b; f -> d; d -> j;").replace(
        "user c", "user c; user d"
    )
    before, between = Walk(FORK), Walk(FORK)
    between.do("a")
    swapped = FORK.replace("a -> j;", "a -> x; x -> j;").replace(
        "user c", "user c; user x"
    )

    assert why(before, plan_for(more)) == {
        ("f", "gateways_changed"),
        ("j", "gateways_changed"),
    }
    assert ("j", "join_changed") in why(between, plan_for(swapped))
    assert why(before, plan_for(swapped)) == set()


def seeds(config, group):
    """Return the seeds of one of four groups."""
    count = 250 if config.getoption("--all") else 12
    return range(group * count, (group + 1) * count)


@pytest.mark.generated
@pytest.mark.parametrize("group", range(4))
def test_the_same_definition_again_is_the_identity(group, pytestconfig):
    """Whatever stands where, to go over to the same drawing changes no byte."""
    for seed in seeds(pytestconfig, group):
        maker = Maker(random.Random(seed))  # noqa: S311  # a repeatable sample
        text = drawn(maker)[1]
        walk, plan = Walk(text, maker.facts()), plan_for(text)
        for _ in range(MAX_STEPS):
            assert move(walk.instance, plan).save() == walk.instance.save(), text
            if not walk.open:
                break
            walk.do(maker.rng.choice(walk.open), **maker.facts())


@pytest.mark.generated
@pytest.mark.parametrize("group", range(4))
def test_a_harmless_edit_changes_nothing_for_who_runs(group, pytestconfig):
    """A step added at the end is all that differs from what would have been."""
    for seed in seeds(pytestconfig, group):
        rng = random.Random(seed)  # noqa: S311  # a repeatable sample
        maker = Maker(rng)
        text = drawn(maker)[1]
        later = text.replace("-> e_", "-> last").replace("end e_", "end e_\nxor last")
        later += "\nuser added\nlast -> added\nadded -> e_"
        left, right = Walk(text, maker.facts()), None
        moves = rng.randrange(6)
        for step in range(MAX_STEPS):
            if not left.open:
                break
            if step == moves:
                right = Walk(text, left.facts)
                right.instance = type(left.instance).restore(
                    left.bundle, left.instance.save()
                )
                carried(right, plan_for(later))
            name, facts = rng.choice(left.open), maker.facts()
            left.do(name, **facts)
            if right is not None:
                right.do(name, **facts)
                assert [n for n in right.open if n != "added"] == left.open, text
        if right is not None and not left.open:
            while right.open:
                right.do("added")

            assert right.finished
