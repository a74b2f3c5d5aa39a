"""``flask processes lint`` on diagrams that were drawn elsewhere."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from engine.bpmn.mends import CONSTRUCTS, RULES, mend_of
from tests.architecture.tree import ROOT
from tests.engine.bpmn.foreign import CAMUNDA, SIGNAVIO, ZEEBE
from webapp.config import LOCALES

_RULE = re.compile(r'(?:error|warning|make)\(\s*[\w.() ]+(?: or [\w.]+)?,\s*"(\w+)"')


def _said(locale: str) -> dict[str, str]:
    path = ROOT / "webapp" / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_finding_has_its_sentence(locale):
    """Reason and mend are told in both languages, whatever the lint finds."""
    said = _said(locale)
    texts = [path.read_text() for path in (ROOT / "engine" / "bpmn").glob("lint*.py")]
    texts.append((ROOT / "engine" / "bpmn" / "coverage.py").read_text())
    rules = {
        rule
        for text in texts
        for rule in _RULE.findall(text)
        if not rule.startswith("unknown_")
    }
    wanted = {f"lint.{rule}" for rule in {*RULES, *rules}}
    wanted |= {f"mend.{mend_of(rule)}" for rule in {*RULES, *rules}}
    wanted |= {f"mend.{mend}" for mend in CONSTRUCTS.values()}

    assert len(rules) > 30
    assert sorted(rules - RULES.keys()) == []
    assert sorted(key for key in wanted if not said.get(key)) == []


@pytest.mark.parametrize(
    "data", [CAMUNDA, ZEEBE, SIGNAVIO], ids=["camunda", "zeebe", "signavio"]
)
def test_foreign_diagrams_are_told_line_by_line(app, tmp_path, data):
    """Each line names the element, the reason and what to do about it."""
    path = tmp_path / "foreign.bpmn"
    path.write_bytes(data)
    ended = app.test_cli_runner().invoke(args=["processes", "lint", str(path)])
    lines = [line for line in ended.output.splitlines() if "改正办法" in line]

    assert ended.exit_code == 1
    assert lines
    assert all("元素“" in line for line in lines)
    assert "Traceback" not in ended.output
    assert "Error: " in ended.output.splitlines()[-1]


def test_a_shipped_table_and_a_file_that_is_none(app, tmp_path):
    """A sound file has no errors; one that cannot be read says why."""
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>')
    table = ROOT / "processes" / "penalty" / "hearing_right.dmn"
    run = app.test_cli_runner().invoke
    sound = run(args=["processes", "lint", str(table)])
    ended = run(args=["processes", "lint", str(broken)])

    assert (sound.exit_code, "0 errors, 0 notes" in sound.output) == (0, True)
    assert ended.exit_code == 1
    assert "DOCTYPE" in ended.output
