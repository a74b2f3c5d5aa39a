"""The processes that we ship: they load, lint, and every walk through them ends."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser

from engine.bpmn.decisions import read_table
from engine.bpmn.expressions import compile_expression
from engine.bpmn.lint import Catalogue, Severity, lint
from engine.bpmn.normalize import normalize
from engine.bpmn.reader import read
from engine.runtime.definitions import Bundle
from engine.runtime.instance import Instance, OpenTask
from engine.runtime.service_tasks import service_task
from storage.vocabulary import TaskKind
from tests.engine.runtime.walking import ticket

FOLDER = Path(__file__).parents[3] / "processes"
#: What a case does elsewhere when the process comes to a service task is not
#: under test here.
DIAGRAMS = {
    path.stem: re.sub(
        rb'(rec:operation=)"[^"]+"', rb'\1"test.nothing"', path.read_bytes()
    )
    for path in sorted(FOLDER.glob("*/*.bpmn"))
}
TABLES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*/*.dmn"))}
ROOTS = sorted(DIAGRAMS)

#: Enough for a case with several returns; a walk that needs more is a circle.
MAX_STEPS = 3_000

service_task("test.nothing")(lambda _call: None)

pytestmark = pytest.mark.skipif(not DIAGRAMS, reason="no processes are drawn yet")


def names_of(bundle: Bundle) -> frozenset[str]:
    """Return every dotted name that conditions and tables read."""
    found: set[str] = set()
    for model in bundle.models.values():
        for flow in model.flows.values():
            if flow.condition:
                found |= compile_expression(flow.condition).names
        for node in model.nodes.values():
            if node.loop:
                found |= compile_expression(node.loop.cardinality).names
    for table in bundle.tables.values():
        found |= table.names
    return frozenset(found)


def facts_for(bundle: Bundle, rng: random.Random) -> dict[str, Any]:
    """Return made-up facts, complete as far as anything asks for them."""
    facts: dict[str, Any] = {name.split(".")[0]: None for name in names_of(bundle)}
    facts.update(
        outcome={},
        param={},
        subject={},
        case={"party_kind": rng.choice(["citizen", "legal_person"])},
        fine=rng.choice([None, 100, 10_000_000]),
        acted_at=None,
    )
    for model in bundle.models.values():
        for node in model.nodes.values():
            if node.members:
                facts[node.members] = ["a", "b", "c"]
    return facts


def choose(
    instance: Instance, rng: random.Random, facts: Mapping[str, Any]
) -> OpenTask:
    """Return a task to do next; boundary events come seldom."""
    tasks = instance.open_tasks()
    due = [task for task in tasks if task.attached_to is None]
    pool = tasks if not due or rng.random() < 0.1 else due
    task = rng.choice(pool)
    offered = instance.bundle.node(task.process, task.element).outcomes
    if offered:
        facts["outcome"][task.element] = rng.choice(offered).value
    return task


@pytest.mark.parametrize("root", ROOTS)
def test_every_walk_ends(root):
    """Whatever is chosen, something is open until the process has ended.

    Stored and restored before each step; what a move says was opened and closed
    is exactly what is open afterwards.
    """
    bundle = Bundle.load(DIAGRAMS, TABLES, root)
    for seed in range(15):
        rng = random.Random(seed)  # noqa: S311  # a repeatable sample
        facts = facts_for(bundle, rng)
        instance, delta = Instance.start(bundle, facts)
        live = {task.id: task for task in delta.opened}
        for _ in range(MAX_STEPS):
            if instance.finished:
                break
            instance = Instance.restore(bundle, instance.save())
            task = choose(instance, rng, facts)
            act = instance.complete
            if task.kind is not TaskKind.USER:
                act = lambda i, t, f, fire=instance.fire: fire(i, f, t)  # noqa: E731
            delta = act(task.id, ticket(task.id), facts)
            facts.update(delta.facts)
            for closed in delta.closed:
                del live[closed]
            live.update({opened.id: opened for opened in delta.opened})
            assert live == {t.id: t for t in instance.open_tasks()}

        assert instance.finished
        assert live == {}
        assert "active" not in instance.states().values()


@pytest.mark.parametrize("root", ROOTS)
def test_the_drawing_is_sound(root):
    """No error of shape, whatever the catalogues hold."""
    model = read(DIAGRAMS[root])
    every = {n.id for d in DIAGRAMS.values() for n in read(d).nodes.values()}
    catalogue = Catalogue(
        activities=frozenset(),
        facts=frozenset(),
        documents=frozenset(),
        decisions=frozenset(TABLES),
        operations=frozenset(),
        processes=frozenset(DIAGRAMS),
        terms=frozenset(),
        clauses=frozenset(),
        outcomes=frozenset(every),
    )
    errors = [
        finding
        for finding in lint(model, catalogue)
        if finding.severity is Severity.ERROR
        and not finding.rule.startswith("unknown_")
    ]

    assert errors == []


@pytest.mark.parametrize("root", ROOTS)
def test_the_library_reads_our_canonical_form(root):
    """The canonical XML is plain BPMN: the library's own parser accepts it."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(normalize(read(DIAGRAMS[root]))))
    spec = parser.get_spec(root)

    assert f"{root}:start" in spec.task_specs


@pytest.mark.parametrize("key", sorted(TABLES))
def test_every_table_is_read_and_cites(key):
    """Each shipped table compiles, and says by which clause it decides."""
    table = read_table(TABLES[key])

    assert table.outputs
    assert any(rule.cites for rule in table.rules)
