"""A whole penalty case on the real pages, from the complaint to the archive."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.e2e.browser_stage import BrowserStage
from webapp import acts, create_app
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "processes/penalty/scenarios/hearing_and_discussion.toml"
PASSWORD = "correct-horse-battery"
#: The same kept cheaply: nineteen people sign in.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
#: The people stay signed in from March to June.
LONG = timedelta(days=200)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def stage(tmp_path, browser, browser_context_args):
    """Serve a scratch installation with the scenario's people to their browsers."""
    scratch_app(tmp_path, ROOT)

    def make():
        app = create_app(
            testing=True,
            var_dir=tmp_path,
            session_idle=LONG,
            session_lifetime=LONG,
        )
        acts.load()
        return app

    script = scripts.read(SCENARIO)
    stage = BrowserStage(make, script, browser, browser_context_args, PASSWORD)
    try:
        stage.enter(QUICK)
        yield stage
    finally:
        stage.close()


def test_a_case_is_walked_from_complaint_to_archive(stage, request):
    """Every act of the scenario is done by clicks; every expectation holds."""
    folder = Path(request.config.getoption("--output")) / "walk"
    folder.mkdir(parents=True, exist_ok=True)
    player = Player(stage.script, stage)
    differences = {}
    for played in player.play():
        if not played.agrees:
            differences[played.step.number, played.step.note] = played.differences
            break

    assert differences == {}
    assert stage.said == []
