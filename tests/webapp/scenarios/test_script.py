"""Scenario files are read whole, or refused with the place and the reason."""

from __future__ import annotations

import pickle
import re
from datetime import date

import pytest

from storage.vocabulary import Post
from tests.factories import ROOT
from webapp.scenarios import script as scripts
from webapp.scenarios.script import BadScenario

GOOD = """
title = "t"
issuer = "pingdingshan"
process = "penalty"
[[person]]
id = "zhou"
name = "周岚"
posts = ["officer", "unit_head"]
certificate_valid_to = 2028-12-31
[[step]]
at = 2026-03-09T09:00:00+08:00
actor = "zhou"
act = "cases.open"
as = "opened"
with = { cause = "x" }
[[step]]
at = 2026-03-09T09:00:00+08:00
actor = "zhou"
act = "tasks.complete"
task = "acceptance"
[[step.record]]
document = "acceptance_record"
signed = [{ role = "handler" }]
[[step.record]]
recording = "photo"
officers = ["zhou"]
[[step.sign]]
document = "acceptance_record"
role = "handler"
[[step.judge]]
requirement = "recording:video"
needed = true
reason = "x"
[[step.deadlines]]
code = "docketing"
due = 2026-03-18
"""


def read(tmp_path, text):
    """Read a scenario from its text."""
    file = tmp_path / "s.toml"
    file.write_text(text, "utf-8")
    return scripts.read(file)


def test_a_file_is_read_whole(tmp_path):
    """People, steps and what belongs to them are there, in order."""
    script = read(tmp_path, GOOD)
    first, second = script.steps

    assert (script.title, script.issuer, script.process) == (
        "t",
        "pingdingshan",
        "penalty",
    )
    assert script.people[0].posts == (Post.OFFICER, Post.UNIT_HEAD)
    assert script.people[0].certificate_valid_to == date(2028, 12, 31)
    assert (first.number, first.name, first.with_) == (1, "opened", {"cause": "x"})
    assert [record.document for record in second.records] == [
        "acceptance_record",
        None,
    ]
    assert (len(second.signs), len(second.judges), len(second.deadlines)) == (1, 1, 1)
    assert script.demo is False


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('title = "t"', "", "", "title is missing"),
        ('title = "t"', "title = 1", "", "title needs a text"),
        ('title = "t"', 'titel = "t"\ntitle = "t"', "", "unknown key titel"),
        ('process = "penalty"', "process = [1]", "", "process needs a text"),
        ('title = "t"', 'title = "t"\ndemo = "yes"', "", "demo needs true or false"),
        ('title = "t"', 'title = "t"\nagency = "a"', "", "agency needs a table"),
        ("[[person]]", "[person]", "", "person needs a list"),
        ('id = "zhou"', "", "person 1", "id is missing"),
        ('"unit_head"]', '"king"]', "person 1", "'king' is not a valid Post"),
        (
            "2028-12-31",
            '"soon"',
            "person 1",
            "certificate_valid_to needs a date",
        ),
        (
            "at = 2026-03-09T09:00:00+08:00",
            "at = 2026-03-09T09:00:00",
            "step 1",
            "at needs date, time and offset",
        ),
        (
            "at = 2026-03-09T09:00:00+08:00",
            "at = 2026-03-09",
            "step 1",
            "at needs date, time and offset",
        ),
        (
            "at = 2026-03-09T09:00:00+08:00",
            "at = 2026-03-09T09:00:01+08:00",
            "step 2",
            "lies before the step above it",
        ),
        ('actor = "zhou"', "", "step 1", "an act needs an actor"),
        ('actor = "zhou"', 'actor = "he"', "step 1", "nobody is called he"),
        ('{ cause = "x" }', '"x"', "step 1", "with needs a table"),
        ('as = "opened"', 'open = "acceptance"', "step 1", "open needs a list"),
        ('as = "opened"', 'refused = "yes"', "step 1", "refused needs a table"),
        ('as = "opened"', 'expect = "x"', "step 1", "unknown key expect"),
        (
            'document = "acceptance_record"\nsigned',
            "signed",
            "step 2, record 1",
            "is either a document or a recording",
        ),
        (
            'recording = "photo"',
            'recording = "photo"\ndocument = "x"',
            "step 2, record 2",
            "is either a document or a recording",
        ),
        (
            'officers = ["zhou"]',
            'officers = ["he"]',
            "step 2, record 2",
            "nobody is called he",
        ),
        (
            'signed = [{ role = "handler" }]',
            'signed = [{ by = "he", role = "handler" }]',
            "step 2, record 1",
            "nobody is called he",
        ),
        (
            'signed = [{ role = "handler" }]',
            'signed = ["handler"]',
            "step 2, record 1",
            "is not a table",
        ),
        (
            'signed = [{ role = "handler" }]',
            'signed = [{ by = "zhou" }]',
            "step 2, record 1",
            "role is missing",
        ),
        (
            '[[step.sign]]\ndocument = "acceptance_record"',
            "[[step.sign]]",
            "step 2",
            "document is missing",
        ),
        ("needed = true", 'needed = "yes"', "step 2", "needed needs true or false"),
        ('code = "docketing"', "", "step 2", "code is missing"),
        ("due = 2026-03-18", "due = 18", "step 2", "due needs a date"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path, old, new, place, reason):
    """Whatever is unknown, missing or of another kind is named before anything runs."""
    assert old in GOOD
    with pytest.raises(BadScenario) as refused:
        read(tmp_path, GOOD.replace(old, new, 1))

    assert refused.value.facts() == {
        "file": "s.toml",
        "place": place,
        "reason": reason,
    }
    assert pickle.loads(pickle.dumps(refused.value)).facts() == refused.value.facts()  # noqa: S301 - our own bytes


def test_two_people_have_two_ids(tmp_path):
    """An id stands for one person."""
    person = GOOD[GOOD.index("[[person]]") : GOOD.index("[[step]]")]
    with pytest.raises(BadScenario, match="two people have one id"):
        read(tmp_path, GOOD.replace("[[step]]", f"{person}[[step]]", 1))


@pytest.mark.parametrize(
    "content", [b"title = ", b"\xff\xfe", b"[[step]]\nat = 2026-13-45"]
)
def test_what_is_no_toml_is_refused(tmp_path, content):
    """A file that cannot be read at all is refused like any other mistake."""
    file = tmp_path / "s.toml"
    file.write_bytes(content)
    with pytest.raises(BadScenario):
        scripts.read(file)
    with pytest.raises(BadScenario):
        scripts.read(tmp_path / "nowhere.toml")


def test_a_day_or_an_instant(tmp_path):
    """A deadline is expected on a day, or to the minute."""
    script = read(tmp_path, GOOD)
    to_the_minute = read(
        tmp_path, GOOD.replace("due = 2026-03-18", "due = 2026-03-18T23:59:00+08:00")
    )

    assert script.steps[1].deadlines[0]["due"] == date(2026, 3, 18)
    assert to_the_minute.steps[1].deadlines[0]["due"].hour == 23


def test_the_page_names_every_key():
    """Each key that a table may hold stands on the page about scenarios."""
    page = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    keys = {
        key
        for shape in vars(scripts.tables).values()
        if isinstance(shape, scripts.tables.Shape)
        for key in shape.kinds
    }

    assert keys - named == set()


ROOM = """
[[room]]
id = "first"
name = "第一询问室"
kind = "interview"
equipment = ["监控设备"]
keepers = ["zhou"]
approver = "zhou"
"""


def test_rooms_are_read(tmp_path):
    """A room names its kind and people of the file."""
    (room,) = read(tmp_path, GOOD + ROOM).rooms

    assert (room.name, room.kind.value) == ("第一询问室", "interview")
    assert (room.keepers, room.approver) == (("zhou",), "zhou")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"interview"', '"cellar"', "'cellar' is not a valid RoomKind"),
        ('approver = "zhou"', 'approver = "nobody"', "nobody is called nobody"),
        ('keepers = ["zhou"]', 'keepers = ["x"]', "nobody is called x"),
        ('name = "第一询问室"', "", "name is missing"),
    ],
)
def test_a_room_that_cannot_be_is_refused(tmp_path, old, new, reason):
    """Its kind is one of the vocabulary's, and its people are in the file."""
    with pytest.raises(BadScenario) as refused:
        read(tmp_path, GOOD + ROOM.replace(old, new))

    assert (refused.value.place, refused.value.reason) == ("room 1", reason)
