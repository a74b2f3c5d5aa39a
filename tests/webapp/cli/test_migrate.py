"""Running cases are carried over from the command line, each told of."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from storage.models import Case, Event
from tests.webapp.versions import HARMLESS, UNSAFE, open_cases, publish
from webapp import database
from webapp.cli import migrating

WHY = ("--reason", "新规定施行")


@pytest.fixture
def three(published, sign_in):
    """Return an application with three cases under the first version."""
    open_cases(sign_in("zhou.lan@pds"), 3)
    return published


def run(app, *words, **options):
    """Run ``flask processes migrate penalty`` with some more words."""
    runner = app.test_cli_runner()
    return runner.invoke(args=["processes", "migrate", "penalty", *words], **options)


def kept(app):
    """Return which sets cases are pinned to, and how often cases were migrated."""
    with app.app_context():
        session = database.session()
        sets = session.scalars(select(Case.requirement_set_id)).all()
        count = session.scalar(select(func.count()).where(Event.tag == "case.migrated"))
        return sorted(map(str, sets)), count


def test_a_dry_run_tells_and_moves_nothing(three):
    """Each case has a sentence in both languages; nothing is written."""
    publish(three, HARMLESS)
    before = kept(three)
    tried = run(three, "--dry-run")

    assert tried.exit_code == 0, tried.output
    assert tried.output.count("可以从第 1 版迁移到第 2 版") == 3
    assert tried.output.count("can be migrated from version 1 to version 2") == 3
    assert "可以迁移 3" in tried.output
    assert kept(three) == before


def test_cases_go_over_once(three):
    """All go over, each with one event; the same call again finds none left."""
    publish(three, HARMLESS)
    asked = run(three, *WHY, input="n\n")
    refused = kept(three)
    done = run(three, *WHY, input="y\n")
    again = run(three, *WHY, "--yes")

    assert asked.exit_code == 1
    assert refused[1] == 0
    assert done.exit_code == again.exit_code == 0, done.output
    assert done.output.count("已从第 1 版迁移到第 2 版") == 3
    assert "已迁移 0" in again.output
    assert kept(three)[1] == 3


def test_refused_cases_stay_and_the_call_says_so(three):
    """A step that is gone keeps cases where they are; named, they go over."""
    publish(three, *UNSAFE)
    before = kept(three)
    refused = run(three, *WHY, "--yes", "--json")
    lines = [json.loads(line) for line in refused.output.splitlines()]
    unmoved = kept(three)
    rename = ("--rename", "penalty:acceptance=lead_acceptance")
    named = run(three, *WHY, "--yes", *rename)

    assert refused.exit_code == 1
    assert unmoved == before
    assert [line["fate"] for line in lines[:-1]] == ["refused"] * 3
    assert lines[0]["obstacles"][0]["reason"] == "element_gone"
    assert "受理案源" in lines[0]["told"]["zh_Hans"]
    assert lines[-1] == {
        "counts": {"moved": 0, "movable": 0, "settled": 0, "refused": 3}
    }
    assert named.exit_code == 0, named.output
    assert kept(three)[1] == 3


def test_only_the_named_case_goes(three):
    """One case by its number, as somebody of its agency; back is refused as settled."""
    publish(three, HARMLESS)
    with three.app_context():
        number = database.session().scalar(select(Case.number).limit(1))
    one = ("--case", number, "--yes", *WHY)
    done = run(three, *one, "--as", "bai.ning@pds")
    again = run(three, *one)
    stranger = run(three, *WHY, "--yes", "--as", "zhou.lan@pds")
    nobody = run(three, *WHY, "--yes", "--as", "nobody@pds")

    assert done.exit_code == 0, done.output
    assert kept(three)[1] == 1
    assert "无须迁移" in again.output
    assert stranger.exit_code == nobody.exit_code == 1
    assert kept(three)[1] == 1


def test_a_crash_loses_nothing(three, monkeypatch):
    """Killed between two cases, the same call goes on with those that are left."""
    publish(three, HARMLESS)
    carry, seen = migrating.carry_alone, []

    def crash(case_id, *given):
        seen.append(case_id)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return carry(case_id, *given)

    monkeypatch.setattr(migrating, "carry_alone", crash)
    run(three, *WHY, "--yes")
    half = kept(three)[1]
    monkeypatch.undo()
    done = run(three, *WHY, "--yes")

    assert half == 1
    assert done.exit_code == 0, done.output
    assert "已迁移 2" in done.output
    assert kept(three)[1] == 3


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--yes", *WHY, "--to", "9"),
        ("--json", *WHY),
        ("--yes", *WHY, "--rename", "x"),
        ("--yes", *WHY, "--case", "nothing"),
    ],
)
def test_bad_calls_are_refused(three, words):
    """Without a reason, to no version, with a misspelled name: nothing happens."""
    assert run(three, *words).exit_code in {1, 2}
    assert kept(three)[1] == 0
