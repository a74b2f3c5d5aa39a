"""Send-back over random diagrams: it is as if the step had never been done."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from engine.runtime.history import Happening, History, rewrite
from engine.runtime.instance import Instance
from engine.runtime.moves import Delta, OpenTask
from engine.runtime.returning import Earlier, Returning
from storage.vocabulary import TaskKind
from tests.engine.runtime.blocks import Block, Maker, Sequence, Task
from tests.engine.runtime.walking import Walk, ticket

STEPS = 40
RETURNS = 4
#: After so many steps no loop is entered any more.
PATIENCE = 400


@dataclass
class Call(Block):
    """A call of another process; it behaves as an embedded one."""

    name: str
    key: str

    def lines(self, before, after):
        """Yield the drawing between two nodes."""
        yield f"call {self.name} {self.key}"
        yield from (f"{before} -> {self.name}", f"{self.name} -> {after}")


class CallingMaker(Maker):
    """Makes random blocks of which some are called processes."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.called: dict[str, str] = {}

        #: A panel that sits again has the same members as before.
        self.people = ["a", "b", "c"][: rng.randint(1, 3)]

    def facts(self) -> dict[str, Any]:
        """Return facts for every decision."""
        return {**super().facts(), "people": self.people}

    def block(self, depth: int) -> Block:
        """Return a random block of at most some depth."""
        if depth <= 0 or self.rng.random() > 0.2:
            return super().block(depth)
        key = self.name("q")
        body = super().block(depth - 1)
        name = self.name("c")
        lines = ["start s_", "end e_", *body.lines("s_", "e_")]
        self.called[key] = "\n".join(lines)
        return Call(name, key)


@dataclass
class Step:
    """One thing that was done in the walk."""

    task: UUID
    facts: dict[str, Any]


@dataclass
class Walked:
    """A walk that may go back, and all that was done in it and still stands."""

    text: str
    facts: dict[str, Any]
    calls: dict[str, str]
    steps: list[Step] = field(default_factory=list)
    trails: list[tuple[UUID, Happening]] = field(default_factory=list)
    #: What stands in for which earlier task.
    names: dict[UUID, UUID] = field(default_factory=dict)
    seen: dict[UUID, OpenTask] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = dict(self.facts)
        self.walk = Walk(self.text, self.facts, calls=self.calls)
        self._note(self.walk.delta)

    def _note(self, delta: Delta) -> None:
        self.seen.update((task.id, task) for task in delta.opened)

    def do(self, task: OpenTask, facts: dict[str, Any]) -> None:
        """Do one open task."""
        self.walk.reload()
        self.walk.facts.update(facts)
        delta = done(self.walk.instance, task, self.walk.facts)
        self.steps.append(Step(task.id, dict(self.walk.facts)))
        self.trails += [(task.id, event) for event in delta.trail]
        self._note(delta)

    def returning(self) -> Returning:
        """Return what the walk may go back to."""
        self.walk.reload()
        return self.walk.instance.returning(History([e for _, e in self.trails]))

    def go_back(self, returning: Returning, to: Earlier) -> list[OpenTask]:
        """Go back; returns what it opened."""
        undone = to.undone
        over = {UUID(bytes=returning.history.events[n].actor.id) for n in undone.events}
        events = [event for _, event in self.trails]
        delta, renamed = self.walk.instance.go_back(returning, to, self.walk.facts)
        changed = rewrite(events, undone, renamed)
        kept = [
            (key, changed.get(number, event))
            for number, (key, event) in enumerate(self.trails)
        ]
        self.trails = [(key, event) for key, event in kept if event is not None]
        self.trails += [(to.task, event) for event in delta.trail]
        self.steps = [step for step in self.steps if step.task not in over]
        self._note(delta)
        self.walk.reload()
        return list(delta.opened)


def done(instance: Instance, task: OpenTask, facts: dict[str, Any]) -> Delta:
    """Do what a task waits for."""
    if task.kind is TaskKind.USER:
        return instance.complete(task.id, ticket(task.id), facts)
    leave = ticket(task.id) if task.kind is TaskKind.MESSAGE else None
    return instance.fire(task.id, facts, leave)


def place(task: OpenTask) -> tuple[Any, ...]:
    """Return where a task stands, as far as two walks can be compared."""
    return task.path, task.element, task.index


def replayed(walked: Walked) -> Counter[tuple[Any, ...]]:
    """Return what is open after a fresh walk that did only what still stands."""
    walk = Walk(walked.text, walked.start, calls=walked.calls)
    for step in walked.steps:
        task = walked.seen[step.task]
        fitting = [t for t in walk.instance.open_tasks() if place(t) == place(task)]
        assert fitting, (walked.text, place(task))
        done(walk.instance, fitting[0], step.facts)
    return Counter(map(place, walk.instance.open_tasks()))


def is_plain(walked: Walked) -> bool:
    """Say whether every open task is the only one of its place."""
    places = Counter(map(place, walked.walk.instance.open_tasks()))
    return all(count == 1 for count in places.values())


def roam(maker: CallingMaker, rng: random.Random) -> int:
    """Walk about, go back now and then, and at last to the end."""
    body = Sequence("z", [Task("first"), maker.block(3), Task("last")])
    text = "\n".join(["start s_", "end e_", *body.lines("s_", "e_")])
    walked = Walked(text, maker.facts(), maker.called)
    returns, comparable = 0, True
    for _ in range(STEPS):
        tasks = walked.walk.instance.open_tasks()
        if not tasks:
            break
        walked.do(rng.choice(tasks), maker.facts())
        comparable = comparable and is_plain(walked)
        if walked.walk.finished or rng.random() > 0.35 or returns >= RETURNS:
            continue
        returning = walked.returning()
        here = rng.choice(walked.walk.instance.open_tasks())
        choices = list(returning.earlier(here.id))
        if choices:
            to = rng.choice(choices)
            check_return(walked, returning, to, here, comparable=comparable)
            returns += 1
    finish(walked, maker, rng)
    return returns


def check_return(walked, returning, to, here, *, comparable):
    """Go back, and see that it is as if nothing of it had been done."""
    target = walked.seen[to.task]
    opened = walked.go_back(returning, to)
    still = walked.walk.instance.open_tasks()

    assert here.id not in {task.id for task in still}, walked.text
    assert (target.path, target.element) in {
        (task.path, task.element) for task in opened
    }, walked.text
    if comparable:
        assert Counter(map(place, still)) == replayed(walked), walked.text


def finish(walked, maker, rng):
    """Walk to the end, entering no loop again."""
    for _ in range(PATIENCE):
        tasks = walked.walk.instance.open_tasks()
        if not tasks:
            break
        users = [task for task in tasks if task.kind is TaskKind.USER] or tasks
        facts = maker.facts()
        loops = {n: False for n, kind in maker.decisions.items() if kind == "loop"}
        walked.do(rng.choice(users), {**facts, **loops})

    assert walked.walk.finished, walked.text


@pytest.mark.generated
@pytest.mark.parametrize("group", range(6))
def test_going_back_undoes_exactly_what_rests_on_the_step(group, pytestconfig):
    """No token is lost or doubled, and every process still reaches its end."""
    count = 400 if pytestconfig.getoption("--all") else 15
    returns = 0
    for seed in range(group * count, (group + 1) * count):
        rng = random.Random(seed)  # noqa: S311  # a repeatable sample
        returns += roam(CallingMaker(rng), rng)

    assert returns > count
