"""A whole penalty case on the real pages, from the complaint to the archive."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

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
SIZES = {
    "desktop": {"width": 1366, "height": 768},
    "phone": {"width": 390, "height": 844},
}
BOTH, DESK = ("desktop", "phone"), ("desktop",)
CASE = "/cases/{case}"
#: Refusals that the page knows of beforehand: its button is shut.
SHUTTING = frozenset({"gate_closed", "guard_closed", "times_disagree"})
#: Pictures worth looking at: after a step (refused why), whose page, how wide. An
#: address or the title of a document; else what the person has before them.
MOMENTS = {
    ("acceptance", "gate_closed"): [("task-shut", "zhoulan", None, BOTH)],
    ("registration", None): [
        ("inbox", "zhoulan", "/", BOTH),
        ("new-case", "zhoulan", "/cases/new", DESK),
    ],
    ("registration_settlement", "guard_closed"): [("seize", "zhoulan", None, DESK)],
    ("docketing_report", None): [
        ("signing", "qinweidong", "/?box=signing", DESK),
        ("approval", "fanglixin", "/", DESK),
    ],
    ("assign_officers", None): [("case", "zhoulan", CASE, BOTH)],
    ("interview", "gate_closed"): [("interview-shut", "zhoulan", None, BOTH)],
    ("interview", None): [("evidence", "zhoulan", f"{CASE}/evidence", DESK)],
    ("recusals.challenge", None): [
        ("decisions", "fanglixin", "/decisions", DESK),
        ("people", "fanglixin", f"{CASE}/people", BOTH),
    ],
    ("hearing_session", "recused"): [("recused", "hemin", None, DESK)],
    ("hearing_session", "gate_closed"): [("hearing", "dinghui", None, BOTH)],
    ("hearing_opinion", None): [("case-hearing", "zhoulan", CASE, DESK)],
    ("member_opinion", "guard_closed"): [("committee", "shenyumei", None, BOTH)],
    ("discussion_record", None): [
        ("committee-record", "linjianguo", "行政机关负责人集体讨论记录", DESK)
    ],
    ("decision_approval", None): [
        ("decision", "fanglixin", "行政处罚决定书", BOTH),
        ("deadlines", "fanglixin", f"{CASE}/deadlines", BOTH),
    ],
    ("archiving", None): [("case-archived", "xuqing", CASE, BOTH)],
}


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


@pytest.fixture
def album(request, stage):
    """Return a function that takes the pictures of a moment of the walk."""
    folder = Path(request.config.getoption("--output")) / "walk"
    folder.mkdir(parents=True, exist_ok=True)

    moments = dict(MOMENTS)

    def take(case_id, played):
        code = played.refused["code"] if played.refused else None
        key = (played.step.task or played.step.act, code)
        home = CASE.format(case=case_id)
        for name, who, path, sizes in moments.pop(key, ()):
            page = stage.page(who)
            if path is not None:
                stage.go(who, path.format(case=case_id) if "/" in path else home)
            if path and "/" not in path:
                page.locator("#documents").get_by_role("link", name=path).click()
            for size in sizes:
                page.set_viewport_size(SIZES[size])
                if page.locator("case-map").is_visible():
                    expect(page.locator("case-map[ready]")).to_be_visible()
                page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
            page.set_viewport_size(SIZES["desktop"])

    return take


def test_a_case_is_walked_from_complaint_to_archive(stage, album):
    """Every act of the scenario is done by clicks; every expectation holds.

    Where the law shuts a step, its button is shut beforehand, with the reason.
    """
    player = Player(stage.script, stage)
    differences, shut = {}, []
    for played in player.play():
        album(player.case_id, played)
        if played.refused and played.refused["code"] in SHUTTING:
            shut.append(played.step.task)
        if not played.agrees:
            differences[played.step.number, played.step.note] = played.differences
            break

    assert differences == {}
    assert [task for task, _ in stage.shut] == shut
    assert all(reasons.strip() for _, reasons in stage.shut)
    assert stage.said == []
