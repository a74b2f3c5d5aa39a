"""``flask processes prove`` shows how far it is, and what was proved is kept."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from engine.commands import definitions
from tests.architecture.tree import ROOT
from tests.factories import PROCESSES

DRAWN = "collective_discussion"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with all law and a single diagram."""
    for name, text in definitions.read_folder(PROCESSES).items():
        if not name.endswith(".bpmn") or name.startswith(f"{DRAWN}/"):
            path = tmp_path / "processes" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return tmp_path / "processes"


def _prove(folder, errors):
    """Prove in a process of its own; return its standard output."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CASE_")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "processes", "prove", folder],
        cwd=ROOT,
        env={**inherited, "CASE_VAR_DIR": str(folder.parent / "var")},
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_terminal_is_shown_how_far_a_proof_is(folder):
    """Demand by demand on the terminal; a line for each authority in the output."""
    ours, theirs = pty.openpty()
    try:
        told = _prove(folder, theirs)
    finally:
        os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # so a terminal ends that nobody holds open any more
    finally:
        os.close(ours)
    steps = [
        part for part in shown.decode().split("\r") if part.startswith(f"{DRAWN}: ")
    ]
    counts = [part.strip().removeprefix(f"{DRAWN}: ").split("/") for part in steps]
    lines = [line.split() for line in told.splitlines() if line.startswith(f"{DRAWN} ")]

    assert [int(done) for done, _ in counts] == sorted(int(done) for done, _ in counts)
    assert counts[-1][0] == counts[-1][1]
    assert len(counts) > 1
    assert {line[1] for line in lines} >= {"pingdingshan", "shanghai", "national"}
    assert {line[-1] for line in lines} == {"proved"}


def test_what_is_no_terminal_is_shown_nothing(folder, tmp_path):
    """In a log there is only what came of it."""
    errors = tmp_path / "errors"
    with errors.open("wb") as written:
        told = _prove(folder, written)

    assert DRAWN in told
    assert DRAWN not in errors.read_text()


def test_each_version_says_when_it_was_proved_and_how_far(published, sign_in):
    """On the page, in the API and on the command line; for each authority."""
    officer = sign_in("zhou.lan@pds")
    page = officer.get("/processes/penalty/versions").text
    (row,) = [r for r in officer.get("/api/v1/processes").json if r["key"] == "penalty"]
    same = officer.get(f"/api/v1/processes/{row['id']}").json
    listed = published.test_cli_runner().invoke(args=["processes", "list"]).output
    explored = {each["authority"]: each for each in row["proof"]["explored"]}
    own = explored["pingdingshan"]

    assert same == row
    assert own["states"] > 100 < own["ways"]
    assert own["demands"] > 10
    assert f"{own['states']} 个状态，{own['demands']} 项要求" in page
    assert page.count(" 条走法，") == len(explored)
    assert f"proved {row['proof']['proved_at'][:10]}" in listed
