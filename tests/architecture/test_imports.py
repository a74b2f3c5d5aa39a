"""Who may import whom: the contracts hold, and each is seen to fail when broken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import (
    PACKAGES,
    ROOT,
    imports,
    name,
    project,
    python_files,
)

LINT = "from importlinter.cli import lint_imports_command as run; run()"
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)", re.MULTILINE)

#: For each contract: the module to spoil, and the line that spoils it.
BREAKS = {
    "Layers: webapp > forms > engine > storage": (
        "storage/vocabulary.py",
        "import forms",
    ),
    "engine: commands > runtime > bpmn > rules > words": (
        "engine/errors.py",
        "import engine.rules",
    ),
    "Rules are pure": ("engine/rules/__init__.py", "import sqlalchemy"),
    "Only engine.runtime knows SpiffWorkflow": (
        "engine/actor.py",
        "import SpiffWorkflow",
    ),
    "Only storage.objects.s3 knows boto3": ("storage/digest.py", "import boto3"),
    "Only forms.rendering knows docxtpl": ("forms/__init__.py", "import docxtpl"),
    "Only webapp knows Flask and Celery": ("storage/chain.py", "import flask"),
    "Ways in do not know each other": ("webapp/api/__init__.py", "import webapp.pages"),
    "No cycles between siblings": ("storage/database.py", "import storage.transaction"),
}

#: Beside the standard library, all that a rule may read.
FOR_RULES = re.compile(
    r"(engine\.(rules|errors|events|actor)|storage\.(vocabulary|digest))(\.|$)"
)


def _verdicts(folder: Path) -> tuple[dict[str, str], str]:
    """Return what import-linter says of the tree in *folder*."""
    run = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        hit["name"].strip(): hit["verdict"] for hit in VERDICT.finditer(run.stdout)
    }
    return found, run.stdout + run.stderr


def _copy(target: Path) -> Path:
    """Copy what import-linter reads into *target*."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            target / package,
            ignore=lambda folder, names: [
                each
                for each in names
                if each in {"node_modules", "__pycache__", "static", "documents"}
                or ((Path(folder) / each).is_file() and not each.endswith(".py"))
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def test_the_contracts_hold(tmp_path):
    """Every import of the product goes the way that the contracts allow."""
    verdicts, output = _verdicts(_copy(tmp_path))

    assert verdicts == dict.fromkeys(BREAKS, "KEPT"), output


@pytest.mark.parametrize("contract", BREAKS)
def test_a_forbidden_import_is_noticed(contract, tmp_path):
    """Each contract is broken by the first import that goes against it."""
    module, line = BREAKS[contract]
    spoiled = _copy(tmp_path) / module
    spoiled.write_text(f"{spoiled.read_text('utf-8')}\n{line}\n", "utf-8")

    verdicts, output = _verdicts(tmp_path)

    assert verdicts.get(contract) == "BROKEN", output


def test_rules_read_only_words():
    """A rule imports the standard library, words and digests: nothing else."""
    strangers = [
        f"{name(path)}: {imported}"
        for path in python_files()
        if name(path).startswith("engine/rules/")
        for imported in imports(path)
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not FOR_RULES.match(imported)
    ]

    assert strangers == []


def test_nothing_imports_processes():
    """The law is read from disk as data; no module is made of it."""
    found = [
        name(path)
        for path in python_files()
        if any(each.split(".")[0] == "processes" for each in imports(path))
    ]

    assert found == []


def _distribution(text: str) -> str:
    return re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0].lower().replace("_", "-")


def test_what_is_imported_is_asked_for():
    """Every library that the product imports is a direct dependency of ours."""
    table = project()["project"]
    assert isinstance(table, dict)
    direct = {_distribution(each) for each in table["dependencies"]}
    providers = packages_distributions()
    ours = {*PACKAGES, "wsgi", "tests", "benchmarks", *sys.stdlib_module_names}
    missing = {
        top: name(path)
        for path in python_files()
        for top in {each.split(".")[0] for each in imports(path)}
        if top not in ours
        if not direct.intersection(map(_distribution, providers.get(top, [])))
    }

    assert missing == {}


#: Direct dependencies that no module imports, and what they are there for.
NOT_IMPORTED = {
    "babel": "pybabel reads and writes the translations",
    "gunicorn": "the program that serves",
    "psycopg": "SQLAlchemy's driver for PostgreSQL, named by an address",
    "redis": "Celery's broker, named by an address",
    "tzdata": "read by zoneinfo",
}


def test_what_is_asked_for_is_used():
    """Every direct dependency is imported somewhere, or says what it is for."""
    table = project()["project"]
    assert isinstance(table, dict)
    providers = packages_distributions()
    used = {
        _distribution(distribution)
        for path in python_files()
        for imported in imports(path)
        for distribution in providers.get(imported.split(".")[0], [])
    }
    direct = {_distribution(each) for each in table["dependencies"]}

    assert direct - used - NOT_IMPORTED.keys() == set()
