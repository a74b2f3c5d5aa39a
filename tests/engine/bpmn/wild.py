"""Random processes with everything that makes a proof hard.

Facts that several steps write, events on subprocesses, branches that nothing joins,
ends that end everything around them, calls of one process from two places.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from engine.bpmn.model import Input, NodeKind, Process
from engine.bpmn.prove_law import Demand
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw

_FACTS = ("go", "far")
_WORDS = ("left", "right")


@dataclass
class Wild:
    """Draws one process after the other; names never come twice."""

    rng: random.Random
    lines: list[str] = field(default_factory=list)
    count: int = 0
    may_call: bool = True

    def models(self) -> dict[str, Process]:
        """Return a process ``p`` and the process ``q`` that it calls."""
        self.may_call = False
        inner = self._process("q", 1)
        self.may_call = True
        return {"q": inner, "p": self._process("p", 3)}

    def demands(self, models: dict[str, Process], count: int) -> list[Demand]:
        """Return demands between random steps, and between ways to end them."""
        words = [
            word
            for key, model in models.items()
            for node in model.nodes.values()
            if node.waits_for is not None
            for word in (
                [f"done:{node.activity}={choice.value}" for choice in node.outcomes]
                or [f"step:{key}/{node.id}"]
            )
        ]
        return [self._demand(words) for _ in range(count)]

    def _demand(self, words: list[str]) -> Demand:
        some = [tuple(self.rng.sample(words, min(n, len(words)))) for n in (1, 2, 1)]
        since = some[2] if self.rng.random() < 0.4 else ()
        return Demand(kind="before", at=some[0], any=some[1], since=since)

    def _process(self, key: str, depth: int) -> Process:
        self.lines = []
        first, last = self._sequence(depth)
        start, end = self._name("start"), self._name("end")
        self._flow(start, first)
        self._flow(last, end)
        model = read(draw("\n".join(self.lines), key))
        nodes = {name: self._asking(node) for name, node in model.nodes.items()}
        return replace(model, nodes=nodes)

    def _asking(self, node):
        if node.kind is not NodeKind.USER_TASK or self.rng.random() < 0.6:
            return node
        asked = Input(self.rng.choice(_FACTS), required=self.rng.random() < 0.8)
        return replace(node, inputs=(asked,))

    def _name(self, kind: str, *rest: str) -> str:
        self.count += 1
        name = f"{kind[:2].replace('!', '')}{self.count}"
        self.lines.append(" ".join((kind, name, *rest)))
        return name

    def _flow(self, source: str, target: str, how: str = "") -> None:
        self.lines.append(f"{source} -> {target} {how}".strip())

    def _sequence(self, depth: int) -> tuple[str, str]:
        first, last = self._piece(depth)
        for _ in range(self.rng.randint(0, 2 if depth > 1 else 1)):
            after, end = self._piece(depth)
            self._flow(last, after)
            last = end
        return first, last

    def _piece(self, depth: int) -> tuple[str, str]:
        kinds = ["task", "task", "choice"]
        if depth > 0:
            kinds += ["split", "split", "aside", "aside", "loop", "sub", "sub", "xor"]
            kinds += ["call"] * self.may_call
        kind = self.rng.choice(kinds)
        found: tuple[str, str] = getattr(self, f"_{kind}")(depth - 1)
        return found

    def _task(self, _depth: int) -> tuple[str, str]:
        name = self._name("user")
        return name, name

    def _choice(self, _depth: int) -> tuple[str, str]:
        asked = self._name("user", "yes", "no")
        gate, beside, met = self._name("xor"), self._name("user"), self._name("xor")
        self._flow(asked, gate)
        self._flow(gate, beside, f"if outcome.{asked} == 'yes'")
        self._flow(gate, met, "else")
        self._flow(beside, met)
        return asked, met

    def _condition(self) -> str:
        return f"if {self.rng.choice(_FACTS)} == '{self.rng.choice(_WORDS)}'"

    def _xor(self, depth: int) -> tuple[str, str]:
        gate, met = self._name("xor"), self._name("xor")
        for how in (self._condition(), "else"):
            first, last = self._sequence(depth)
            self._flow(gate, first, how)
            self._flow(last, met)
        return gate, met

    def _split(self, depth: int) -> tuple[str, str]:
        fork, join = self._name("and"), self._name("and")
        for _ in range(2):
            first, last = self._sequence(depth)
            self._flow(fork, first)
            self._flow(last, join)
        return fork, join

    def _aside(self, depth: int) -> tuple[str, str]:
        """Draw a branch that nothing joins; it may end everything around it."""
        fork, onward = self._name("and"), self._name("user")
        first, last = self._sequence(depth)
        self._flow(fork, onward)
        self._flow(fork, first)
        self._ending(last)
        return fork, onward

    def _ending(self, last: str) -> None:
        if self.rng.random() < 0.5:
            self._flow(last, self._name("end"))
            return
        gate = self._name("xor")
        self._flow(last, gate)
        self._flow(gate, self._name("end"), self._condition())
        self._flow(gate, self._name("terminate"), "else")

    def _loop(self, depth: int) -> tuple[str, str]:
        begin, gate = self._name("xor"), self._name("xor")
        first, last = self._sequence(depth)
        self._flow(begin, first)
        self._flow(last, gate)
        self._flow(gate, begin, self._condition())
        after = self._name("user")
        self._flow(gate, after, "else")
        return begin, after

    def _sub(self, depth: int) -> tuple[str, str]:
        name = self._name("sub")
        first, last = self._sequence(depth)
        self._flow(self._name("start"), first)
        self._flow(last, self._name("end"))
        self.lines[-2], self.lines[-1] = self.lines[-1], self.lines[-2]
        self.lines.append("done x")
        return name, self._eventful(name, depth)

    def _call(self, depth: int) -> tuple[str, str]:
        name = self._name("call", "q")
        return name, self._eventful(name, depth)

    def _eventful(self, host: str, depth: int) -> str:
        """Put events on a host; return where the way leads on."""
        last = host
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            self.count += 1
            event = f"on{self.count}"
            interrupts = self.rng.random() < 0.4
            self.lines.append(f"{'on!' if interrupts else 'on'} {host} message {event}")
            first, end = self._sequence(depth)
            self._flow(event, first)
            if interrupts and self.rng.random() < 0.5:
                met = self._name("xor")
                self._flow(last, met)
                self._flow(end, met)
                last = met
            else:
                self._ending(end)
        return last
