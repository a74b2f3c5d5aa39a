"""Random diagrams: nested blocks of every kind, then flows that break the nesting."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

_FREE = ("user", "receive", "panel", "queue", "xor", "or", "and", "end")
_NESTED = (
    "user boundary boundary panel queue receive seq seq xor or and loop sub subs call"
)
_NESTED += " each events stop"


class Sketch:
    """One random process with the processes that it calls."""

    def __init__(self, rng: random.Random, *, jumps: int) -> None:
        self.rng = rng
        self.calls: dict[str, str] = {}
        self.decisions: dict[str, str] = {}
        self._count = 0
        self._depth = 0
        self.text = self._process(jumps, depth=3)

    def facts(self) -> dict[str, Any]:
        """Return random facts for every decision."""
        rng = self.rng
        values: dict[str, Callable[[], Any]] = {
            "xor": lambda: rng.randint(0, 2),
            "or": lambda: [n for n in range(3) if rng.random() < 0.7],
            "flag": lambda: rng.random() < 0.2,
        }
        found = {name: values[kind]() for name, kind in self.decisions.items()}
        return {**found, "people": ["a", "b", "c"][: rng.randint(0, 3)]}

    def _process(self, jumps: int, depth: int) -> str:
        lines: list[str] = []
        self._scope(lines, depth, jumps)
        return "\n".join(lines)

    def _name(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _flag(self) -> str:
        name = self._name("f")
        self.decisions[name] = "flag"
        return name

    def _scope(self, lines: list[str], depth: int, jumps: int) -> None:
        start, end = self._name("s"), self._name("e")
        lines += [f"start {start}", f"end {end}"]
        first = len(lines)
        if depth > 1:
            self._seq(lines, start, end, depth - 1)
        else:
            self._block(lines, start, end, depth)
        for _ in range(jumps):
            self._jump(lines, first, end)

    def _jump(self, lines: list[str], first: int, end: str) -> None:
        """Let one gateway of this scope lead somewhere else as well."""
        level, gates, targets = 0, [], [end]
        for line in lines[first:]:
            kind, name = line.split()[:2]
            level += {"sub": 1, "subs": 1, "done": -1}.get(kind, 0)
            inside = level > (kind in {"sub", "subs"})
            if " -> " in line or inside or kind == "done":
                continue
            if kind in _FREE or kind in {"sub", "subs", "call", "each", "xor"}:
                targets.append(name)
            if kind == "xor" and sum(o.startswith(f"{name} -> ") for o in lines) == 1:
                gates.append(name)
        if gates:
            gate = self.rng.choice(gates)
            at = next(n for n, o in enumerate(lines) if o.startswith(f"{gate} -> "))
            lines[at] += " else"
            lines.append(f"{gate} -> {self.rng.choice(targets)} if {self._flag()}")

    def _block(self, lines: list[str], before: str, after: str, depth: int) -> None:
        kinds = _NESTED.split() if depth > 0 else ["user", "receive", "panel", "queue"]
        kind = self.rng.choice(kinds)
        getattr(self, f"_{kind}")(lines, before, after, depth - 1)

    def _between(self, lines: list[str], node: str, before: str, after: str) -> str:
        name = node.split()[1]
        lines += [node, f"{before} -> {name}", f"{name} -> {after}"]
        return name

    def _user(self, lines, before, after, _depth):
        return self._between(lines, f"user {self._name('t')}", before, after)

    def _receive(self, lines, before, after, _depth):
        return self._between(lines, f"receive {self._name('m')}", before, after)

    def _members(self, kind, lines, before, after):
        until = f" {self._flag()}" if self.rng.random() < 0.3 else ""
        node = f"{kind} {self._name('p')} people{until}"
        return self._between(lines, node, before, after)

    def _panel(self, lines, before, after, _depth):
        return self._members("panel", lines, before, after)

    def _queue(self, lines, before, after, _depth):
        return self._members("queue", lines, before, after)

    def _boundary(self, lines, before, after, depth):
        make = self.rng.choice([self._user, self._panel, self._queue, self._call])
        make = self.rng.choice([make, self._sub, self._subs, self._each])
        host = make(lines, before, after, depth)
        for _ in range(self.rng.randint(1, 2)):
            event, gate = self._name("b"), self._name("g")
            interrupting = self.rng.random() < 0.5
            what = self.rng.choice(["message", "timer"])
            said = self._said(ends=interrupting) if what == "timer" else ""
            sign = "on!" if interrupting else "on"
            lines.append(f"{sign} {host} {what} {event}{said}")
            if interrupting:
                lines += [f"xor {gate}", f"{gate} -> {after}"]
                self._block(lines, event, gate, depth)
            else:
                # Two firings share no join: what forks does so in a scope of its own.
                lines.append(f"end {gate}")
                self._sub(lines, event, gate, depth)

    def _said(self, *, ends: bool) -> str:
        """Return the time that a timer says itself, or nothing."""
        said = ["", " PT36H", " P1M", " 2026-12-01T09:00:00+08:00"]
        if not ends:
            said += [" R1/P1D", " R2/PT24H", " R3/P1W", " R/PT1H"]
        return self.rng.choice(said)

    def _seq(self, lines, before, after, depth):
        for _ in range(self.rng.randint(1, 2)):
            gate = self._name("g")
            lines.append(f"xor {gate}")
            self._block(lines, before, gate, depth)
            before = gate
        self._block(lines, before, after, depth)

    def _parts(self, kind, lines, before, after, depth):
        split, join = self._name(kind), self._name("j")
        lines += [f"{kind} {split}", f"{kind} {join}"]
        lines += [f"{before} -> {split}", f"{join} -> {after}"]
        parts = self.rng.randint(2, 3)
        for place in range(parts):
            gate, merge = self._name("g"), self._name("g")
            lines += [f"xor {gate}", f"xor {merge}", f"{merge} -> {join}"]
            test = {
                "xor": f" if {split} == {place}",
                "or": f" if {place} in {split}",
                "and": "",
            }[kind]
            rest = " else" if test and place == parts - 1 else test
            lines.append(f"{split} -> {gate}{rest}")
            self._block(lines, gate, merge, depth)
        if kind != "and":
            self.decisions[split] = kind

    def _xor(self, lines, before, after, depth):
        self._parts("xor", lines, before, after, depth)

    def _or(self, lines, before, after, depth):
        self._parts("or", lines, before, after, depth)

    def _and(self, lines, before, after, depth):
        self._parts("and", lines, before, after, depth)

    def _loop(self, lines, before, after, depth):
        head, middle, tail = self._name("h"), self._name("g"), self._name("h")
        lines += [f"xor {head}", f"xor {middle}", f"xor {tail}", f"{before} -> {head}"]
        self._user(lines, head, middle, depth)
        self._block(lines, middle, tail, depth)
        lines += [f"{tail} -> {head} if {self._flag()}", f"{tail} -> {after} else"]

    def _inside(self, head, lines, before, after, depth):
        name = head.split()[1]
        lines.append(head)
        self._scope(lines, depth, self.rng.randint(0, 1))
        lines += ["done _", f"{before} -> {name}", f"{name} -> {after}"]
        return name

    def _sub(self, lines, before, after, depth):
        return self._inside(f"sub {self._name('u')}", lines, before, after, depth)

    def _subs(self, lines, before, after, depth):
        head = f"subs {self._name('u')} people"
        return self._inside(head, lines, before, after, depth)

    def _called(self, depth):
        key = self._name("q")
        self.calls[key] = self._process(self.rng.randint(0, 1), min(depth, 1))
        return key

    def _call(self, lines, before, after, depth):
        node = f"call {self._name('c')} {self._called(depth)}"
        return self._between(lines, node, before, after)

    def _each(self, lines, before, after, depth):
        node = f"each {self._name('c')} {self._called(depth)} people"
        return self._between(lines, node, before, after)

    def _events(self, lines, before, after, depth):
        gateway = self._name("w")
        lines += [f"events {gateway}", f"{before} -> {gateway}"]
        for what in self.rng.choice([("message", "timer"), ("receive", "message")]):
            event, gate = self._name("m"), self._name("g")
            said = self._said(ends=True) if what == "timer" else ""
            lines += [f"{what} {event}{said}", f"{gateway} -> {event}", f"xor {gate}"]
            lines.append(f"{event} -> {gate}")
            self._block(lines, gate, after, depth)

    def _stop(self, lines, before, after, depth):
        """Draw a choice between going on and ending the whole scope."""
        gate, end, flag = self._name("x"), self._name("z"), self._flag()
        lines += [f"xor {gate}", f"terminate {end}", f"{before} -> {gate}"]
        lines.append(f"{gate} -> {end} if {flag}")
        task = self._name("t")
        lines += [f"user {task}", f"{gate} -> {task} else"]
        self._block(lines, task, after, depth)
