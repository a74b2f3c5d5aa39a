"""The page that says how an authority is added is true, command by command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.factories import ROOT
from tests.webapp.conftest import PASSWORD

#: What an installation is made of, and the fictitious sixth authority.
PARTS = ("engine", "forms", "processes", "storage", "webapp", "tests/law/sixth")


def _commands():
    """Yield each command of the section with the lines printed below it."""
    page = (ROOT / "docs" / "packs.md").read_text("utf-8")
    section = re.search(r"\n## Adding an authority.*?(?=\n## )", page, re.DOTALL)[0]
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        for part in re.split(r"^ *\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = part.splitlines()
            yield (
                shlex.split(command),
                [line.strip() for line in printed if line.strip()],
            )


@pytest.fixture
def product(tmp_path, seeds):
    """Return a copy of the product that can be changed, with its own installation."""
    folder = tmp_path / "product"
    kept = shutil.ignore_patterns("__pycache__", "node_modules", "frontend")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=kept)
    shutil.copy(ROOT / "wsgi.py", folder)
    shutil.copy(seeds["published"], tmp_path / "casetrack.db")
    return folder


def test_a_sixth_authority_is_added_as_the_page_says(product, tmp_path):
    """Typed as it stands there, every command answers as it says there."""
    place = {
        "CASE_VAR_DIR": str(tmp_path / "var"),
        "CASE_DATABASE_URL": f"sqlite:///{tmp_path / 'casetrack.db'}",
        "CASE_OBJECT_DIR": str(tmp_path / "objects"),
        "PYTHONPATH": str(product),
    }
    answered = []
    for command, printed in _commands():
        verb = {
            "flask": [sys.executable, "-m", "flask", "--app", "wsgi"],
            "cp": ["cp"],
        }[command[0]]
        ended = subprocess.run(
            [*verb, *command[1:]],
            cwd=product,
            env=os.environ | place,
            input=f"{PASSWORD}\n{PASSWORD}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        told = [line.strip() for line in ended.stdout.splitlines()]
        answered.append((command[:3], ended.returncode, set(printed) - set(told)))

    assert [command[1] for command, _, _ in answered if command[0] == "flask"] == [
        "processes",
        "clauses",
        "scenarios",
        "processes",
        "agencies",
        "users",
    ]
    assert [each for each in answered if each[1:] != (0, set())] == []
