"""A grave case goes over to other versions at every step, whole or not at all."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree as ET  # the files are ours

import pytest
from sqlalchemy import select

from engine.commands.migration import Order, carry
from engine.commands.returning import returns_from
from engine.commands.work import LIVE, Work, on_case, on_task
from engine.errors import CaseError
from engine.runtime.errors import MoveUnsafe
from storage.models import (
    Assignment,
    Case,
    Cosigner,
    Deadline,
    Document,
    Event,
    Recording,
    Signature,
    Task,
    Waiver,
)
from storage.transaction import Transaction
from tests.added_version import PENALTY, add_version, shipped_set
from tests.factories import PROCESSES
from tests.processes.test_scenarios import staged
from webapp import database
from webapp.clock import now

SCENARIO = PROCESSES / "penalty" / "scenarios" / "hearing_and_discussion.toml"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: What a case has; ids, moments and digests differ from walk to walk.
KEPT = (Task, Deadline, Document, Recording, Assignment, Waiver, Cosigner, Signature)
#: What the new version calls a step; everything else of a task stays.
DRAWN = {"element", "name", "activity", "path", "version", "trail", "capacity"}


def rows(session, case_id):
    """Return everything that a case has, by the kind and id of each row."""
    session.expire_all()
    found = {}
    for model in KEPT:
        columns = model.__table__.columns
        query = select(*columns)
        if model is Signature:
            query = query.join(Document).where(Document.case_id == case_id)
        else:
            query = query.where(model.case_id == case_id)
        for row in session.execute(query):
            found[model.__name__, row.id] = dict(row._mapping)
    case = session.get_one(Case, case_id)
    found["Case", case_id] = {"facts": dict(case.facts), "status": case.status}
    return found


def summary(session, case_id):
    """Return what two walks of one scenario have in common, if they end alike."""
    told = [
        (kind, {k: str(v) for k, v in row.items() if k in COMMON})
        for (kind, _), row in rows(session, case_id).items()
    ]
    tags = session.scalars(select(Event.tag).where(Event.stream_id == case_id))
    events = [tag for tag in tags if tag != "case.migrated"]
    return sorted(told, key=str), sorted(events)


COMMON = {"element", "status", "outcome", "opinion", "code", "due_at", "base_at"}
COMMON |= {"number", "capacity", "named", "medium", "met_at", "overdue_at", "agreed"}


def walked(folder, text=None):
    """Walk the scenario; with *text*, go over to the other version at every step."""
    player, sets = staged(SCENARIO, folder), []
    app = player.stage.app
    if text is not None:
        with app.app_context(), database.transaction() as tx:
            sets = [shipped_set(tx.session), add_version(tx.session, {PENALTY: text})]
    over = 0
    for played in player.play():
        assert played.differences == [], played.step.number
        if sets and player.case_id is not None:
            sets.reverse()
            with app.app_context(), database.transaction() as tx:
                work = on_case(tx, player.case_id, None, over=frozenset())
                order = Order(requirement_set=sets[0], reason="test")
                over += carry(work, order, by=None)["moved"]
    with app.app_context():
        return summary(database.session(), player.case_id), over


def test_the_walk_ends_the_same(tmp_path):
    """Carried to an identical drawing at each step, the case ends as if it never was.

    Clocks, votes, documents, recordings, people and answers: nothing differs but
    the events that say so.
    """
    text = (PROCESSES / PENALTY).read_text("utf-8") + "<!-- again -->"
    folders = [tmp_path / name for name in ("plain", "moved")]
    for folder in folders:
        folder.mkdir()
    plain, _ = walked(folders[0])
    carried, over = walked(folders[1], text)

    assert over > 50
    assert carried == plain


def parsed():
    """Return the drawing as a tree, with the names of its spaces kept."""
    path = PROCESSES / PENALTY
    for _event, (prefix, space) in ET.iterparse(path, events=["start-ns"]):  # noqa: S314
        ET.register_namespace(prefix, space)
    return ET.parse(path)  # noqa: S314


def text_of(tree):
    """Return a changed drawing as a file."""
    return ET.tostring(tree.getroot(), encoding="unicode")


def tasks_of(tree):
    """Return the user tasks of the process itself, with one way in and one out."""
    process = tree.getroot().find(f"{BPMN}process")
    flows = process.findall(f"{BPMN}sequenceFlow")
    hosts = {event.get("attachedToRef") for event in process}
    found = []
    for task in process.findall(f"{BPMN}userTask"):
        into = [flow for flow in flows if flow.get("targetRef") == task.get("id")]
        out = [flow for flow in flows if flow.get("sourceRef") == task.get("id")]
        if len(into) == len(out) == 1 and task.get("id") not in hosts:
            found.append((process, task, into[0], out[0]))
    return found


def with_added(rng):
    """Draw one more step behind some step."""
    tree = parsed()
    process, task, _into, out = rng.choice(tasks_of(tree))
    added = ET.SubElement(process, f"{BPMN}userTask", {"id": "added", "name": "加"})
    added.set("{urn:casetrack:rec:1}capacity", "handler")
    flow = {"id": "f_added", "sourceRef": "added", "targetRef": out.get("targetRef")}
    ET.SubElement(process, f"{BPMN}sequenceFlow", flow)
    out.set("targetRef", "added")
    return text_of(tree), f"added behind {task.get('id')}", {}


def with_removed(rng):
    """Leave out some step."""
    tree = parsed()
    process, task, into, out = rng.choice(tasks_of(tree))
    into.set("targetRef", out.get("targetRef"))
    process.remove(task)
    process.remove(out)
    for lane in process.iter(f"{BPMN}lane"):
        for ref in lane.findall(f"{BPMN}flowNodeRef"):
            if ref.text == task.get("id"):
                lane.remove(ref)
    return text_of(tree), f"removed {task.get('id')}", {}


def with_renamed(rng):
    """Give one of the first steps another id, and say so."""
    _process, task, _into, _out = rng.choice(tasks_of(parsed())[:3])
    old, new = task.get("id"), "another_name"
    text = (PROCESSES / PENALTY).read_text("utf-8")
    text = re.sub(rf'(["> .]){old}(["< ])', rf"\1{new}\2", text)
    return text, f"renamed {old}", {f"penalty:{old}": new}


def check_moved(work: Work, before, after, sent_back):
    """Everything is there that was, but for what the new version calls the steps."""
    assert after.keys() == before.keys()
    for key, row in before.items():
        if key[0] == "Task":
            kept = {k: v for k, v in row.items() if k not in DRAWN}
            assert {k: after[key][k] for k in kept} == kept
        elif key[0] == "Deadline":
            assert {**after[key], "origin": ""} == {**row, "origin": ""}
        elif key[0] != "Case":
            assert after[key] == row
    standing = {task.id for task in work.instance.open_tasks()}
    live = {k[1] for k, r in after.items() if k[0] == "Task" and r["status"] in LIVE}
    assert standing == live
    for task_id in live:
        ways = returns_from(on_task(work.tx, task_id, None))
        assert len(ways) == sent_back[task_id]


@pytest.mark.generated
@pytest.mark.parametrize("seed", range(1))
def test_another_drawing_is_whole_or_not_at_all(seed, tmp_path, rounds):
    """A step more, a step less, a step renamed: all is kept, or nothing changed.

    At every step of the walk each drawing is tried; after either, the case could
    be sent back to exactly as many steps as before.
    """
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample
    player = staged(SCENARIO, tmp_path)
    app = player.stage.app
    drawings = []
    with app.app_context(), database.transaction() as tx:
        for number in range(rounds(3, 12)):
            draw = (with_added, with_removed, with_renamed)[number % 3]
            text, told, renamed = draw(rng)
            target = add_version(tx.session, {PENALTY: text})
            drawings.append((target, told, renamed))
    ends = set()
    for played in player.play():
        assert played.differences == [], played.step.number
        if player.case_id is None:
            continue
        target, told, renamed = rng.choice(drawings)
        with app.app_context():
            ends.add((told.split()[0], tried(player.case_id, target, renamed)))

    assert {("renamed", True), ("added", True)} <= ends
    assert False in {went for _, went in ends}


def tried(case_id, target, renamed):
    """Try to carry a case over, look at what came of it, and undo it."""
    session = database.session()
    tx = Transaction(session, now())
    before = rows(session, case_id)
    live = {k[1] for k, r in before.items() if k[0] == "Task" and r["status"] in LIVE}
    sent_back = {}
    for task_id in live:
        sent_back[task_id] = len(returns_from(on_task(tx, task_id, None)))
    order = Order(requirement_set=target, reason="test", renamed=renamed)
    try:
        carry(on_case(tx, case_id, None, over=frozenset()), order, by=None)
        tx.flush()
        work = on_case(tx, case_id, None, over=frozenset())
        check_moved(work, before, rows(session, case_id), sent_back)
    except MoveUnsafe:
        tx.flush()

        assert rows(session, case_id) == before
        return False
    except CaseError as error:
        pytest.fail(f"{error.code} is no reason to stay: {error.facts()}")
    finally:
        session.rollback()
    return True
