"""The port: who may move an instance, and what a move may not do."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from engine.bpmn.errors import NoRuleMatched, UnknownFact, UnsupportedConstruct
from engine.errors import NotFound
from engine.runtime import tickets
from engine.runtime.definitions import Bundle
from engine.runtime.errors import (
    InstanceSpoilt,
    NoTicket,
    TaskNotOpen,
    UnfitBundle,
    UnknownOperation,
    WrongTaskKind,
)
from engine.runtime.instance import Instance
from engine.runtime.service_tasks import ServiceCall, operations, service_task
from tests.engine.bpmn.drawing import draw, table, wrap
from tests.engine.runtime.walking import Gate, Walk, ticket

TWO = "start s\nuser a\nuser b\nend e\ns -> a\na -> b\nb -> e"


def test_without_its_ticket_no_task_runs():
    """None, or one for another task, is refused; the task stays open."""
    walk = Walk(TWO)
    task = walk.task("a")
    for wrong in (None, object(), ticket(uuid4())):
        with pytest.raises(NoTicket):
            walk.instance.complete(task.id, wrong, {})

    assert walk.open == ["a"]
    walk.do("a")
    assert walk.open == ["b"]


def test_the_node_itself_asks_for_the_ticket():
    """Even from inside the engine a task cannot run without its ticket."""
    walk = Walk(TWO)
    token = next(walk.instance._root.tokens())
    with pytest.raises(NoTicket):
        token.run()

    assert walk.open == ["a"]


def test_tickets_are_issued_by_an_open_gate_only():
    """A closed gate gives none, and nobody can make one."""
    with pytest.raises(NoTicket):
        tickets.issue(uuid4(), Gate(is_open=False))
    with pytest.raises(TypeError):
        tickets.Ticket(uuid4())


def test_a_message_needs_a_ticket_and_a_deadline_does_not():
    """An act that starts by message passes a gate; the clock passes none."""
    text = "start s\nuser a\non a message m\non a timer t\nend e\ns -> a\na -> e"
    walk = Walk(text)
    with pytest.raises(NoTicket):
        walk.instance.fire(walk.task("m").id, {})

    walk.instance.fire(walk.task("t").id, {})
    assert walk.open == ["a", "m"]


def test_a_task_completes_once():
    """Done, future and unknown tasks are refused and change nothing."""
    walk = Walk(TWO)
    done = walk.task("a").id
    walk.do("a")
    for task_id in (done, uuid4()):
        with pytest.raises(TaskNotOpen):
            walk.instance.complete(task_id, ticket(task_id), {})

    assert walk.open == ["b"]


def test_a_cancelled_task_is_closed():
    """What an interrupting event took away cannot be completed."""
    walk = Walk("start s; user a; on! a message m; user b; s -> a; m -> b")
    gone = walk.task("a").id
    walk.do("m")
    with pytest.raises(TaskNotOpen):
        walk.instance.complete(gone, ticket(gone), {})

    assert walk.open == ["b"]


def test_each_kind_of_task_has_its_own_move():
    """Completing a message, firing a task, dropping a non-member: refused."""
    walk = Walk("start s\nuser a\non a message m\nend e\ns -> a\na -> e")
    user, message = walk.task("a").id, walk.task("m").id
    with pytest.raises(WrongTaskKind):
        walk.instance.complete(message, ticket(message), {})
    with pytest.raises(WrongTaskKind):
        walk.instance.fire(user, {}, ticket(user))
    with pytest.raises(WrongTaskKind):
        walk.instance.drop(user, {})

    assert walk.open == ["a", "m"]


def test_a_spoilt_instance_cannot_be_saved():
    """After a move failed half-way the object refuses everything."""
    walk = Walk(
        "start s\nuser a\nxor g\nend e\ns -> a\na -> g\ng -> e if nowhere\ng -> e else"
    )
    task = walk.task("a")
    with pytest.raises(UnknownFact):
        walk.instance.complete(task.id, ticket(task.id), {})
    for move in (walk.instance.save, walk.instance.states):
        with pytest.raises(InstanceSpoilt):
            move()


RIGHT = table(
    "hearing_right",
    ["fine", "case.party_kind"],
    ["hearing_right"],
    [
        '>= param.threshold | "citizen" -> True ; pl-63',
        '>= 2 * param.threshold | not("citizen") -> True ; pl-63',
        "- | - -> False",
    ],
    'hitPolicy="FIRST"',
)


@pytest.mark.parametrize(
    ("fine", "kind", "opened"),
    [
        (10, "citizen", "offer"),
        (9, "citizen", "skip"),
        (10, "legal_person", "skip"),
        (20, "legal_person", "offer"),
        (None, "citizen", "skip"),
    ],
)
def test_a_decision_is_seen_at_once(fine, kind, opened):
    """What a table decides is in the delta and routes the next gateway."""
    walk = Walk(
        """
        start s
        user t
        decide d hearing_right
        xor g
        user offer
        user skip
        end e
        s -> t
        t -> d
        d -> g
        g -> offer if hearing_right
        g -> skip else
        offer -> e
        skip -> e
        """,
        {"fine": fine, "case": {"party_kind": kind}, "param": {"threshold": 10}},
        tables={"hearing_right": RIGHT},
    )
    delta = walk.do("t")

    assert walk.open == [opened]
    assert delta.facts == {"hearing_right": opened == "offer"}
    assert [p.element for p in delta.entered] == ["d", "g"]


def test_a_table_without_a_rule_stops_the_move():
    """Facts that no rule covers are a refusal, not a guess."""
    with pytest.raises(NoRuleMatched):
        Walk(
            "start s\ndecide d only\nend e\ns -> d\nd -> e",
            {"x": 2},
            tables={"only": table("only", ["x"], ["y"], ["1 -> 1"])},
        )


#: What the noted call is, whenever it is called here.
NOTED = ("n", (), 5, "tx")


@service_task("test.note", {"noted": (NOTED,)})
def note(call: ServiceCall) -> dict[str, object]:
    """Return where it was called from."""
    return {"noted": (call.element, call.path, call.facts["x"], call.context)}


def test_a_service_task_runs_the_registered_operation():
    """It is told where it stands and adds facts; an unknown one is refused."""
    text = "start s\nuser a\nserve n test.note\nend e\ns -> a\na -> n\nn -> e"
    walk = Walk(text, {"x": 5})
    task = walk.task("a")
    delta = walk.instance.complete(task.id, ticket(task.id), {"x": 5}, context="tx")

    assert delta.facts == {"noted": NOTED}
    assert "test.note" in operations()
    with pytest.raises(UnknownOperation):
        Walk(text.replace("test.note", "test.missing").replace("user a", "and a"), {})
    with pytest.raises(ValueError, match="twice"):
        service_task("test.note")(lambda _call: None)
    again = Walk(text, {"x": 6})
    task = again.task("a")
    with pytest.raises(ValueError, match="may not note"):
        again.instance.complete(task.id, ticket(task.id), {"x": 6}, context="tx")


def test_functions_of_the_caller_are_used():
    """A condition may ask the legal calendar that the caller brings."""
    bundle = Bundle.load(
        {
            "p": draw(
                "start s; xor g; user a; user b; s -> g; g -> b else;"
                "g -> a if term_end('t', at) > 3"
            )
        },
        {},
        "p",
    )
    functions = {"term_end": lambda _code, at: at + 1}
    instance, _ = Instance.start(bundle, {"at": 3}, functions=functions)

    assert [t.element for t in instance.open_tasks()] == ["a"]


def test_a_bundle_is_compiled_once_and_named_by_what_it_uses():
    """The same files give the same object; unused files do not change the digest."""
    files = {"p": draw(TWO)}
    first = Bundle.load(files, {}, "p")
    more = Bundle.load({**files, "other": draw(TWO, "other")}, {}, "p")

    assert Bundle.load(dict(files), {}, "p") is first
    assert more.digest == first.digest
    assert first.node("p", "a").activity == "act.a"
    with pytest.raises(NotFound):
        first.node("p", "nowhere")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("start s\ncall c gone\nend e\ns -> c\nc -> e", "unknown_process"),
        ("start s\ncall c p\nend e\ns -> c\nc -> e", "calls_itself"),
        ("start s\ndecide d gone\nend e\ns -> d\nd -> e", "unknown_decision"),
    ],
)
def test_a_bundle_must_be_whole(text, reason):
    """What is called must be there, and not in a circle."""
    with pytest.raises(UnfitBundle) as refused:
        Bundle.load({"p": draw(text)}, {}, "p")

    assert refused.value.reason == reason


def test_nothing_outside_the_profile_is_loaded():
    """A script cannot get past the linter either: loading refuses it."""
    body = '<startEvent id="s"/><scriptTask id="x"><script>1</script></scriptTask>'
    with pytest.raises(UnsupportedConstruct) as refused:
        Bundle.load({"p": wrap(body)}, {}, "p")

    assert refused.value.construct == "scriptTask"


def test_threads_share_one_definition():
    """Eight threads walk the same bundle without disturbing each other."""
    text = """
        start s
        and f
        panel v people
        sub ph
            start q
            user w
            end r
            q -> w
            w -> r
        done _
        and j
        user z
        end e
        s -> f
        f -> v
        f -> ph
        v -> j
        ph -> j
        j -> z
        z -> e
    """
    failures = []

    def run():
        for _ in range(10):
            walk = Walk(text, {"people": [1, 2, 3]})
            for element in ("v", "w", "v", "v", "z"):
                walk.do(element)
            if not walk.finished:
                failures.append(walk.open)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
