"""A notice that was served later than noted: both windows of the party open again."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from engine.commands.pinned import SHANGHAI
from engine.commands.work import LIVE
from storage.models import Deadline, Task
from tests.factories import PROCESSES, ROOT
from webapp import database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

GRAVE = PROCESSES / "penalty" / "scenarios" / "grave_shanghai.toml"


def at(day, hour=9):
    """Return an hour of a day in April 2026."""
    return datetime(2026, 4, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def served(tmp_path):
    """Return a played case whose notice was served on the fifteenth, they say."""
    script = scripts.read(GRAVE)
    stage = Stage(scratch_app(tmp_path, ROOT), script)
    stage.enter()
    player = Player(script, stage)
    for played in player.play():
        if "hearing_requested" in played.step.open:
            return player
    raise AssertionError


def state(player):
    """Return what is open, and both windows: their standing and their last day."""
    with player.stage.app.app_context():
        session = database.session()
        live = select(Task.element).where(
            Task.case_id == player.case_id, Task.status.in_(LIVE)
        )
        windows = select(Deadline).where(
            Deadline.case_id == player.case_id,
            Deadline.code.in_(("defense", "hearing_request")),
        )
        found = {
            row.code: (row.status, row.due_at.astimezone(SHANGHAI).date().day)
            for row in session.scalars(windows)
        }
        return set(session.scalars(live)), found


def test_both_windows_open_again(served):
    """Served on the seventeenth: until the twenty-fourth nothing may be decided."""
    served.stage.pass_time(at(23))
    before = state(served)
    result = served.stage.act(
        at(23),
        "qinweidong",
        "facts.correct",
        {
            "case_id": str(served.case_id),
            "subject": "advance_notice",
            "fact": "served_at",
            "value": at(17, 10).isoformat(),
            "reason": "送达回证载明四月十七日签收。",
        },
    )
    after = state(served)
    served.stage.pass_time(at(25))
    once_more = state(served)

    assert "proposal_revision" in before[0]
    assert before[1] == {"defense": ("lapsed", 22), "hearing_request": ("lapsed", 22)}
    assert result["barred"] == result["ended"] == []
    assert {"defense_received", "hearing_requested"} <= after[0]
    assert "proposal_revision" not in after[0]
    assert after[1] == {"defense": ("running", 24), "hearing_request": ("running", 24)}
    assert once_more[1] == {
        "defense": ("lapsed", 24),
        "hearing_request": ("lapsed", 24),
    }
    assert "proposal_revision" in once_more[0]
