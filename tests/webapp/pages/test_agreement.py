"""What recordings say against documents stands in the panel of the step and counts."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from storage.models import Explanation, Task
from tests.webapp.conftest import QUICK, Browser
from webapp import clock, database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.stage import Stage

PROCESSES = Path(__file__).parents[3] / "processes"
FILE = PROCESSES / "enforcement/scenarios/court_pingdingshan.toml"
#: The step in which the film of the interview begins later than the record.
LATE = 15
#: The form that explains a gap, with its address.
EXPLAINING = re.compile(r'action="(/tasks/[^"]+/explanations?)".*?</form>', re.DOTALL)


def counted(page):
    """Return how much of what is asked for is there, twice: on top and beside."""
    return re.findall(r"(\d/\d)(?:<progress|</span>)", page)


def test_a_gap_is_counted_and_explained_on_the_page(published):
    """A step with a gap is never shown as complete; the form settles it."""
    script = scripts.read(FILE)
    stage = Stage(lambda: published, script)
    stage.enter(QUICK)
    for played in Player(script, stage).play():
        assert played.agrees, played
        if played.step.number == LATE:
            break
    with clock.standing_at(script.steps[LATE - 1].at):
        officer = Browser(published, "zhoulan")
        with published.app_context():
            query = select(Task.id).where(Task.element == "interview")
            task = database.session().scalars(query).one()
        before = officer.get(f"/tasks/{task}").text
        form = EXPLAINING.search(before)
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
        sent |= {"reason": "更换存储卡", "csrf_token": officer.token}
        officer.client.post(form[1], data=sent)
        after = officer.get(f"/tasks/{task}").text

    with published.app_context():
        assert database.session().scalars(select(Explanation)).one().reason
    assert "音像开始得晚" in before
    assert counted(before) == ["3/4", "3/4"]
    assert counted(after) == ["3/3", "3/3"]
    assert "音像开始得晚" not in after
