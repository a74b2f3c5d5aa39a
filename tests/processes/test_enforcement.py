"""What is owed after a decision is one figure: on the page, in papers, at the gate."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from engine.rules.deadlines import SHANGHAI
from storage.models import Task
from tests.factories import PROCESSES, ROOT
from tests.webapp.conftest import QUICK, Browser
from webapp import clock, database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

FOLDER = PROCESSES / "enforcement" / "scenarios"


@pytest.fixture
def overdue(tmp_path):
    """Return a case whose second installment stayed out, before the surcharge."""
    script = scripts.read(FOLDER / "court_pingdingshan.toml")
    stage = Stage(scratch_app(tmp_path, ROOT), script)
    stage.enter(QUICK)
    player = Player(script, stage)
    for played in player.play():
        if played.step.task == "surcharge_proposal":
            return player
    raise AssertionError("the surcharge was never reached")


def test_the_page_shows_the_figures_that_the_step_is_checked_against(overdue):
    """Counted days, days under litigation, and what is left, in figures and words."""
    with overdue.stage.app.app_context():
        task = (
            database.session()
            .scalars(select(Task).where(Task.element == "surcharge_proposal"))
            .one()
        )
        page_of = f"/tasks/{task.id}"
    with clock.standing_at(datetime(2026, 11, 2, 12, tzinfo=SHANGHAI)):
        page = Browser(overdue.stage.app, "zhoulan").get(page_of).text

    assert "2026-09-10 — 2026-10-20" in page
    assert "复议、诉讼期间，不计算" in page
    assert "396.00" in page
    assert "叁佰玖拾陆元整" in page
