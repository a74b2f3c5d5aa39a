"""How gateways behave when a token comes."""

# ruff: noqa: SLF001  # the library has no public name for what is overridden here
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults, mixins
from SpiffWorkflow.util.task import TaskState

from engine.runtime.errors import NoWayOut
from engine.runtime.stepwise import Stepwise
from engine.runtime.tokens import Token

_NONE: Mapping[str, frozenset[str]] = {}


class EventGateway(Stepwise, mixins.BpmnSpecMixin):  # type: ignore[misc]  # untyped
    """Lets several events wait; the first to come takes the others away."""

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.advance(my_task, self.outputs, gateway=my_task.id.bytes)


class Exclusive(Stepwise, defaults.ExclusiveGateway):  # type: ignore[misc]  # untyped
    """Takes the first flow whose condition holds, else the default."""

    def _targets(self, my_task: Token) -> Sequence[Any]:
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                return (self._wf_spec.task_specs[name],)
        if self.default_task_spec is None:
            raise NoWayOut(*self.place(my_task))
        return (self._wf_spec.task_specs[self.default_task_spec],)


class Joining(Stepwise):
    """A gateway that may wait for more than one token."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task.put(TaskState.WAITING)
        if self.waits_for_others:
            return False  # asked again when everything else has come to rest
        arrived = self._arrived(my_task)
        if any(arrived[name] < n for name, n in Counter(self._inputs).items()):
            return False
        self._consume(my_task, Counter(self._inputs))
        return True

    def _waiting(self, my_task: Token) -> list[Token]:
        return [
            token
            for token in my_task.workflow.tasks.values()
            if token.task_spec is self
            and token.state == TaskState.WAITING
            and token.round == my_task.round
        ]

    def _arrived(self, my_task: Token) -> Counter[str]:
        return Counter(
            token.internal_data["origin"] for token in self._waiting(my_task)
        )

    def _consume(self, my_task: Token, wanted: Counter[str]) -> None:
        """Take one waiting token for each flow; *my_task* goes on for all."""
        wanted = wanted - Counter([my_task.internal_data["origin"]])
        for token in self._waiting(my_task):
            origin = token.internal_data["origin"]
            if token is not my_task and wanted[origin] > 0:
                wanted[origin] -= 1
                my_task.workflow.absorb(token, my_task)


class Parallel(Joining, defaults.ParallelGateway):  # type: ignore[misc]  # untyped
    """Waits for every flow in, then takes every flow out."""


class Inclusive(Joining, defaults.InclusiveGateway):  # type: ignore[misc]  # untyped
    """Waits for every flow that can still come; takes every flow that holds."""

    _reach: Mapping[str, frozenset[str]] = _NONE

    @property
    def waits_for_others(self) -> bool:  # type: ignore[override]  # depends on the drawing
        """Whether several flows come in."""
        return len(self._inputs) > 1

    def may_join(self, my_task: Token) -> bool:
        """Say whether a waiting token may go on, and if so take its fellows.

        As BPMN 2.0, table 13.3: no other token can still reach a flow that is
        empty, unless it can also reach one that is not.
        """
        if my_task.state != TaskState.WAITING:
            return False
        arrived = self._arrived(my_task)
        # Events that wait for one another are one token, at their gateway.
        ways: dict[bytes, frozenset[str]] = {}
        for token in my_task.workflow.tasks.values():
            if token.task_spec is self or token.parent is not None:
                continue
            if token.round != my_task.round:
                continue
            place = token.internal_data.get("gateway", token.id.bytes)
            ways[place] = ways.get(place, frozenset()) | self.reach(token.task_spec)
        if self.is_awaiting(ways.values(), arrived):
            return False
        self._consume(my_task, Counter(dict.fromkeys(arrived, 1)))
        return True

    def is_awaiting(
        self, ways: Iterable[frozenset[str]], arrived: Iterable[str]
    ) -> bool:
        """Say whether a token may still come where none has arrived.

        Args:
            ways: for each token, the inputs that it may reach.
            arrived: the inputs at which one waits.
        """
        there = set(arrived)
        empty = set(self._inputs) - there
        return any(reached & empty and not reached & there for reached in ways)

    def reach(self, start: Any) -> frozenset[str]:
        """Return the inputs of this gateway that a token on *start* may reach."""
        known = self._reach.get(start.name)
        if known is not None:
            return known
        found, seen, stack = set(), {start.name}, [start]
        while stack:
            spec = stack.pop()
            followers = [*spec.outputs]
            followers += [spec._wf_spec.task_specs[name] for name in spec.boundary]
            for follower in followers:
                if follower is self:
                    found.add(spec.name)
                elif isinstance(follower, Stepwise) and follower.name not in seen:
                    seen.add(follower.name)
                    stack.append(follower)
        reached = frozenset(found)
        self._reach = {**self._reach, start.name: reached}
        return reached

    def _targets(self, my_task: Token) -> Sequence[Any]:
        specs = self._wf_spec.task_specs
        chosen = [
            specs[name]
            for condition, name in self.cond_task_specs
            if condition is not None and condition._matches(my_task)
        ]
        chosen = chosen or [
            specs[name] for condition, name in self.cond_task_specs if condition is None
        ]
        if not chosen:
            raise NoWayOut(*self.place(my_task))
        return chosen
