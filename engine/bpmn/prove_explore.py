"""Explore a walk, and find the shortest way in it that leaves something out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.bpmn.prove_graph import Spot
from engine.bpmn.prove_walk import Done, State, Step, Walk

#: Says of a spot whether the ways in which it ends are told apart.
Told = Callable[[Spot], bool]


@dataclass
class Found:
    """What exploring found; demands as bits."""

    met: dict[State, int] = field(default_factory=dict)  #: met on every path to it
    ways: int = 0  #: ways from a state to the next
    needed: int = 0  #: some step needs it before
    broken: int = 0  #: some step needs it, and some path there lacks it
    stopped: bool = False  #: there are more states than were to be explored


def explore(walk: Walk, max_states: int) -> Found:
    """Explore every state of a walk, or as many as *max_states*."""
    found = Found()
    queue: deque[tuple[tuple[Step, ...], int]] = deque([(walk.begin(), 0)])
    while queue:
        steps, before = queue.popleft()
        for step in steps:
            now = before
            for done in step.trail:
                effect = done.effect
                found.needed |= effect.needs
                found.broken |= effect.needs & ~now
                now = now & ~effect.clears | effect.meets
            known = found.met.get(step.state)
            now = now if known is None else known & now
            if now == known:
                continue
            if known is None and len(found.met) >= max_states:
                found.stopped = True
                return found
            found.met[step.state] = now
            onward = walk.steps(step.state)
            found.ways += 0 if known is not None else len(onward)
            queue.append((onward, now))
    return found


def shortest(walk: Walk, max_states: int) -> tuple[Done, ...] | None:
    """Return the shortest way to a step that lacks what the first demand asks for.

    None: there is none among the first *max_states* states.
    """
    queue: deque[tuple[tuple[Step, ...], bool, tuple[Done, ...]]] = deque()
    queue.append((walk.begin(), False, ()))
    seen: set[tuple[State, bool]] = set()
    while queue:
        steps, had, trail = queue.popleft()
        for step in steps:
            has, lacking = follow(step, met=had)
            if lacking is not None:
                return trail + step.trail[: lacking + 1]
            if (step.state, has) not in seen:
                if len(seen) >= max_states:
                    return None
                seen.add((step.state, has))
                queue.append((walk.steps(step.state), has, trail + step.trail))
    return None


def follow(step: Step, *, met: bool) -> tuple[bool, int | None]:
    """Return whether the first demand is met after a step, and where it was lacking."""
    for place, done in enumerate(step.trail):
        effect = done.effect
        if effect.needs & 1 and not met:
            return met, place
        met = bool(effect.meets & 1 or (met and not effect.clears & 1))
    return met, None


def again(way: tuple[Done, ...], tells: Told, whole: Walk) -> tuple[Done, ...] | None:
    """Return how the *whole* goes a *way* that was found in a part of it.

    *tells*: where that part tells apart how a step ends.

    None: it cannot; what was found is no way of a case.
    """
    rests = [done for done in way if done.spot.node.waits_for is not None]
    steps: list[tuple[Step, bool, tuple[Done, ...]]]
    steps = [(step, False, ()) for step in whole.begin()]
    for goal in (*rests, None):
        here: dict[tuple[State, bool], tuple[Done, ...]] = {}
        for step, had, trail in steps:
            has, lacking = follow(step, met=had)
            if lacking is not None:
                return trail + step.trail[: lacking + 1]
            here.setdefault((step.state, has), trail + step.trail)
        if goal is None:
            break
        steps = [
            (step, has, trail)
            for (state, has), trail in here.items()
            for step in whole.steps(state)
            if _is_same(step.trail[0], goal, tells)
        ]
    return None


def _is_same(done: Done, goal: Done, tells: Told) -> bool:
    here = done.spot.index == goal.spot.index
    return here and (done.outcome == goal.outcome or not tells(goal.spot))
