"""Scenarios are played by the real commands; what they name is found, or told."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from storage.media import media_type
from storage.models import Document, Recording, StoredObject
from tests.case_file import MONDAY
from tests.factories import ROOT
from webapp import database
from webapp.objects import objects
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import is_published, scratch_app
from webapp.scenarios.stage import MEDIA_TYPES, Stage, example

HEAD = """
title = "t"
issuer = "pingdingshan"
process = "penalty"
[[person]]
id = "zhou"
name = "周岚"
posts = ["officer"]
certificate = "1"
certificate_valid_to = 2028-12-31
[[person]]
id = "fang"
name = "方立新"
posts = ["deputy_head"]
[[step]]
at = 2026-03-09T09:00:00+08:00
actor = "zhou"
act = "cases.open"
as = "opened"
with = { cause = "x", parties = [{ kind = "legal_person", name = "y" }] }
"""


@pytest.fixture
def play(tmp_path):
    """Return a function that plays a scenario from its text."""

    def run(text):
        file = tmp_path / "s.toml"
        file.write_text(HEAD + text, "utf-8")
        stage = Stage(scratch_app(tmp_path, ROOT), scripts.read(file))
        stage.enter()
        player = Player(stage.script, stage)
        return player, list(player.play())

    return run


def test_results_are_referred_to_by_name(play):
    """``@name.key`` stands for what a step returned, and ``@id`` for a person."""
    _, played = play(
        """
        [[step]]
        at = 2026-03-09T09:10:00+08:00
        actor = "zhou"
        act = "recusals.challenge"
        as = "challenge"
        [step.with]
        case_id = "@opened.case_id"
        person_id = "@fang"
        ground = "x"
        applicant = "x"
        [[step]]
        at = 2026-03-09T09:20:00+08:00
        actor = "zhou"
        act = "recusals.decide"
        with = { recusal_id = "@challenge.recusal_id", granted = true, reason = "x" }
        refused = { code = "not_allowed" }
        """
    )

    assert [each.agrees for each in played] == [True] * 3
    assert played[2].refused["act"] == "recusals.decide"


@pytest.mark.parametrize(
    "lines",
    [
        ('task = "payment"', 'act = "tasks.claim"'),
        ('document = "penalty_decision"', 'act = "documents.prepare"'),
        ('recording = "video"', 'act = "recordings.deposit"'),
        ('deadline = "payment"', 'act = "deadlines.extend"'),
        ('waiver = "none"', 'act = "gates.decide_waiver"'),
        ('recusal = "opened"', 'act = "recusals.decide"'),
        ('act = "tasks.claim"', 'with = { task_id = "@nothing.task_id" }'),
        ('act = "tasks.claim"', 'with = { task_id = "@opened.task_id" }'),
        (
            'task = "acceptance"',
            'act = "tasks.claim"',
            "[[step.record]]",
            'document = "birthday_card"',
            "sample = true",
        ),
        (
            'task = "acceptance"',
            'act = "tasks.claim"',
            "[[step.record]]",
            'recording = "photo"',
            'device = "x"',
            "deposit = true",
            'file = "gone.jpg"',
        ),
    ],
)
def test_what_is_not_there_is_told(play, lines):
    """A name that leads nowhere is a refusal of its own, never a crash."""
    head = ("[[step]]", "at = 2026-03-09T09:10:00+08:00", 'actor = "zhou"')
    _, played = play("\n".join((*head, *lines)))

    assert played[-1].refused["code"] == "not_found"
    assert [difference.what for difference in played[-1].differences] == ["verdict"]


def test_a_file_beside_the_scenario_is_deposited(play, tmp_path):
    """A named file is what goes into the store, under its own name."""
    content = example("photo", MONDAY)
    (tmp_path / "现场.jpg").write_bytes(content)
    player, played = play(
        """
        [[step]]
        at = 2026-03-09T09:10:00+08:00
        actor = "zhou"
        act = "recordings.declare"
        task = "acceptance"
        as = "film"
        [step.with]
        medium = "photo"
        device = "x"
        started_at = 2026-03-09T09:05:00+08:00
        [[step]]
        at = 2026-03-09T09:20:00+08:00
        actor = "zhou"
        act = "recordings.deposit"
        recording = "film"
        with = { file = "现场.jpg" }
        """
    )
    with player.stage.app.app_context():
        recording = database.session().scalars(select(Recording)).one()
        with objects().open(recording.object_sha256) as stream:
            stored = stream.read()

    assert all(each.agrees for each in played)
    assert recording.file_name == "现场.jpg"
    assert stored == content


@pytest.mark.parametrize("medium", MEDIA_TYPES)
def test_examples_are_whole_files(medium):
    """Where no file is named, a real one of its kind is made, another for each time."""
    content = example(medium, MONDAY)

    assert media_type(io.BytesIO(content), len(content)) == MEDIA_TYPES[medium]
    assert example(medium, MONDAY.replace(minute=31)) != content


def test_time_passes_between_steps(play):
    """What runs out between two steps takes its effect before the second."""
    _, played = play(
        """
        [[step]]
        at = 2026-03-09T09:10:00+08:00
        actor = "zhou"
        act = "tasks.complete"
        task = "acceptance"
        [step.with.inputs]
        accepted_at = 2026-03-09T09:00:00+08:00
        source = "complaint"
        [[step.record]]
        document = "acceptance_record"
        sample = true
        signed = [{ role = "handler" }]
        [[step.deadlines]]
        code = "docketing"
        due = 2026-03-18T23:59:00+08:00
        status = "running"
        [[step.deadlines]]
        code = "decision"
        status = "none"
        [[step]]
        at = 2026-03-18T23:59:59+08:00
        [[step.deadlines]]
        code = "docketing"
        status = "running"
        [[step]]
        at = 2026-03-19T00:00:01+08:00
        [[step.deadlines]]
        code = "docketing"
        status = "overdue"
        """
    )

    assert [each.differences for each in played] == [[]] * 4


def test_a_deadline_is_told_apart_by_its_recording(play):
    """Each film has a clock of its own; the expectation names the film."""
    _, played = play(
        """
        [[step]]
        at = 2026-03-09T09:10:00+08:00
        actor = "zhou"
        act = "tasks.claim"
        task = "acceptance"
        [[step.record]]
        recording = "video"
        as = "first"
        device = "x"
        started = 2026-03-09T09:05:00+08:00
        deposit = true
        [[step.record]]
        recording = "video"
        as = "second"
        device = "y"
        started = 2026-03-09T09:06:00+08:00
        [[step.deadlines]]
        code = "footage_deposit"
        recording = "first"
        status = "met"
        [[step.deadlines]]
        code = "footage_deposit"
        recording = "second"
        due = 2026-03-11
        status = "running"
        [[step]]
        at = 2026-03-09T09:20:00+08:00
        [[step.deadlines]]
        code = "footage_deposit"
        recording = "second"
        status = "met"
        [[step.deadlines]]
        code = "footage_deposit"
        recording = "third"
        """
    )

    assert [each.agrees for each in played] == [True, True, False]
    assert [(d.what, d.actual) for d in played[2].differences] == [
        ("deadline footage_deposit of second", "running"),
        ("deadline footage_deposit of third", "nothing is named third"),
    ]


def test_a_sample_names_the_people_of_the_scenario(play):
    """People of a sample who are in the scenario get their real identifiers."""
    player, _ = play(
        """
        [[step]]
        at = 2026-03-09T09:10:00+08:00
        actor = "zhou"
        act = "tasks.complete"
        task = "onsite_requested"
        refused = { code = "not_found" }
        [[step]]
        at = 2026-03-09T09:20:00+08:00
        actor = "zhou"
        act = "tasks.claim"
        task = "acceptance"
        [[step.record]]
        document = "acceptance_record"
        as = "named"
        sample = true
        fields = { summary = "另一段不少于十个字的案情摘要。" }
        """
    )
    with player.stage.app.app_context():
        document = database.session().scalars(select(Document)).one()

    assert document.fields["summary"] == "另一段不少于十个字的案情摘要。"
    assert player.results["named"]["document_id"] == str(document.id)


def test_the_scratch_installation_is_furnished(tmp_path):
    """A scratch installation has the shipped law, nobody in it, and is its own."""
    app = scratch_app(tmp_path, ROOT)()
    with app.app_context():
        published = is_published()
        stored = database.session().scalars(select(StoredObject)).all()

    assert published
    assert stored == []
