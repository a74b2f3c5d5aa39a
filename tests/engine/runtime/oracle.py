"""A second reading of BPMN 2.0: tokens on flows, told from the text of the standard.

It reads the XML by itself, knows nothing of the engine, and follows every order in
which joins may go on, so that it says which states are possible after a step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

Facts = Mapping[str, Any]

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_WAITS = {"userTask", "receiveTask", "intermediateCatchEvent"}
_SCOPES = {"subProcess", "callActivity"}
#: Moves between two rests; more is a circle.
MAX_MOVES = 1_500
_groups = count()


class Endless(Exception):  # a verdict, not a failure
    """The process goes on by itself for ever."""


class Diagram:
    """All processes of a walk, as elements, flows and who stands on whom."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.elements: dict[str, ET.Element] = {}
        self.leaving: dict[str, list[str]] = {}
        self.entering: dict[str, list[str]] = {}
        self.boundary: dict[str, list[str]] = {}
        for key, data in files.items():
            process = ET.fromstring(data)[0]  # noqa: S314  # our own drawing
            self.elements[key] = process
            for element in process.iter():
                self._note(key, element)

    def _note(self, key: str, element: ET.Element) -> None:
        name = element.get("id")
        if name is None:
            return
        if element.tag == f"{_BPMN}sequenceFlow":
            name = f"{key}:{name}"  # flows of two files may have the same id
        elif "default" in element.attrib:
            element.set("default", f"{key}:{element.get('default')}")
        self.elements[name] = element
        if self.tag(name) == "sequenceFlow":
            self.leaving.setdefault(element.get("sourceRef"), []).append(name)
            self.entering.setdefault(element.get("targetRef"), []).append(name)
        elif self.tag(name) == "boundaryEvent":
            self.boundary.setdefault(element.get("attachedToRef"), []).append(name)

    def tag(self, name: str) -> str:
        """Return what an element is."""
        return self.elements[name].tag.removeprefix(_BPMN)

    def target(self, flow: str) -> str:
        """Return where a flow leads."""
        return self.elements[flow].get("targetRef", "")

    def text(self, name: str, path: str) -> str | None:
        """Return the text of an element within another."""
        steps = "/".join(f"{_BPMN}{step}" for step in path.split("/"))
        return self.elements[name].findtext(steps)

    def start(self, scope: str) -> str:
        """Return the start event of a process or subprocess."""
        found = self.elements[scope].find(f"{_BPMN}startEvent")
        assert found is not None
        return found.get("id", "")


def holds(text: str, facts: Facts) -> bool:
    """Return whether one of the conditions that diagrams here have holds."""
    if match := re.fullmatch(r"(\w+) == (\d+)", text):
        return bool(facts[match[1]] == int(match[2]))
    if match := re.fullmatch(r"(\d+) in (\w+)", text):
        return int(match[1]) in facts[match[2]]
    return bool(facts[text])


@dataclass
class Activity:
    """Something that lasts: a task, an event, a subprocess, or one for each."""

    name: str
    group: int | None = None  #: events that wait for one another
    armed: list[str] = field(default_factory=list)
    struck: dict[str, int] = field(default_factory=dict)  #: how often its timers did
    open: int = 1  #: tasks of members who act now
    left: int = 0  #: members whose turn has not come
    runs: list[Scope] = field(default_factory=list)


@dataclass
class Scope:
    """A process or subprocess while it runs."""

    name: str
    tokens: list[str] = field(default_factory=list)  #: flows on which one waits
    moving: list[str] = field(default_factory=list)  #: flows on which one moves
    active: list[Activity] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether no token is left."""
        return not (self.tokens or self.moving or self.active)


class Oracle:
    """Says what may be open."""

    def __init__(self, files: Mapping[str, bytes], root: str) -> None:
        self.drawn = Diagram(files)
        self.root = root
        self.facts: Facts = {}
        self.moves = 0

    def start(self, facts: Facts) -> list[Scope]:
        """Return the states that a process may be in when it has begun."""
        self.facts, self.moves = facts, 0
        return self._settle(self._begin(self.root))

    def after(self, states: list[Scope], name: str, facts: Facts) -> list[Scope]:
        """Return the states after any one of the things of a name was done."""
        self.facts, self.moves = facts, 0
        found = {}
        for state in states:
            for place in range(self.names(state).count(name)):
                fresh = deepcopy(state)
                self._do(fresh, name, place)
                for settled in self._settle(fresh):
                    found[self._shape(settled)] = settled
        return list(found.values())

    def names(self, scope: Scope) -> list[str]:
        """Return everything that may be done, sorted."""
        return sorted(name for _, _, name in self._waiting(scope))

    def _waiting(self, scope: Scope) -> Iterator[tuple[Scope, Activity, str]]:
        for activity in scope.active:
            for _ in range(activity.open if not activity.runs else 0):
                yield scope, activity, activity.name
            for event in activity.armed:
                yield scope, activity, event
            for run in activity.runs:
                yield from self._waiting(run)

    def _shape(self, scope: Scope) -> str:
        groups: dict[str, str] = {}
        return re.sub(
            r"group=(\d+)",
            lambda found: groups.setdefault(found[1], f"group {len(groups)}"),
            repr(scope),
        )

    def _begin(self, name: str) -> Scope:
        return Scope(name, moving=[*self.drawn.leaving[self.drawn.start(name)]])

    def _do(self, state: Scope, name: str, place: int) -> None:
        found = [entry for entry in self._waiting(state) if entry[2] == name]
        scope, activity, _ = found[place]
        if name != activity.name:
            self._strike(scope, activity, name)
        elif activity.group is not None:
            scope.active = [a for a in scope.active if a.group != activity.group]
            scope.moving += self.drawn.leaving.get(name, [])
        else:
            activity.open -= 1
            self._member_done(scope, activity)

    def _strike(self, scope: Scope, host: Activity, event: str) -> None:
        """Let a boundary event happen."""
        element = self.drawn.elements[event]
        if element.get("cancelActivity") == "true":
            scope.active.remove(host)
        elif element.find(f"{_BPMN}timerEventDefinition") is not None:
            host.struck[event] = host.struck.get(event, 0) + 1
            if host.struck[event] == self._rounds(event):
                host.armed.remove(event)
        scope.moving += self.drawn.leaving.get(event, [])

    def _rounds(self, event: str) -> int | None:
        """Return how often a timer strikes at one host; None: without end."""
        text = self.drawn.text(event, "timerEventDefinition/timeCycle")
        if text is None:
            return 1
        number = text.partition("/")[0].removeprefix("R")
        return int(number) if number else None

    def _member_done(self, scope: Scope, activity: Activity) -> None:
        loop = "multiInstanceLoopCharacteristics"
        until = self.drawn.text(activity.name, f"{loop}/completionCondition")
        last = not (activity.open or activity.left or activity.runs)
        if last or (until is not None and holds(until, self.facts)):
            scope.active.remove(activity)
            scope.moving += self.drawn.leaving.get(activity.name, [])
        elif activity.left and not (activity.open or activity.runs):
            activity.left -= 1
            self._open(activity)

    def _open(self, activity: Activity) -> None:
        if self.drawn.tag(activity.name) in _SCOPES:
            called = self.drawn.elements[activity.name].get("calledElement")
            activity.runs.append(self._begin(called or activity.name))
        else:
            activity.open += 1

    def _settle(self, state: Scope) -> list[Scope]:
        """Return the states at rest that a state may come to."""
        found, stack = {}, [state]
        while stack:
            one = stack.pop()
            while self._step(one):
                self.moves += 1
                if self.moves > MAX_MOVES:
                    raise Endless
            joins = list(self._inclusive(one))
            if not joins:
                found[self._shape(one)] = one
            for place in range(len(joins)):
                other = deepcopy(one)
                scope, join = list(self._inclusive(other))[place]
                for flow in {f for f in scope.tokens if self.drawn.target(f) == join}:
                    scope.tokens.remove(flow)
                self._leave(scope, join)
                stack.append(other)
        return list(found.values())

    def _step(self, scope: Scope) -> bool:
        """Move one token, here or below; False: nothing moves by itself."""
        if scope.moving:
            self._arrive(scope, scope.moving.pop(0))
            return True
        for activity in scope.active:
            for run in activity.runs:
                if run.over:
                    activity.runs.remove(run)
                    self._member_done(scope, activity)
                    return True
                if self._step(run):
                    return True
        return False

    def _arrive(self, scope: Scope, flow: str) -> None:
        name = self.drawn.target(flow)
        tag, entering = self.drawn.tag(name), self.drawn.entering[name]
        if tag in _WAITS or tag in _SCOPES:
            self._enter(scope, name)
        elif tag == "endEvent":
            if len(self.drawn.elements[name]):
                scope.tokens, scope.moving, scope.active = [], [], []
        elif tag == "eventBasedGateway":
            group = next(_groups)
            for leaving in self.drawn.leaving[name]:
                scope.active.append(Activity(self.drawn.target(leaving), group))
        elif tag == "parallelGateway" or (tag == "inclusiveGateway" and entering[1:]):
            scope.tokens.append(flow)
            if tag == "parallelGateway" and set(entering) <= set(scope.tokens):
                for each in entering:
                    scope.tokens.remove(each)
                self._leave(scope, name)
        else:
            self._leave(scope, name)

    def _enter(self, scope: Scope, name: str) -> None:
        loop = "multiInstanceLoopCharacteristics"
        element = self.drawn.elements[name].find(f"{_BPMN}{loop}")
        number = 1
        if element is not None:
            fact = self.drawn.text(name, f"{loop}/loopCardinality") or ""
            number = len(self.facts[fact.removeprefix("len(").removesuffix(")")])
        if not number:
            self._leave(scope, name)
            return
        activity = Activity(name, open=0, armed=[*self.drawn.boundary.get(name, [])])
        scope.active.append(activity)
        at_once = element is None or element.get("isSequential") != "true"
        activity.left = 0 if at_once else number - 1
        for _ in range(number if at_once else 1):
            self._open(activity)

    def _leave(self, scope: Scope, name: str) -> None:
        """Send tokens out of a node."""
        leaving = self.drawn.leaving.get(name, [])
        tag = self.drawn.tag(name)
        if tag in {"exclusiveGateway", "inclusiveGateway"} and leaving:
            default = self.drawn.elements[name].get("default")
            true = [
                flow
                for flow in leaving
                if flow != default
                and (
                    (text := self.drawn.text(flow, "conditionExpression")) is None
                    or holds(text, self.facts)
                )
            ]
            leaving = true or [default or ""]
            leaving = leaving[:1] if tag == "exclusiveGateway" else leaving
        scope.moving += leaving

    def _inclusive(self, scope: Scope) -> Iterator[tuple[Scope, str]]:
        """Yield each inclusive join that may go on (BPMN 2.0, table 13.3)."""
        waiting = {self.drawn.target(flow) for flow in scope.tokens}
        for join in sorted(waiting):
            if self.drawn.tag(join) == "inclusiveGateway":
                full = {f for f in scope.tokens if self.drawn.target(f) == join}
                empty = set(self.drawn.entering[join]) - full
                ways = [self._ways(join, place) for place in self._places(scope)]
                if all(not way & empty or way & full for way in ways):
                    yield scope, join
        for activity in scope.active:
            for run in activity.runs:
                yield from self._inclusive(run)

    def _places(self, scope: Scope) -> Iterator[list[str]]:
        """Yield for each token the flows that it is on, or may leave by."""
        yield from ([flow] for flow in scope.tokens)
        groups: dict[int | str, list[str]] = {}
        for activity in scope.active:
            key = f"{id(activity)}" if activity.group is None else activity.group
            flows = groups.setdefault(key, [])
            flows += self.drawn.leaving.get(activity.name, [])
            for event in self.drawn.boundary.get(activity.name, []):
                flows += self.drawn.leaving.get(event, [])
        yield from groups.values()

    def _ways(self, join: str, flows: list[str]) -> set[str]:
        """Return the flows into a join to which a path leads that avoids it."""
        found: set[str] = set()
        seen: set[str] = set()
        stack = [*flows]
        while stack:
            flow = stack.pop()
            if flow in seen:
                continue
            seen.add(flow)
            name = self.drawn.target(flow)
            if name == join:
                found.add(flow)
                continue
            stack += self.drawn.leaving.get(name, [])
            for event in self.drawn.boundary.get(name, []):
                stack += self.drawn.leaving.get(event, [])
        return found
