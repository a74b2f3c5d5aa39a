"""Processes that run, run as BPMN 2.0 says; stored and restored before each step."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engine.bpmn import lint_shape, lint_tokens
from engine.bpmn.findings import Severity
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.walking import Walk

#: What ``call c q`` calls.
CALLED = "start s; user qa; user qb; end e; s -> qa; qa -> qb; qb -> e"
_SIGNS = "=?>.!#"


def corpus() -> list[object]:
    """Return drawing and walk of every block of the file, under its title."""
    text = Path(__file__).with_name("walks.txt").read_text("utf-8")
    blocks = re.findall(r"^(\w.*)\n((?: {4}.+\n)+)", text, re.MULTILINE)
    found = []
    for title, body in blocks:
        lines = [line.strip() for line in body.splitlines()]
        drawing = [line for line in lines if line[0] not in _SIGNS]
        walk = [line for line in lines if line[0] in _SIGNS]
        found.append(pytest.param("\n".join(drawing), walk, id=title))
    return found


def facts(words: list[str]) -> dict[str, object]:
    """Return the facts that ``name=value`` say."""
    pairs = (word.split("=") for word in words)
    return {name: ast.literal_eval(value) for name, value in pairs}


def mistakes(text: str) -> set[str]:
    """Return the rules that a drawing breaks."""
    process = read(draw(text))
    found = [*lint_shape.check(process), *lint_tokens.check(process)]
    return {f.rule for f in found if f.severity is Severity.ERROR}


@pytest.mark.parametrize(("text", "steps"), corpus())
def test_a_walk(text, steps):
    """After each step exactly what the standard says is open."""
    given = [word for s in steps if s[0] == "=" for word in s[1:].split()]
    walk = Walk(text, facts(given), calls={"q": CALLED})
    refused = {s[1:].strip() for s in steps if s[0] == "!"}

    assert mistakes(text) == refused
    for step in steps:
        sign, *words = step[0], *step[1:].split()
        if sign == "?":
            assert walk.open == words, step
        elif sign == ">":
            walk.do(words[0], **facts(words[1:]))
        elif sign in ".#":
            assert walk.finished is (sign == "."), step
