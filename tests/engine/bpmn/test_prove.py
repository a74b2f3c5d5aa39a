"""Proofs: what is left out on some path is found, and nothing else is."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from engine.bpmn.errors import InvalidProof, NotProvable, ProofFailed
from engine.bpmn.model import BOUNDARIES, Input
from engine.bpmn.prove import prove
from engine.bpmn.prove_law import Demand, read_law
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw
from tests.engine.bpmn.whole import whole_truth
from tests.engine.runtime.blocks import Maker
from tests.engine.runtime.test_oracle import MAX_STEPS, drawn
from tests.engine.runtime.walking import Walk


def before(at, *needed, since=()):
    """Demand that one of some steps comes before a step."""
    words = [tuple(f"step:p/{name}" for name in names) for names in (needed, since)]
    return Demand(kind="before", at=(f"step:p/{at}",), any=words[0], since=words[1])


def proof_of(text, *demands, **options):
    """Return the proof of a drawing for one authority that asks for no records."""
    models = {"p": read(draw(text))}
    (found,) = prove(models, {}, "p", demands, {"anybody": lambda _: ()}, **options)
    return found


def way(found):
    """Return the elements on the shortest offending path."""
    (offence,) = found.offences
    return [stage.element for stage in offence.path]


BRANCH = (
    "start s; user a; xor x; user b; user c; end e; s -> a; a -> x; b -> c; c -> e;"
)


def test_a_way_around_is_found():
    """Where a step may be passed by, the shortest path that does so is told."""
    found = proof_of(BRANCH + "x -> b if go; x -> c else", before("c", "b"))

    assert way(found) == ["a", "c"]


def test_no_way_around_is_a_proof():
    """Where every path passes the step, the proof holds and says what it covered."""
    demand = before("c", "b")
    found = proof_of(BRANCH + "x -> b if go; x -> a else", demand)

    assert found.holds
    assert found.demands == {demand}


def test_a_way_around_through_a_drawn_timer_is_found():
    """A time in the diagram is a way on like any; that it came may be demanded."""
    text = "start s; user a; on{} a timer t {}; user b; user c; end e; s -> a; a -> b;"
    text += "b -> c; t -> c; c -> e"
    demand = before("c", "b")
    fired = Demand(kind="before", at=("step:p/c",), any=("fired:timer:p/t",), since=())
    ends = proof_of(text.format("!", "PT36H"), demand)
    beside = proof_of(text.format("", "R3/PT24H"), demand)
    awaited = proof_of(
        "start s; user a; timer t P1M; user c; end e; s -> a; a -> t; t -> c; c -> e",
        fired,
    )

    assert (way(ends), way(beside)) == (["t", "c"], ["t", "c"])
    assert (awaited.holds, way(proof_of(text.format("!", "PT36H"), fired))) == (
        True,
        ["a", "b", "c"],
    )


def test_a_loop_makes_it_due_anew():
    """What was done before a step that is done again no longer counts."""
    text = BRANCH.replace("c -> e;", "c -> y; xor y; y -> a if again; y -> e else;")
    found = proof_of(text + "x -> b if go; x -> c else", before("c", "a", since=["a"]))
    stale = proof_of(text + "x -> b if go; x -> c else", before("e", "a"))
    lost = proof_of(
        text.replace("y -> a if again", "y -> b if again")
        + "x -> b if go; x -> c else",
        before("c", "a", since=["c"]),
    )

    assert found.holds
    assert stale.demands == frozenset()
    assert way(lost) == ["a", "c", "b", "c"]


def test_conditions_over_one_fact_agree():
    """Two gateways that ask for one answer never disagree until it is given anew."""
    text = """
        start s; user w; xor x; user a; xor m; user k; xor y; user b; xor n; end e
        s -> w; w -> x; x -> a if go == 'left'; x -> m else; a -> m; m -> k; k -> y
        y -> b if go == 'left'; y -> n else; b -> n; n -> e
    """
    model = read(draw(text))
    once = answered(model, "w")
    again = answered(once, "k")
    proofs = [
        prove({"p": each}, {}, "p", [before("b", "a")], {"anybody": lambda _: ()})[0]
        for each in (model, once, again)
    ]

    assert [found.holds for found in proofs] == [False, True, False]
    assert way(proofs[2]) == ["w", "k", "b"]


def answered(model, name):
    """Return a process with a step that asks for the fact ``go``."""
    node = replace(model.nodes[name], inputs=(Input("go", required=True),))
    return replace(model, nodes={**model.nodes, name: node})


def test_parallel_branches_promise_each_other_nothing():
    """What a parallel branch does comes before the join, not before its neighbor."""
    text = """
        start s; and f; user a; user b; and j; user c; end e
        s -> f; f -> a; f -> b; a -> j; b -> j; j -> c; c -> e
    """
    joined = proof_of(text, before("c", "a"), before("c", "b"))
    beside = proof_of(text, before("b", "a"))

    assert joined.holds
    assert way(beside) == ["b"]


def test_independent_branches_do_not_multiply():
    """Ten branches of four steps that know nothing of each other need few states."""
    lines = ["start s; and f; and j; user z; end e; s -> f; j -> z; z -> e"]
    for branch in range(10):
        names = [f"t{branch}_{step}" for step in range(4)]
        chain = ["f", *names, "j"]
        lines += [f"user {name}" for name in names]
        lines += [f"{a} -> {b}" for a, b in itertools.pairwise(chain)]
    found = proof_of("\n".join(lines), before("z", "t3_2"))

    assert found.holds
    assert found.states < 60


WIDE = """
    start s; and f; user a; user b; user c; and j; user z; end e
    s -> f; f -> a; f -> b; f -> c; a -> j; b -> j; c -> j; j -> z; z -> e
"""


def test_too_wide_a_process_is_refused():
    """What cannot be explored to its end is not taken for proved."""
    found = proof_of(WIDE, before("z", "a", "b", "c"), max_states=4)
    with pytest.raises(NotProvable) as refused:
        found.require()

    assert not found.holds
    assert found.offences == ()
    assert refused.value.reason == "too_many_states"


def test_what_is_found_before_the_limit_is_told():
    """An offence is told although something else could not be explored."""
    found = proof_of(WIDE, before("z", "a", "b", "c"), before("a", "z"), max_states=4)
    with pytest.raises(ProofFailed) as refused:
        found.require()

    assert len(found.open) == 1
    assert refused.value.path[-1] == "a a"


def test_a_strange_construct_is_refused():
    """A node outside the profile stops the proof, with its element."""
    text = draw("start s; user a; end e; s -> a; a -> e").replace(b"userTask", b"task")
    models = {"p": read(text)}
    with pytest.raises(NotProvable) as refused:
        prove(models, {}, "p", (), {"anybody": lambda _: ()})

    assert refused.value.element == "a"


def test_the_refusal_names_path_and_clause():
    """A failed proof is refused with the elements on the way and what is cited."""
    demand = Demand(
        kind="before",
        at=("step:p/c",),
        any=("step:p/b",),
        zh="b",
        cites=("pl-58",),
    )
    found = proof_of(BRANCH + "x -> b if go; x -> c else", demand)
    with pytest.raises(ProofFailed) as refused:
        found.require()

    assert refused.value.milestone == "p/c"
    assert [stage.split()[0] for stage in refused.value.path] == ["a", "c"]
    assert refused.value.cites == ["pl-58"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[after]]\nat = ['x']\ncites = ['y']", "unknown_kind"),
        ("[[before]]\nat = ['x']\ncites = ['y']", "lacks:any"),
        ("[[before]]\nany = ['x']\ncites = ['y']", "lacks:at"),
        ("[[before]]\nat = ['x']\nany = ['y']", "lacks:cites"),
        ("[[record]]\nat = ['x']\nrecord = 'a:b'\nwhen = '1 +'\ncites = ['y']", "when"),
        ("[[guard]]\nat = ['x']\nguard = 'g'\ncites = []\nif = 'z'", "unknown:if"),
    ],
)
def test_what_is_demanded_must_be_whole(text, reason):
    """An entry that lacks something, or has too much, is refused with its reason."""
    with pytest.raises(InvalidProof) as refused:
        read_law(text)

    assert refused.value.reason.startswith(reason)


def seeds(config, group):
    """Return the seeds of one of four groups."""
    count = 250 if config.getoption("--all") else 10
    return range(group * count, (group + 1) * count)


def random_demands(rng, names):
    """Return demands between random steps."""
    return [
        before(*rng.sample(names, 2), since=rng.sample(names, rng.randrange(2)))
        for _ in range(6)
    ]


@pytest.mark.generated
@pytest.mark.parametrize("group", range(4))
def test_what_is_seen_in_a_walk_is_told_by_the_proof(group, pytestconfig):
    """No walk of the engine leaves out what a proof says is never left out.

    To explore only what a demand is about finds the same as to explore everything.
    """
    for seed in seeds(pytestconfig, group):
        rng = random.Random(seed)  # noqa: S311  # a repeatable sample
        maker = Maker(rng)
        _, text = drawn(maker)
        model = read(draw(text))
        names = [n.id for n in model.nodes.values() if n.waits_for is not None]
        if len(names) < 3:
            continue
        demands = random_demands(rng, names)
        found = proof_of(text, *demands)
        told = {offence.demand for offence in found.offences}
        truth = whole_truth({"p": model}, demands)

        assert truth is None or truth == told, text
        for _ in range(3):
            assert seen_left_out(maker, text, demands) <= told, text


def seen_left_out(maker, text, demands):
    """Walk the engine at random and return the demands that it did not keep to."""
    walk = Walk(text, maker.facts())
    met: set[Demand] = set()
    broken: set[Demand] = set()
    begun = set()
    for _ in range(MAX_STEPS):
        # A branch that an event begins again runs apart from the first.
        ways = [name for name in walk.open if name not in begun]
        if not ways:
            break
        name = maker.rng.choice(ways)
        if walk.bundle.models["p"].nodes[name].kind in BOUNDARIES:
            begun.add(name)
        word = f"step:p/{name}"
        walk.do(name, **maker.facts())
        if name in walk.open and walk.bundle.models["p"].nodes[name].loop:
            continue  # a panel is done when its last member has spoken
        for demand in demands:
            if word in demand.at and demand not in met:
                broken.add(demand)
            if word in demand.since:
                met.discard(demand)
            if word in demand.any:
                met.add(demand)
    return broken
