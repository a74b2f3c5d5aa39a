"""What the same work costs at least, and what it costs as a library's manual has it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import create_engine

from benchmarks.measure import Once, Statement, measured
from storage.database import configure

DIAGRAM = Path(__file__).with_name("ten_tasks.bpmn")
TASKS = 10

#: What a step of the naive kind sends.
_STEP = (Statement("SELECT", 0), Statement("UPDATE", 0))


def _connect(file: Path) -> sqlite3.Connection:
    """Return the bare driver's connection, set up as the product sets up its own."""
    engine = create_engine(f"sqlite:///{file}")
    configure(engine)
    connection = engine.raw_connection().driver_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(connection)
    return connection


class Durable:
    """Durable transactions of a given shape that do nothing of use."""

    def __init__(self, folder: Path) -> None:
        self._connection = _connect(folder / "floor.db")
        self._connection.execute(
            "CREATE TABLE kept (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"
        )
        self._last = 0

    def run(self, shape: Sequence[Statement]) -> Once:
        """Read and write rows as often, and as large, as *shape* did, and commit."""
        bodies = [bytes(s.size) if s.writes else None for s in shape]
        once = Once(statements=tuple(shape))
        with measured(once):
            self._run(bodies)
        return once

    def _run(self, bodies: Sequence[bytes | None]) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for body in bodies:
            if body is None:
                execute("SELECT * FROM kept WHERE id = ?", (self._last,)).fetchall()
            else:
                execute("INSERT INTO kept (body) VALUES (?)", (body,))
        self._last = execute("SELECT last_insert_rowid()").fetchone()[0]
        execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Manual:
    """SpiffWorkflow as its documentation shows it: the whole workflow as JSON.

    The diagram is parsed once; each step reads the text, completes the task that
    is ready, and writes the text back, in one durable transaction.
    """

    def __init__(self, folder: Path) -> None:
        self._connection = _connect(folder / "manual.db")
        self._connection.execute(
            "CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL)"
        )
        parser = BpmnParser()
        parser.add_bpmn_file(str(DIAGRAM))
        self._spec = parser.get_spec("ten_tasks")
        self._calls = parser.get_subprocess_specs("ten_tasks")
        self._serializer = BpmnWorkflowSerializer()

    def walk(self) -> Iterator[Once]:
        """Start an instance and complete its ten tasks; yields what each took."""
        execute = self._connection.execute
        workflow = BpmnWorkflow(self._spec, self._calls)
        workflow.do_engine_steps()
        execute("BEGIN IMMEDIATE")
        instance = execute(
            "INSERT INTO instance (state) VALUES (?)",
            (self._serializer.serialize_json(workflow),),
        ).lastrowid
        execute("COMMIT")
        number, completed = 0, False
        while not completed:
            number += 1
            once = Once(statements=_STEP)
            with measured(once):
                completed, once.state = self._step(instance, number)
            yield once

    def _step(self, instance: Any, number: int) -> tuple[bool, int]:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        (text,) = execute(
            "SELECT state FROM instance WHERE id = ?", (instance,)
        ).fetchone()
        workflow = self._serializer.deserialize_json(text)
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data |= {"outcome": "approved", f"opinion_{number}": "Agreed."}
        task.run()
        workflow.do_engine_steps()
        text = self._serializer.serialize_json(workflow)
        execute("UPDATE instance SET state = ? WHERE id = ?", (text, instance))
        execute("COMMIT")
        return bool(workflow.completed), len(text)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
