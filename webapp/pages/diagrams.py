"""Diagrams as the browser draws them: where each node stands, what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, jsonify, url_for

from engine.bpmn.model import NodeKind, Process
from engine.commands.pinned import Pinned
from engine.errors import NotFound
from engine.runtime.instance import Instance
from storage.models import Case, Task
from storage.vocabulary import TaskKind, TaskStatus
from webapp.clock import now
from webapp.i18n import locale, word
from webapp.pages.gatework import Progress

LIVE = frozenset({TaskStatus.OPEN, TaskStatus.CLAIMED})

_BUSY = frozenset({"active", "blocked"})

Path = tuple[str, ...]
States = Mapping[tuple[Path, str], str]


def xml_response(files: Mapping[str, str], key: str) -> Response:
    """Return one diagram among *files*; raises NotFound."""
    for path, text in files.items():
        if path.rsplit("/", 1)[-1] == f"{key}.bpmn":
            return Response(text, mimetype="application/xml")
    raise NotFound("process", key)


def states_of(
    pinned: Pinned, case: Case, state: bytes | None, tasks: list[Task]
) -> States:
    """Return where every reached node stands, by the calls around it and its id."""
    if state:
        return Instance.restore(pinned.bundle, state).states()
    root = pinned.bundle.models[case.process_key]
    found: dict[tuple[Path, str], str] = {((), id_): "future" for id_ in root.nodes}
    for task in tasks:
        done = "done" if task.status is TaskStatus.DONE else "cancelled"
        path = path_of(task)
        found[path, task.element] = done
        for depth, call in enumerate(path):
            found[path[:depth], call] = "done"
    return found


def path_of(task: Task) -> Path:
    """Return the calls around a task, the outermost first."""
    return tuple(task.path.split("/")) if task.path else ()


def is_late(task: Task) -> bool:
    """Say whether the clock of a task has run out."""
    return task.due_at is not None and task.due_at < now()


def case_map(
    pinned: Pinned,
    case: Case,
    state: bytes | None,
    tasks: list[Task],
    how_far: Mapping[UUID, Progress],
) -> Response:
    """Return what the browser needs to draw where *case* stands."""
    states = states_of(pinned, case, state, tasks)
    by_place: dict[tuple[Path, str], list[Task]] = {}
    for task in tasks:
        by_place.setdefault((path_of(task), task.element), []).append(task)
    scopes = []
    for path in sorted({path for path, _id in states}, key=lambda p: (len(p), p)):
        model = _model(pinned, case.process_key, path)
        if model is None:
            continue
        nodes = {
            element: _node(model, element, path, states, by_place, how_far)
            for element in model.nodes
        }
        live = [
            e for e, node in nodes.items() if node["state"] in {"active", "blocked"}
        ]
        scopes.append(
            {
                "key": "/".join(path) or "main",
                "label": _label(model, pinned, case.process_key, path),
                "xml": url_for("case.diagram", case_id=case.id, key=model.key),
                "nodes": nodes,
                "taken": _taken(model, nodes),
                "active": _middle(model, live),
            }
        )
    return _answer(scopes)


def plain_map(pinned: Pinned, key: str) -> Response:
    """Return the diagrams of a procedure with nothing of any case on them."""
    scopes = []
    for model in sorted(pinned.bundle.models.values(), key=lambda m: m.key != key):
        nodes = {}
        for node in model.nodes.values():
            shown: dict[str, Any] = {"state": "plain", "label": node.name}
            if node.called in pinned.bundle.models:
                shown["calls"] = node.called
            asked = len(pinned.requirements(node, now()))
            if asked:
                shown["badge"] = {"kind": "asked", "n": asked}
            nodes[node.id] = shown
        starts = [n.id for n in model.nodes.values() if n.kind is NodeKind.START]
        scopes.append(
            {
                "key": model.key,
                "label": word(model.key, "process"),
                "xml": url_for("processes.diagram", key=key, called=model.key),
                "nodes": nodes,
                "active": starts[0] if starts else "",
            }
        )
    return _answer(scopes)


def _answer(scopes: list[dict[str, Any]]) -> Response:
    busy = [scope["key"] for scope in scopes if scope.get("active")]
    opened = busy[-1] if busy and not scopes[0].get("active") else scopes[0]["key"]
    return jsonify(scopes=scopes, open=opened)


def _model(pinned: Pinned, root: str, path: Path) -> Process | None:
    model: Process | None = pinned.bundle.models[root]
    for call in path:
        node = model.nodes.get(call) if model is not None else None
        model = pinned.bundle.models.get(node.called or "") if node else None
    return model


def _label(model: Process, pinned: Pinned, root: str, path: Path) -> str:
    if not path or locale() == "en":
        return word(model.key, "process")
    caller = _model(pinned, root, path[:-1])
    node = caller.nodes.get(path[-1]) if caller is not None else None
    return node.name if node is not None and node.name else word(model.key, "process")


def _node(
    model: Process,
    element: str,
    path: Path,
    states: States,
    by_place: Mapping[tuple[Path, str], list[Task]],
    how_far: Mapping[UUID, Progress],
) -> dict[str, Any]:
    node = model.nodes[element]
    state = states.get((path, element), "future")
    visits = by_place.get((path, element), [])
    live = [task for task in visits if task.status in LIVE]
    inner = (*path, element)
    shown: dict[str, Any] = {"label": node.name, "state": state}
    if any(where[: len(inner)] == inner for where, _id in states):
        shown["calls"] = "/".join(inner)
    if node.kind in {NodeKind.BOUNDARY_MESSAGE, NodeKind.BOUNDARY_TIMER}:
        # A boundary event that waits says nothing yet: it is an offer.
        shown["state"] = (
            "done" if any(t.status is TaskStatus.DONE for t in visits) else "future"
        )
    elif live:
        task = live[0]
        shown["state"] = "active"
        if is_late(task):
            shown["state"] = "blocked"
        far = how_far.get(task.id)
        if far is not None and far.needed:
            missing = far.needed - far.met
            shown["badge"] = (
                {"kind": "missing", "n": missing} if missing else {"kind": "met"}
            )
    user = [task for task in visits if task.kind is TaskKind.USER]
    if user:
        newest = (live or user)[-1]
        shown["href"] = url_for("tasks.show", task_id=newest.id)
    return shown


def _taken(model: Process, nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the flows that were travelled, as far as the nodes tell."""
    reached = {e for e, node in nodes.items() if node["state"] != "future"}
    gone = {e for e in reached if nodes[e]["state"] in {"done", "cancelled"}}
    return [
        flow.id
        for flow in model.flows.values()
        if flow.source in gone and flow.target in reached
    ]


def _middle(model: Process, live: list[str]) -> str | None:
    """Return the live node to look at: a task before a frame around it."""
    return min(
        live, key=lambda e: model.nodes[e].kind is NodeKind.SUBPROCESS, default=None
    )
