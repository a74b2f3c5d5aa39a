"""What the same work costs at least, and what it costs as a library's manual has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.databases import Bare, Place
from benchmarks.measure import Once, Statement, measured

DIAGRAM = Path(__file__).with_name("ten_tasks.bpmn")
TASKS = 10

#: What a step of the naive kind sends.
_STEP = (Statement("SELECT", 0), Statement("UPDATE", 0))


class Durable:
    """Durable transactions of a given shape that do nothing of use."""

    def __init__(self, place: Place) -> None:
        self._bare = Bare(place, "floor", "CREATE TABLE kept (id {key}, body {blob})")
        self._last = 0

    def run(self, shape: Sequence[Statement]) -> Once:
        """Read and write rows as often, and as large, as *shape* did, and commit."""
        bodies = [bytes(s.size) if s.writes else None for s in shape]
        once = Once(statements=tuple(shape))
        with measured(once):
            self._run(bodies)
        return once

    def _run(self, bodies: Sequence[bytes | None]) -> None:
        bare = self._bare
        bare.begin()
        for body in bodies:
            if body is None:
                bare.send("SELECT * FROM kept WHERE id = ?", (self._last,)).fetchall()
            else:
                bare.send("INSERT INTO kept (body) VALUES (?)", (body,))
                self._last += 1
        bare.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._bare.close()


class Manual:
    """SpiffWorkflow as its documentation shows it: the whole workflow as JSON.

    The diagram is parsed once; each step reads the text, completes the task that
    is ready, and writes the text back, in one durable transaction.
    """

    def __init__(self, place: Place) -> None:
        self._bare = Bare(
            place, "manual", "CREATE TABLE instance (id {key}, state TEXT NOT NULL)"
        )
        self._last = 0
        parser = BpmnParser()
        parser.add_bpmn_file(str(DIAGRAM))
        self._spec = parser.get_spec("ten_tasks")
        self._calls = parser.get_subprocess_specs("ten_tasks")
        self._serializer = BpmnWorkflowSerializer()

    def walk(self) -> Iterator[Once]:
        """Start an instance and complete its ten tasks; yields what each took."""
        bare = self._bare
        workflow = BpmnWorkflow(self._spec, self._calls)
        workflow.do_engine_steps()
        bare.begin()
        text = self._serializer.serialize_json(workflow)
        bare.send("INSERT INTO instance (state) VALUES (?)", (text,))
        bare.commit()
        self._last += 1
        number, completed = 0, False
        while not completed:
            number += 1
            once = Once(statements=_STEP)
            with measured(once):
                completed, once.state = self._step(self._last, number)
            yield once

    def _step(self, instance: int, number: int) -> tuple[bool, int]:
        bare = self._bare
        bare.begin()
        (text,) = bare.send(
            "SELECT state FROM instance WHERE id = ?", (instance,)
        ).fetchone()
        workflow = self._serializer.deserialize_json(text)
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data |= {"outcome": "approved", f"opinion_{number}": "Agreed."}
        task.run()
        workflow.do_engine_steps()
        text = self._serializer.serialize_json(workflow)
        bare.send("UPDATE instance SET state = ? WHERE id = ?", (text, instance))
        bare.commit()
        return bool(workflow.completed), len(text)

    def close(self) -> None:
        """Let go of the database."""
        self._bare.close()
