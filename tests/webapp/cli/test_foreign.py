"""What other tools have drawn is checked, proved, published, walked and carried over.

An export is not run as it is: a task must say who does what, and an id must be a
name. That is what the lint asks for, and all that is added here.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.models import Case, Event, ProcessVersion, RequirementSet
from tests.engine.bpmn.foreign import CAMUNDA
from tests.webapp.versions import NEW_CASE, PROCESSES
from webapp import database

EXPORTS = Path(__file__).parents[2] / "engine" / "bpmn" / "exports"
DOES = 'rec:activity="event.plan" rec:capacity="handler"'
WHY = ("--reason", "新规定施行", "--yes")


def bpmn_io():
    """Return a line of three tasks as bpmn.io has written it."""
    return (EXPORTS / "bpmn-io-A.1.0-export.bpmn").read_text("utf-8")


def signavio():
    """Return the same as Signavio has written it, with its ids made names."""
    text = (EXPORTS / "signavio-A.1.0-export.bpmn").read_text("utf-8")
    return re.sub(
        r"sid-[0-9A-Fa-f-]{36}", lambda found: found[0].replace("-", "_"), text
    )


def camunda():
    """Return a choice as Camunda Modeler has written it; the term is not ours."""
    text = CAMUNDA.decode()
    begins = text.index("<bpmn:boundaryEvent")
    ends = text.index("<bpmn:textAnnotation")
    text = text[:begins] + text[ends:]
    return text.replace("${ok == true}", "source == 'inspection'")


def ours(text, key):
    """Add to an export what it must say to be run here."""
    prefix = "bpmn:" if "<bpmn:process" in text else ""
    process = re.search(rf'<{prefix}process id="([^"]+)"', text)[1]
    text = text.replace(f'"{process}"', f'"{key}"')
    text = text.replace('isExecutable="false"', 'isExecutable="true"')
    text = re.sub(rf"<{prefix}(?:userTask|task) ", f"<{prefix}userTask {DOES} ", text)
    text = text.replace(f"</{prefix}task>", f"</{prefix}userTask>")
    head = f'<{prefix}process id="{key}"'
    text = text.replace(head, f'{head} rec:version="1"')
    return re.sub(
        r"(<(?:bpmn:)?definitions )", r'\1xmlns:rec="urn:casetrack:rec:1" ', text
    )


EXPORTED = {"bpmnio": bpmn_io, "signavio": signavio, "camunda": camunda}


#: Of each: the first step as it is drawn, its name, and how many there are.
STEPS = {
    "bpmnio": ("Activity_10i3hk7", "Task 1", 3),
    "signavio": ("sid_35027A00_C747_43EC_A8BB_9F8BA65FC08C", "Task 1", 3),
    "camunda": ("Activity_1", "检查", 1),
}


@pytest.fixture(params=EXPORTED)
def drawn(request, published, tmp_path):
    """Return an application, a key, and a folder with the law and one export."""
    folder = tmp_path / "processes"
    left_out = shutil.ignore_patterns("*.bpmn", "*.dmn", "scenarios")
    shutil.copytree(PROCESSES, folder, ignore=left_out)
    (folder / request.param).mkdir()
    text = ours(EXPORTED[request.param](), request.param)
    (folder / request.param / f"{request.param}.bpmn").write_text(text, "utf-8")
    return published, request.param, folder


def run(app, *words):
    """Run ``flask processes`` with some words."""
    return app.test_cli_runner().invoke(args=["processes", *map(str, words)])


def redraw(drawn, old, new):
    """Publish the export once more, with some words of it replaced."""
    app, key, folder = drawn
    path = folder / key / f"{key}.bpmn"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    done = run(app, "publish", folder)
    assert done.exit_code == 0, done.output


def pinned(app, case_id):
    """Return the version that a case goes by, and how often it was carried over."""
    with app.app_context():
        session = database.session()
        number = session.scalar(
            select(ProcessVersion.number)
            .join(
                RequirementSet, RequirementSet.process_version_id == ProcessVersion.id
            )
            .join(Case, Case.requirement_set_id == RequirementSet.id)
            .where(Case.id == UUID(case_id))
        )
        moves = session.scalars(
            select(Event.id).where(
                Event.stream_id == UUID(case_id), Event.tag == "case.migrated"
            )
        ).all()
        return number, len(moves)


def test_an_export_is_published_walked_and_carried_over(drawn, sign_in):
    """Checked and proved, a case goes over after a trial; unsafe, it stays."""
    app, key, folder = drawn
    first, name, steps = STEPS[key]
    for verb in ("lint", "prove", "publish"):
        done = run(app, verb, folder)
        assert done.exit_code == 0, done.output
    officer = sign_in("zhou.lan@pds")
    case = officer.send("/api/v1/cases", {**NEW_CASE, "process": key}).json["case_id"]

    redraw(drawn, f'name="{name}"', 'name="登记"')
    tried = run(app, "migrate", key, "--dry-run")
    untouched = pinned(app, case)
    moved = run(app, "migrate", key, *WHY)
    after = pinned(app, case)
    (task,) = officer.get(f"/api/v1/cases/{case}/tasks").json

    assert tried.exit_code == moved.exit_code == 0, (tried.output, moved.output)
    assert "可以从第 1 版迁移到第 2 版" in tried.output
    assert "已从第 1 版迁移到第 2 版" in moved.output
    assert (untouched, after) == ((1, 0), (2, 1))
    assert (task["element"], task["name"]) == (first, "登记")

    redraw(drawn, f'"{first}"', '"another_step"')
    refused = run(app, "migrate", key, *WHY, "--json")
    told, counts = (json.loads(line) for line in refused.output.splitlines())

    assert refused.exit_code == 1
    assert told["obstacles"][0]["element"] == first
    assert told["obstacles"][0]["reason"] == "element_gone"
    assert "登记" in told["told"]["zh_Hans"]
    assert counts["counts"]["refused"] == 1
    assert pinned(app, case) == (2, 1)

    for _ in range(steps):
        (task,) = (
            each
            for each in officer.get(f"/api/v1/cases/{case}/tasks").json
            if each["status"] in {"open", "claimed"}
        )
        ended = officer.send(f"/api/v1/tasks/{task['id']}/complete")
        assert ended.status_code == 200, ended.json
    assert ended.json["finished"]
