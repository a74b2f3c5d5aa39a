"""A root process with everything it calls, compiled once and shared."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.bpmn.decisions import DecisionTable, read_table
from engine.bpmn.model import Node, NodeKind, Process
from engine.bpmn.normalize import normalize
from engine.bpmn.reader import read
from engine.bpmn.timers import drawn_terms
from engine.errors import NotFound
from engine.rules.deadlines import Term
from engine.runtime.errors import UnfitBundle
from engine.runtime.parsing import parse

#: Compiled definitions kept in one worker; each takes about 1 MiB.
MAX_CACHED = 64

_cache: OrderedDict[str, Bundle] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Bundle:
    """One runnable definition; immutable, shared between threads."""

    root: str
    digest: str  #: SHA-256 over the files that it really uses
    models: Mapping[str, Process]
    tables: Mapping[str, DecisionTable]
    specs: Mapping[str, Any]  #: the kernel's, by canonical name

    @classmethod
    def load(
        cls, processes: Mapping[str, bytes], decisions: Mapping[str, bytes], root: str
    ) -> Bundle:
        """Return the bundle of a root process; the same files are compiled once.

        Args:
            processes: BPMN files by process key; more than needed may be given.
            decisions: DMN files by decision key; more than needed may be given.
            root: key of the process that cases run.

        Raises:
            UnreadableDiagram: a file is unsafe or not a diagram.
            UnreadableTable: a file is unsafe or not a decision table.
            UnsupportedConstruct: a diagram is outside the profile.
            UnsafeExpression: a condition is not of our language.
            UnfitBundle: a called process or a table is missing, a process is
                filed under a wrong key, or processes call each other in a circle.
        """
        given = _digest(root, processes, decisions)
        with _lock:
            found = _cache.get(given)
            if found is not None:
                _cache.move_to_end(given)
                return found
            found = _compile(processes, decisions, root)
            _cache[given] = found
            while len(_cache) > MAX_CACHED:
                _cache.popitem(last=False)
            return found

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The terms of the timers that say their time in the diagrams, by code."""
        return drawn_terms(self.models.values())

    @cached_property
    def locking(self) -> frozenset[tuple[str, str]]:
        """The nodes that lock others while they are open: process and element."""
        return frozenset(
            (node.process, node.id)
            for model in self.models.values()
            for node in model.nodes.values()
            if node.lock is not None
        )

    def node(self, process: str, element: str) -> Node:
        """Return one node.

        Raises:
            NotFound: there is no such process or element.
        """
        model = self.models.get(process)
        node = model.nodes.get(element) if model is not None else None
        if node is None:
            raise NotFound("node", f"{process}:{element}")
        return node


def _compile(
    processes: Mapping[str, bytes], decisions: Mapping[str, bytes], root: str
) -> Bundle:
    models: dict[str, Process] = {}
    _collect(processes, root, root, "", (), models)
    wanted = {
        node.decision: node
        for model in models.values()
        for node in model.nodes.values()
        if node.kind is NodeKind.DECISION_TASK
    }
    tables = {}
    for key, node in wanted.items():
        if key is None or key not in decisions:
            raise UnfitBundle("unknown_decision", node.process, node.id)
        tables[key] = read_table(decisions[key])
    specs = parse({key: normalize(model) for key, model in models.items()})
    _attach(specs, models)
    digest = _digest(
        root,
        {key: processes[key] for key in models},
        {key: decisions[key] for key in tables},
    )
    return Bundle(root, digest, models, tables, specs)


def _collect(
    processes: Mapping[str, bytes],
    key: str,
    caller: str,
    element: str,
    above: tuple[str, ...],
    models: dict[str, Process],
) -> None:
    if key in above:
        raise UnfitBundle("calls_itself", caller, element)
    if key in models:
        return
    if key not in processes:
        raise UnfitBundle("unknown_process", caller, element)
    model = read(processes[key])
    if model.key != key or ":" in key:
        raise UnfitBundle("wrong_key", key, model.key)
    for node in model.nodes.values():
        if node.kind is NodeKind.CALL_ACTIVITY and node.called:
            _collect(processes, node.called, key, node.id, (*above, key), models)
    models[key] = model


def _attach(specs: Mapping[str, Any], models: Mapping[str, Process]) -> None:
    """Tell every spec which node it carries out."""
    for spec in specs.values():
        for task_spec in spec.task_specs.values():
            name = task_spec.name.removesuffix(" [child]")
            process, _, element = name.partition(":")
            model = models.get(process)
            task_spec.node = node = model.nodes.get(element) if model else None
            if model and node and node.attached_to and not node.interrupting:
                task_spec.apart = model.runs_apart(node)


def _digest(
    root: str, processes: Mapping[str, bytes], decisions: Mapping[str, bytes]
) -> str:
    hashed = hashlib.sha256(root.encode())
    for kind, files in ((b"bpmn", processes), (b"dmn", decisions)):
        for key in sorted(files):
            part = hashlib.sha256(files[key]).digest()
            hashed.update(b"\0" + kind + b"\0" + key.encode() + b"\0" + part)
    return hashed.hexdigest()
