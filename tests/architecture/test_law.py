"""The data folders are whole: processes, document types, citations."""

from __future__ import annotations

import json
import tomllib

from tests.architecture.law import (
    BPMN,
    DOCUMENTS,
    PROCESSES,
    REC,
    citations,
    elements,
    unknown_citations,
)
from tests.architecture.tree import files

#: Folders of processes/ that hold something other than a process.
NOT_PROCESSES = {"calendars", "clauses", "jurisdictions"}


def _folders(parent):
    return [path for path in sorted(parent.iterdir()) if path.is_dir()]


def _called(folder):
    return {
        element.get("calledElement")
        for path in folder.glob("*.bpmn")
        for element in elements(path)
        if element.tag == f"{BPMN}callActivity"
    }


def _processes():
    return [path for path in _folders(PROCESSES) if path.name not in NOT_PROCESSES]


def test_every_citation_exists():
    """Every clause that a diagram, table, pack or form cites has its text here."""
    assert unknown_citations("processes", "forms") == {}


def test_citations_are_found(tmp_path):
    """Citations are read from nested data and from diagrams alike."""
    pack = tmp_path / "pack.toml"
    pack.write_text('[[deadline.x]]\ncites = ["pl-56", "cl-18"]\n', "utf-8")
    diagram = tmp_path / "diagram.bpmn"
    diagram.write_text(
        '<a xmlns:rec="urn:casetrack:rec:1"><rec:record cites="pl-54 pl-60"/></a>',
        "utf-8",
    )

    assert list(citations(pack)) == ["pl-56", "cl-18"]
    assert list(citations(diagram)) == ["pl-54", "pl-60"]


def test_every_process_has_its_diagram():
    """Each process folder holds at least one diagram."""
    bare = [path.name for path in _processes() if not list(path.glob("*.bpmn"))]

    assert _processes() != []
    assert bare == []


def test_every_process_is_walked():
    """Each process has a scenario, or is called on the way of one that has."""
    folders = {path.name: path for path in _processes()}
    reached = {
        name for name, path in folders.items() if list(path.glob("scenarios/*.toml"))
    }
    waiting = list(reached)
    while waiting:
        fresh = (_called(folders[waiting.pop()]) & folders.keys()) - reached
        reached |= fresh
        waiting += fresh

    assert folders.keys() - reached == set()


def test_every_call_has_its_process():
    """What a diagram calls is the id of a process of ours."""
    diagrams = files("processes", suffixes=(".bpmn",))
    ids = {
        element.get("id")
        for path in diagrams
        for element in elements(path)
        if element.tag == f"{BPMN}process"
    }
    called = {target for path in _processes() for target in _called(path)}

    assert called - ids == set()


def test_every_document_type_is_whole():
    """Each folder holds its form, its template and a sample, under its own code."""
    broken = []
    for folder in _folders(DOCUMENTS):
        names = {path.name for path in folder.iterdir()}
        lacking = {"form.toml", "template.docx", "sample.json"} - names
        if lacking:
            broken.append(f"{folder.name} lacks {', '.join(sorted(lacking))}")
            continue
        form = tomllib.loads((folder / "form.toml").read_text("utf-8"))
        if form.get("code") != folder.name or not (form.get("zh") and form.get("en")):
            broken.append(f"{folder.name}: code, zh or en is wrong")
        json.loads((folder / "sample.json").read_text("utf-8"))

    assert _folders(DOCUMENTS) != []
    assert broken == []


def test_every_record_has_its_document_type():
    """A document that a diagram asks for can be written."""
    asked = {
        element.get("code")
        for path in files("processes", suffixes=(".bpmn",))
        for element in elements(path)
        if element.tag == f"{REC}record" and element.get("form") == "document"
    }

    assert asked - {path.name for path in _folders(DOCUMENTS)} == set()
