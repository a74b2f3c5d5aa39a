"""What would become of a running case under another version; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.model import Node
from engine.bpmn.timers import code_of
from engine.commands.pinned import Pinned
from engine.commands.returning import Trails, trails_of
from engine.commands.work import Work
from engine.rules.facts import FactRefused
from engine.runtime import past
from engine.runtime.definitions import Bundle
from engine.runtime.migration import Obstacle, Plan, obstacles
from storage.models import Task
from storage.vocabulary import Level, TaskStatus


@dataclass(frozen=True)
class Outlook:
    """What keeps a case where it is, and what it would meet if nothing does."""

    obstacles: tuple[Obstacle, ...]  #: empty: it may go over
    newly_asked: tuple[str, ...]  #: ``process:element key`` of steps already done
    not_timed: tuple[str, ...]  #: terms that open steps would start, had they not yet


def outlook(work: Work, new: Pinned, plan: Plan) -> Outlook:
    """Return what would become of a case; reads, and writes nothing."""
    trails = trails_of(work)
    found = set(obstacles(work.instance, plan))
    found |= past.lost(work.pinned.bundle, trails.events, plan)
    found.update(_law(work, new))
    found.update(_steps(work, trails, plan))
    found.update(_clocks(work, new, plan))
    found.update(_facts(work, new))
    kept = not found
    return Outlook(
        tuple(sorted(found)),
        tuple(_newly_asked(work, new, plan, trails)) if kept else (),
        tuple(_not_timed(work, plan)) if kept else (),
    )


def _law(work: Work, new: Pinned) -> Iterator[Obstacle]:
    """Refuse rules that are older than those the case is under."""
    if any(a < b for a, b in zip(new.packs, work.pinned.packs, strict=True)):
        yield Obstacle(new.process_key, "", "law_older")


def _steps(work: Work, trails: Trails, plan: Plan) -> Iterator[Obstacle]:
    """Refuse to lift what steps of the case keep shut or final."""
    for task in trails.tasks.values():
        old = _node(work.pinned.bundle, task)
        if old is None or task.status is TaskStatus.CANCELLED:
            continue
        new = plan.node(old)
        if task.status is TaskStatus.DONE:
            if new is None:
                yield Obstacle(task.process, task.element, "passed_gone")
            elif old.no_return and not new.no_return:
                yield Obstacle(task.process, task.element, "no_return_lifted")
        elif new is not None and old.lock is not None and new.lock != old.lock:
            yield Obstacle(task.process, task.element, "lock_lifted")


def _clocks(work: Work, new: Pinned, plan: Plan) -> Iterator[Obstacle]:
    """Refuse to lift what a clock locks, and to leave a clock that nothing meets."""
    before, after = work.rules.terms, new.rules(work.tx.now).terms
    met, still = _met(work.pinned.bundle), _met(new.bundle)
    for code in {clock.code for clock in work.running()}:
        told = drawn_codes(plan).get(code, code)
        old, fresh = before.get(code), after.get(told)
        if old is not None and fresh is None:
            yield Obstacle("", code, "term_gone")
        elif old is not None and fresh is not None and old.locks and not fresh.locks:
            yield Obstacle("", code, "lock_lifted")
        elif code in met and told not in still:
            yield Obstacle("", code, "never_met")


def _facts(work: Work, new: Pinned) -> Iterator[Obstacle]:
    """Refuse another reading of what is already answered."""
    before, after = work.pinned.facts.facts, new.facts.facts
    for name, value in work.case.facts.items():
        old, fresh = before.get(name), after.get(name)
        if value is None or old is None or fresh is None:
            continue
        if fresh.type is not old.type:
            yield Obstacle("", name, "fact_changed")
            continue
        try:
            new.facts.coerce(name, value)
        except FactRefused:
            yield Obstacle("", name, "fact_changed")


def _newly_asked(work: Work, new: Pinned, plan: Plan, trails: Trails) -> Iterator[str]:
    """Yield the records that steps already done would need under the new rules."""
    now = work.tx.now
    done = {
        (task.process, task.element)
        for task in trails.tasks.values()
        if task.status is TaskStatus.DONE
    }
    for process, element in sorted(done):
        old = work.pinned.bundle.models[process].nodes[element]
        node = plan.node(old)
        if node is None:
            continue
        asked = {record.key for record in work.pinned.requirements(old, now)}
        for record in new.requirements(node, now):
            if record.level is Level.MANDATORY and record.key not in asked:
                yield f"{process}:{node.id} {record.key}"


def _not_timed(work: Work, plan: Plan) -> Iterator[str]:
    """Yield terms that begin with a step that is open already: none is begun late."""
    told = drawn_codes(plan)
    running = {told.get(clock.code, clock.code) for clock in work.running()}
    for item in work.instance.open_tasks():
        old = work.pinned.bundle.node(item.process, item.element)
        new = plan.node(old)
        started = _started(old) | running
        yield from sorted(_started(new) - started if new is not None else ())


def drawn_codes(plan: Plan) -> dict[str, str]:
    """Return what the deadlines of renamed timers are called in the new version."""
    return {
        code_of(process, old): code_of(process, new)
        for (process, old), new in plan.renamed.items()
    }


def _started(node: Node) -> set[str]:
    return {rule.code for rule in node.deadlines if rule.start == "open"}


def _met(bundle: Bundle) -> set[str]:
    return {
        rule.code
        for model in bundle.models.values()
        for node in model.nodes.values()
        for rule in node.deadlines
        if rule.meet or rule.fires
    }


def _node(bundle: Bundle, task: Task) -> Node | None:
    model = bundle.models.get(task.process)
    return model.nodes.get(task.element) if model is not None else None
