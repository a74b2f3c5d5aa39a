"""A real server on a scenario's case, and a browser whose console stays clean."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from webapp.auth.passwords import hash_password
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "processes/penalty/scenarios/hearing_and_discussion.toml"
PASSWORD = "correct-horse-battery"
#: The case is under investigation, two recordings are not yet in store.
LAST_STEP = 25
CLOCK = "2026-03-17T09:10:00+08:00"
PATIENCE = 20  # seconds until the server must answer


@dataclass(frozen=True)
class Site:
    """A running server and what is on it."""

    address: str
    case_id: str


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """Return a folder with a scenario played to the middle, and the case's id."""
    folder = tmp_path_factory.mktemp("site")
    script = scripts.read(SCENARIO)
    stage = Stage(scratch_app(folder, ROOT), script)
    stage.enter(hash_password(PASSWORD))
    player = Player(script, stage)
    for step in player.play():
        if step.step.number == LAST_STEP:
            break
    stage.restart()  # let go of the database
    return folder, str(player.case_id)


@pytest.fixture(scope="session")
def site(played):
    """Serve the scenario's case on a free port, with the clock of that day."""
    folder, case_id = played
    port = _free_port()
    environ = {
        **os.environ,
        "CASE_VAR_DIR": str(folder),
        "CASE_DATABASE_URL": f"sqlite:///{folder / 'casetrack.db'}",
        "CASE_OBJECT_DIR": str(folder / "objects"),
        "CASE_SECRET_KEY": "only-for-this-test-only-for-this-test",
        "CASE_DEMO": "1",
        "CASE_CLOCK": CLOCK,
        "CASE_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "-p", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as server:
        address = f"http://127.0.0.1:{port}"
        _wait_for(port)
        yield Site(address, case_id)
        server.terminate()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Look at the product as an officer in Shanghai does."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def said(page: Page):
    """Collect what the browser complains of; the list must stay empty."""
    heard: list[str] = []
    page.on(
        "console",
        lambda message: (
            heard.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def desk(page: Page, site: Site, said):
    """Return a page on which the case's handler is signed in."""
    sign_in(page, site, "zhou.lan@pds")
    yield page
    assert said == []


def sign_in(page: Page, site: Site, login: str) -> None:
    """Sign somebody of the scenario in."""
    page.goto(f"{site.address}/login")
    page.fill("#name", login)
    page.fill("#password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(f"{site.address}/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(PATIENCE * 10):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")
