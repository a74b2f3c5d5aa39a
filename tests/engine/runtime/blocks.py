"""Random well-formed processes, and what they mean: the oracle.

A block knows how it is drawn and how it behaves. Behavior is told here without
tokens, flows or joins: a block is open at some names, and doing one of them
leaves what remains to be done. That is all that the engine must agree with.
"""

# ruff: noqa: ARG002, D102  # Block and Running say what each method does
from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]


class Block:
    """A part of a process with one way in and one way out."""

    def lines(self, before: str, after: str) -> Iterator[str]:
        """Yield the drawing between two nodes."""
        raise NotImplementedError

    def begin(self, facts: Facts, scope: Together) -> Running | None:
        """Return what there is to do first; None: nothing."""
        raise NotImplementedError

    def __deepcopy__(self, _memo: object) -> Block:
        return self


class Running:
    """What remains to be done; None in its place means that it is over."""

    def names(self) -> list[str]:
        """Return what may be done now."""
        raise NotImplementedError

    def do(self, name: str, facts: Facts, place: int = 0) -> Running | None:
        """Return what remains after the *place*-th of a name was done."""
        raise NotImplementedError


@dataclass
class Together(Running):
    """Several things at the same time; a scope keeps its side branches here."""

    parts: list[Running | None] = field(default_factory=list)

    def names(self) -> list[str]:
        return [name for part in self.parts if part for name in part.names()]

    def do(self, name: str, facts: Facts, place: int = 0) -> Running | None:
        for number, part in enumerate(self.parts):
            here = part.names().count(name) if part is not None else 0
            if part is not None and place < here:
                self.parts[number] = None
                self.parts[number] = part.do(name, facts, place)
                break
            place -= here
        return self if any(self.parts) else None


@dataclass
class Then(Running):
    """Something, and then a block."""

    now: Running
    block: Block
    scope: Together

    def names(self) -> list[str]:
        return self.now.names()

    def do(self, name: str, facts: Facts, place: int = 0) -> Running | None:
        rest = self.now.do(name, facts, place)
        if rest is None:
            return self.block.begin(facts, self.scope)
        self.now = rest
        return self


def then(now: Running | None, block: Block, facts: Facts, scope: Together) -> Any:
    """Return *now* followed by *block*, which begins at once if now is over."""
    return block.begin(facts, scope) if now is None else Then(now, block, scope)


@dataclass
class Task(Block):
    """A user task, perhaps with a boundary event that starts a block."""

    name: str
    event: str | None = None
    interrupting: bool = False
    branch: Block | None = None

    def lines(self, before, after):
        yield f"user {self.name}"
        yield f"{before} -> {self.name}"
        yield f"{self.name} -> {after}"
        if self.branch is not None:
            end = after if self.interrupting else f"{self.event}_end"
            if not self.interrupting:
                yield f"end {end}"
            else:
                # A second way into what follows: merge before it.
                end = f"{self.event}_end"
                yield f"xor {end}"
                yield f"{end} -> {after}"
            kind = "on!" if self.interrupting else "on"
            yield f"{kind} {self.name} message {self.event}"
            yield from self.branch.lines(self.event, end)

    def begin(self, facts, scope):
        return Doing(self, scope)


@dataclass
class Doing(Running):
    """A task that is open."""

    task: Task
    scope: Together

    def names(self) -> list[str]:
        return [n for n in (self.task.name, self.task.event) if n is not None]

    def do(self, name: str, facts: Facts, place: int = 0) -> Running | None:
        if name == self.task.name:
            return None
        began = self.task.branch.begin(facts, self.scope)
        if self.task.interrupting:
            return began
        self.scope.parts.append(began)
        return self


@dataclass
class Sequence(Block):
    """Blocks one after the other."""

    name: str
    blocks: list[Block]

    def lines(self, before, after):
        for place, block in enumerate(self.blocks[:-1]):
            between = f"{self.name}_{place}"
            yield f"xor {between}"
            yield from block.lines(before, between)
            before = between
        yield from self.blocks[-1].lines(before, after)

    def begin(self, facts, scope):
        now = None
        for place, block in enumerate(self.blocks):
            now = block.begin(facts, scope)
            if now is not None:
                rest = Sequence(self.name, self.blocks[place + 1 :])
                return then(now, rest, facts, scope) if rest.blocks else now
        return now


@dataclass
class Choice(Block):
    """One of several blocks (exclusive), or those whose bit is set (inclusive)."""

    name: str
    kind: str
    blocks: list[Block]

    def lines(self, before, after):
        split, join = f"{self.name}_s", f"{self.name}_j"
        yield from (f"{self.kind} {split}", f"{self.kind} {join}")
        yield from (f"{before} -> {split}", f"{join} -> {after}")
        for place, block in enumerate(self.blocks):
            gate = f"{self.name}_{place}"
            yield f"xor {gate}"
            test = f"{self.name} == {place}"
            if self.kind == "or":
                test = f"{place} in {self.name}"
            last = place == len(self.blocks) - 1
            yield f"{split} -> {gate}" + (" else" if last else f" if {test}")
            yield from block.lines(gate, join)

    def begin(self, facts, scope):
        last = len(self.blocks) - 1
        wanted = facts[self.name]
        if self.kind == "xor":
            return self.blocks[min(wanted, last)].begin(facts, scope)
        chosen = [b for b, block in enumerate(self.blocks[:-1]) if b in wanted] or [
            last
        ]
        parts = [self.blocks[b].begin(facts, scope) for b in chosen]
        return Together(parts) if any(parts) else None


@dataclass
class Fork(Block):
    """All blocks at the same time."""

    name: str
    blocks: list[Block]

    def lines(self, before, after):
        split, join = f"{self.name}_s", f"{self.name}_j"
        yield from (f"and {split}", f"and {join}")
        yield from (f"{before} -> {split}", f"{join} -> {after}")
        for place, block in enumerate(self.blocks):
            # A way in that merges must end before the join counts it.
            gate, merge = f"{self.name}_{place}", f"{self.name}_m{place}"
            yield from (f"xor {gate}", f"xor {merge}")
            yield from (f"{split} -> {gate}", f"{merge} -> {join}")
            yield from block.lines(gate, merge)

    def begin(self, facts, scope):
        parts = [block.begin(facts, scope) for block in self.blocks]
        return Together(parts) if any(parts) else None


@dataclass
class Loop(Block):
    """A block that is repeated while a fact says so."""

    name: str
    block: Block

    def lines(self, before, after):
        head, tail = f"{self.name}_h", f"{self.name}_t"
        yield from (f"xor {head}", f"xor {tail}")
        yield from (f"{before} -> {head}", f"{tail} -> {head} if {self.name}")
        yield f"{tail} -> {after} else"
        yield from self.block.lines(head, tail)

    def begin(self, facts, scope):
        return then(self.block.begin(facts, scope), Again(self), facts, scope)


@dataclass
class Again(Block):
    """What comes after one round of a loop."""

    loop: Loop

    def lines(self, before, after):
        raise AssertionError

    def begin(self, facts, scope):
        return self.loop.begin(facts, scope) if facts[self.loop.name] else None


@dataclass
class Scope(Block):
    """An embedded subprocess: over when its side branches are, too."""

    name: str
    block: Block

    def lines(self, before, after):
        yield f"sub {self.name}"
        yield from (f"start {self.name}_s", f"end {self.name}_e")
        yield from self.block.lines(f"{self.name}_s", f"{self.name}_e")
        yield "done _"
        yield from (f"{before} -> {self.name}", f"{self.name} -> {after}")

    def begin(self, facts, scope):
        inner = Together()
        inner.parts.append(self.block.begin(facts, inner))
        return inner if any(inner.parts) else None


@dataclass
class Events(Block):
    """The first of several events decides."""

    name: str
    blocks: list[Block]

    def lines(self, before, after):
        yield from (f"events {self.name}", f"{before} -> {self.name}")
        for place, block in enumerate(self.blocks):
            event = f"{self.name}_{place}"
            yield f"{'timer' if place else 'message'} {event}"
            yield f"{self.name} -> {event}"
            yield from block.lines(event, after)

    def begin(self, facts, scope):
        return Waiting(self, scope)


@dataclass
class Waiting(Running):
    """An event gateway that waits."""

    events: Events
    scope: Together

    def names(self) -> list[str]:
        return [f"{self.events.name}_{p}" for p in range(len(self.events.blocks))]

    def do(self, name: str, facts: Facts, place: int = 0) -> Running | None:
        return self.events.blocks[self.names().index(name)].begin(facts, self.scope)


@dataclass
class Panel(Block):
    """One task for each of some members."""

    name: str

    def lines(self, before, after):
        yield f"panel {self.name} people"
        yield from (f"{before} -> {self.name}", f"{self.name} -> {after}")

    def begin(self, facts, scope):
        members: list[Running | None] = [
            Doing(Task(self.name), scope) for _ in facts["people"]
        ]
        return Together(members) if members else None


class Maker:
    """Makes random blocks, and random facts for all their decisions."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0
        self.decisions: dict[str, str] = {}

    def name(self, letter: str) -> str:
        """Return a fresh name."""
        self.count += 1
        return f"{letter}{self.count}"

    def block(self, depth: int) -> Block:
        """Return a random block of at most some depth."""
        kinds = ["task", "panel"]
        if depth > 0:
            kinds = ["task", "boundary", "panel", "seq", "seq", "xor", "or", "and"]
            kinds += ["loop", "sub", "events"]
        kind = self.rng.choice(kinds)
        make = getattr(self, f"_{kind}", None)
        if make is not None:
            found: Block = make(depth - 1)
            return found
        name = self.name(kind[0])
        blocks = [self.block(depth - 1) for _ in range(self.rng.randint(2, 3))]
        if kind == "seq":
            return Sequence(name, blocks)
        if kind == "and":
            return Fork(name, blocks)
        if kind == "events":
            return Events(name, blocks)
        self.decisions[name] = kind
        return Choice(name, kind, blocks)

    def _task(self, _depth: int) -> Block:
        return Task(self.name("t"))

    def _panel(self, _depth: int) -> Block:
        return Panel(self.name("p"))

    def _boundary(self, depth: int) -> Block:
        interrupting = self.rng.random() < 0.5
        name, event = self.name("t"), self.name("b")
        return Task(name, event, interrupting, self.block(depth))

    def _loop(self, depth: int) -> Block:
        name = self.name("l")
        self.decisions[name] = "loop"
        return Loop(
            name, Sequence(self.name("s"), [Task(self.name("t")), self.block(depth)])
        )

    def _sub(self, depth: int) -> Block:
        return Scope(self.name("u"), self.block(depth))

    def facts(self) -> dict[str, Any]:
        """Return facts for every decision."""
        rng = self.rng
        values = {
            "xor": lambda: rng.randint(0, 2),
            "or": lambda: [n for n in range(3) if rng.random() < 0.5],
            "loop": lambda: rng.random() < 0.3,
        }
        found = {name: values[kind]() for name, kind in self.decisions.items()}
        return {**found, "people": ["a", "b", "c"][: rng.randint(0, 3)]}
