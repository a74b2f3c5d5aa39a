"""The shape of single modules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import (
    PACKAGES,
    ROOT,
    files,
    name,
    parsed,
    python_files,
)

WALL = 400
VAGUE = re.compile(r"(^|_)(services?|managers?|helpers?|utils?)$")
LEFT_OVER = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX)\b")
#: Capital numerals are figures: 大写 is computed, not translated.
NUMERALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")
#: A term beside its English, as in docstrings: Cases (案件).
GLOSS = re.compile(r"\([\u4e00-\u9fff、]+\)")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def test_a_module_fits_in_the_head():
    """No module is longer than the wall."""
    long = {
        name(path): lines
        for path in [*python_files(), *files("tests")]
        if "versions" not in path.relative_to(ROOT).parts
        if (lines := len(path.read_text("utf-8").splitlines())) > WALL
    }

    assert long == {}


def test_names_say_what_is_inside():
    """No module or package is called service, manager, helper or utils."""
    vague = [
        name(path)
        for path in python_files()
        # `service` alone is the domain's word for serving a document.
        if VAGUE.search(path.stem) and path.stem != "service"
    ]

    assert vague == []


def test_nothing_is_left_for_later():
    """No file holds a mark of unfinished work."""
    sources = [
        *python_files(),
        *files("tests"),
        *files("processes", suffixes=(".toml", ".bpmn", ".dmn")),
        *files("forms", suffixes=(".toml", ".json")),
        *files("webapp", suffixes=(".html", ".js", ".jsx", ".css", ".txt")),
        *files("docs", suffixes=(".md",)),
        *(ROOT / top for top in ("run", "test", "Makefile", "pyproject.toml")),
    ]
    marked = [
        f"{name(path)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        # Words to be spoken are quoted from the law, which leaves names open.
        if LEFT_OVER.search(line) and not line.startswith('text = "')
    ]

    assert marked == []


def _docstrings(tree: ast.Module) -> set[ast.Constant]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, owners)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }


def _chinese_strings(path: Path) -> list[tuple[int, str]]:
    tree = parsed(path)
    docstrings = _docstrings(tree)
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in docstrings
        and HAN.search(GLOSS.sub("", node.value))
        and not (path.name == "amounts.py" and NUMERALS.fullmatch(node.value))
    ]


def test_chinese_text_is_data():
    """No string in the code is Chinese: words stand in data and translations."""
    found = [
        f"{name(path)}:{line} {text}"
        for path in python_files()
        for line, text in _chinese_strings(path)
    ]

    assert found == []


def test_chinese_text_would_be_found(tmp_path):
    """The rule above sees plain and formatted strings, not docstrings and glosses."""
    sample = tmp_path / "sample.py"
    sample.write_text(
        '"""词语"""\nA = "立案"\nB = f"第{A}条"  # 注\nC = "Cases (案件)"\n', "utf-8"
    )

    assert [text for _, text in _chinese_strings(sample)] == ["立案", "第", "条"]


def test_data_folders_hold_no_code():
    """Processes and document types are data, so they cannot crash or import."""
    code = [name(path) for path in files("processes", "forms/documents")]

    assert code == []


def test_every_package_is_one():
    """Every folder with modules has an __init__, so that imports are checked."""
    loose = {
        name(path.parent)
        for path in files(*PACKAGES)
        if "migrations" not in path.parts
        and not (path.parent / "__init__.py").is_file()
    }

    assert loose == set()
