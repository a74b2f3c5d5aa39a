"""Every shipped scenario comes true, step by step, each in a freshly started server."""

from __future__ import annotations

import io
import re

import docx
import pytest
from sqlalchemy import select

from engine.rules.jurisdiction import load
from forms.rendering import render
from forms.submission import definition_of, signed_snapshot
from storage import chain
from storage.models import Case, Document, Event
from storage.transaction import Transaction
from tests.factories import PROCESSES, ROOT, link
from webapp import create_app, database
from webapp.clock import now
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

FILES = sorted(PROCESSES.glob("*/scenarios/*.toml"))
NAMES = [path.stem for path in FILES]


def staged(path, folder):
    """Return a player of a scenario in a scratch installation."""
    script = scripts.read(path)
    stage = Stage(scratch_app(folder, ROOT), script)
    stage.enter()
    return Player(script, stage)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_scenario_comes_true(path, tmp_path):
    """Nothing is expected that does not come, restarted before every single step.

    Afterwards the chain of events is whole, and holds one event for each act.
    """
    player = staged(path, tmp_path)
    differences = [
        (played.step.number, difference)
        for played in player.play(restart=True)
        for difference in played.differences
    ]
    with player.stage.app.app_context():
        session = database.session()
        query = select(Event).where(Event.stream_id == player.case_id)
        events = session.scalars(query.order_by(Event.seq)).all()
        head = session.get_one(Case, player.case_id).event_digest
        broken = chain.verify(map(link, events))

    assert differences == []
    assert broken is None
    assert head == events[-1].digest


def test_every_authority_has_a_scenario():
    """Each rule pack but the national one is proved by at least one scenario."""
    packs = {path.stem for path in PROCESSES.glob("jurisdictions/*.toml")}
    issuers = {scripts.read(path).issuer for path in FILES}

    assert issuers == packs - {"national"}


@pytest.mark.parametrize(
    ("process", "names"),
    [
        (
            "penalty",
            [
                "hearing_and_discussion",
                "grave_dalian_jinpu",
                "grave_shanghai",
                "grave_qingyuan",
                "grave_zhanhe",
            ],
        ),
        (
            "penalty",
            [
                "emergency_seizure_dalian_jinpu",
                "emergency_seizure_pingdingshan",
                "emergency_seizure_shanghai",
                "emergency_seizure_qingyuan",
                "emergency_seizure_zhanhe",
            ],
        ),
        (
            "summary_penalty",
            [
                "shanghai_hotel",
                "hotel_dalian_jinpu",
                "hotel_pingdingshan",
                "hotel_qingyuan",
                "hotel_zhanhe",
            ],
        ),
        (
            "license",
            [
                "swimming_pool",
                "swimming_pool_dalian_jinpu",
                "swimming_pool_pingdingshan",
                "swimming_pool_shanghai",
                "swimming_pool_zhanhe",
            ],
        ),
    ],
    ids=["A", "B", "C", "D"],
)
def test_a_case_is_walked_under_every_authority(process, names):
    """One matter, five authorities; each is refused something that others are not."""
    found = {}
    for name in names:
        script = scripts.read(PROCESSES / process / "scenarios" / f"{name}.toml")
        told = [step.refused for step in script.steps if step.refused]
        found[script.issuer] = {str(sorted(each.items())) for each in told}
    packs = {path.stem for path in PROCESSES.glob("jurisdictions/*.toml")}
    every = list(found.values())

    assert set(found) == packs - {"national"}
    assert all(every.count(told) == 1 for told in every)


def test_every_authority_is_stopped_by_its_own_clause():
    """In each authority's scenarios some gate closes by a clause of its own."""
    refused = {}
    for path in FILES:
        script = scripts.read(path)
        pack = PROCESSES / "jurisdictions" / f"{script.issuer}.toml"
        prefix = load(pack.read_text("utf-8"), pack.name).prefix
        cites = refused.setdefault(script.issuer, set())
        for step in script.steps:
            told = (step.refused or {}).get("cites", ())
            cites |= {cite for cite in told if cite.startswith(f"{prefix}-")}

    assert all(refused.values())


def test_the_shipped_refusals_are_many():
    """Together the scenarios show nearly every way in which a command is refused."""
    codes = {
        step.refused["code"]
        for path in FILES
        for step in scripts.read(path).steps
        if step.refused
    }

    assert codes >= {
        "bad_moment",
        "case_closed",
        "certificate_invalid",
        "document_not_due",
        "gate_closed",
        "guard_closed",
        "illegal_transition",
        "invalid",
        "not_allowed",
        "not_extendable",
        "not_found",
        "not_yours",
        "object_mismatch",
        "outcome_unknown",
        "post_not_held",
        "recused",
        "separation_of_duties",
        "signature_refused",
        "stale_form",
        "task_closed",
        "times_disagree",
        "unknown_act",
        "waiver_refused",
    }


def test_a_small_fine_is_announced_without_a_hearing(tmp_path):
    """Below the threshold the notice is silent on hearings, and the law is told."""
    path = PROCESSES / "penalty" / "scenarios" / "small_fine.toml"
    player = staged(path, tmp_path)
    for played in player.play():
        if played.step.task == "advance_notice":
            break
    with player.stage.app.app_context():
        session = database.session()
        notice = session.scalars(
            select(Document).where(Document.code == "advance_notice")
        ).one()
        frozen = signed_snapshot(Transaction(session, now()), notice)
    paper = docx.Document(io.BytesIO(render(definition_of("advance_notice"), frozen)))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)

    assert "陈述" in text
    assert "听证" not in text


def test_the_demonstration_stops_where_it_says(tmp_path):
    """For a demonstration a scenario is walked up to its mark, and no further."""
    path = PROCESSES / "penalty" / "scenarios" / "hearing_and_discussion.toml"
    player = staged(path, tmp_path)
    played = list(player.play(demo=True))
    marked = [step.number for step in player.script.steps if step.demo_ends]
    with player.stage.app.app_context():
        status = database.session().get_one(Case, player.case_id).status

    assert player.script.demo
    assert [played[-1].step.number] == marked
    assert len(player.script.steps) > marked[0]
    assert all(each.agrees for each in played)
    assert status == "open"


# ---- the command line


@pytest.fixture
def flask(tmp_path, monkeypatch):
    """Return a function that runs a verb as at a shell, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        app = create_app(testing=True, var_dir=tmp_path / "var")
        return app.test_cli_runner().invoke(args=["scenarios", *arguments])

    return run


@pytest.fixture(scope="module")
def example():
    """Return the example of the page that says how scenarios are written."""
    page = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    return re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1]


def test_the_documented_example_runs(flask, example, tmp_path):
    """The example of the page, written anywhere, plays as the page says."""
    file = tmp_path / "elsewhere" / "我的情景.toml"
    file.parent.mkdir()
    file.write_text(example, "utf-8")
    result = flask("run", "--restart", str(file))
    page = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    printed = re.search(r"```\n(ok .*?)```", page, re.DOTALL)[1]

    assert result.exit_code == 0
    assert printed in result.output
    assert "4 steps, 0 differing" in result.output


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('cites = ["pl-47"]', 'cites = ["pl-99"]', "refused cites: expected ['pl-99']"),
        ('code = "gate_closed"', 'code = "recused"', "refused code: expected recused"),
        (
            'open = ["preliminary_check"]',
            'open = ["payment"]',
            "step payment: expected",
        ),
        ('locked = ["docketing_report"]', 'locked = ["preliminary_check"]', "locked"),
        ('facts = { source = "complaint" }', "facts = { fine = 5 }", "fact fine"),
        ("due = 2026-04-13", "due = 2026-04-10", "deadline docketing: expected 2026"),
        ('status = "overdue"', 'status = "met"', "deadline docketing: expected met"),
        ('status = "open"', 'status = "closed"', "case: expected closed"),
        ('role = "handler"', 'role = "approver"', "verdict: expected accepted"),
        ('code = "docketing"', 'code = "docketed"', "actual   none"),
    ],
)
def test_a_wrong_expectation_is_named(flask, example, tmp_path, old, new, told):
    """Each kind of expectation that does not come true fails the run and is named."""
    assert old in example
    file = tmp_path / "wrong.toml"
    file.write_text(example.replace(old, new, 1), "utf-8")
    result = flask("run", str(file))

    assert result.exit_code == 1
    assert "DIFF" in result.output
    assert told in result.output


def test_what_was_to_be_refused_must_be(flask, example, tmp_path):
    """A step that goes through though it should have been refused is a difference."""
    file = tmp_path / "wrong.toml"
    wrong = 'facts = { source = "complaint" }\nrefused = { code = "recused" }'
    file.write_text(example.replace('facts = { source = "complaint" }', wrong), "utf-8")
    result = flask("run", "--quiet", str(file))

    assert result.exit_code == 1
    assert "verdict: expected {'code': 'recused'}" in result.output
    assert "ok    1" not in result.output


def test_one_bad_file_does_not_hide_another(flask, example, tmp_path):
    """Of several files each is played; one that differs fails them all."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(example, "utf-8")
    bad.write_text(example.replace("issuer", "isuer"), "utf-8")
    result = flask("run", str(bad), str(good))

    assert result.exit_code == 1
    assert "bad_scenario" in result.output
    assert "unknown key isuer" in result.output
    assert "4 steps, 0 differing" in result.output


def test_the_page_lists_every_act(flask):
    """The list of acts on the page is the one that the product prints."""
    page = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    listed = re.search(r"```text\n(.*?)```", page, re.DOTALL)[1]

    assert flask("acts").output == listed


def test_nothing_is_left_behind(flask, example, tmp_path):
    """A run leaves nothing in the folder it is started from, not even an empty one."""
    file = tmp_path / "file.toml"
    file.write_text(example, "utf-8")
    ran = flask("run", str(file))

    assert ran.exit_code == 0
    assert list(tmp_path.iterdir()) == [file]
