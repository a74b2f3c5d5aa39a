"""One scenario under another authority: only what differs is written, and why."""

from __future__ import annotations

import csv
import tomllib

import pytest

from tests.factories import PROCESSES
from webapp.scenarios import script as scripts
from webapp.scenarios.script import BadScenario
from webapp.scenarios.variants import cites_of

FILES = sorted(PROCESSES.glob("*/scenarios/*.toml"))
VARIANTS = [path for path in FILES if "base" in tomllib.loads(path.read_text("utf-8"))]

BASE = """
title = "a"
issuer = "shanghai"
process = "penalty"
[agency]
name = "甲局"
[[person]]
id = "zhou"
name = "周岚"
posts = ["officer"]
[[step]]
at = 2026-03-09T09:00:00+08:00
actor = "zhou"
act = "cases.open"
open = ["acceptance"]
[[step]]
at = 2026-03-09T10:00:00+08:00
actor = "zhou"
act = "tasks.complete"
task = "acceptance"
refused = { code = "gate_closed" }
"""

OVER = """
base = "base.toml"
title = "b"
issuer = "zhanhe"
[replace]
"周岚" = "任志远"
[agency]
prefix = "湛"
[[person]]
id = "zhou"
certificate = "豫D-ZH-01"
[[change]]
at = 2026-03-09T10:00:00+08:00
cites = ["zh-yx-6a"]
unset = ["refused"]
[change.set]
open = ["preliminary_check"]
[[add]]
at = 2026-03-09T09:00:00+08:00
cites = ["zh-yx-7"]
note = "检查设备"
"""


@pytest.fixture
def lay(tmp_path):
    """Return a function that reads a variant over the base."""
    (tmp_path / "base.toml").write_text(BASE, "utf-8")

    def read(text):
        file = tmp_path / "over.toml"
        file.write_text(text, "utf-8")
        return scripts.read(file)

    return read


def test_a_variant_is_its_base_with_what_it_says(lay):
    """Issuer, names and the steps that it names differ; all else is the base's."""
    script = lay(OVER)
    first, added, second = script.steps

    assert (script.title, script.issuer, script.process) == ("b", "zhanhe", "penalty")
    assert script.agency == {"name": "甲局", "prefix": "湛"}
    assert (script.people[0].name, script.people[0].certificate) == (
        "任志远",
        "豫D-ZH-01",
    )
    assert (first.act, added.note) == ("cases.open", "检查设备")
    assert (second.refused, second.open) == (None, ("preliminary_check",))


def test_a_step_may_be_left_out(lay):
    """What the other authority does not ask for does not happen."""
    dropped = OVER.replace('unset = ["refused"]', "drop = true")

    assert [step.act for step in lay(dropped).steps] == ["cases.open", None]


def test_a_variant_may_end_before_its_base(lay):
    """What comes after its last step is not played; what it adds there is."""
    early = """
    base = "base.toml"
    title = "b"
    issuer = "zhanhe"
    until = 2026-03-09T09:00:00+08:00
    [[add]]
    at = 2026-03-09T09:30:00+08:00
    cites = ["zh-yx-7"]
    note = "检查设备"
    """

    assert [step.note or step.act for step in lay(early).steps] == [
        "cases.open",
        "检查设备",
    ]


def test_one_of_several_steps_at_once_is_counted(lay):
    """Of the steps at one moment a change takes the one whose number it gives."""
    counted = OVER.replace("T10:00:00+08:00", "T09:00:00+08:00").replace(
        'cites = ["zh-yx-6a"]\nunset = ["refused"]', 'nth = 1\ncites = ["zh-yx-6a"]'
    )

    assert lay(counted).steps[0].open == ("preliminary_check",)
    with pytest.raises(BadScenario, match="0 steps of the base"):
        lay(counted.replace("nth = 1", "nth = 2"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2026-03-09T10:00:00", "2026-03-09T11:00:00", "0 steps of the base"),
        ('unset = ["refused"]', 'unset = ["facts"]', "the base has no facts"),
        ('cites = ["zh-yx-6a"]\n', "", "cites is missing"),
        ('cites = ["zh-yx-7"]\n', "", "at and cites are needed"),
        ('"周岚" = ', '"李四" = ', "李四 is not in the base"),
        ("base.toml", "none.toml", "No such file"),
        ('title = "b"', "demo = true", "unknown key demo"),
        ("[replace]", "until = 2026-03-09T09:30:00+08:00\n[replace]", "no step at"),
    ],
)
def test_what_does_not_fit_its_base_is_refused(lay, old, new, told):
    """A variant that has drifted from its base is told, and never half laid over."""
    assert old in OVER
    with pytest.raises(BadScenario) as refused:
        lay(OVER.replace(old, new, 1))

    assert told in refused.value.reason


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_every_difference_comes_from_a_clause(path):
    """Each changed or added step names clauses whose text is kept."""
    known = set()
    for file in PROCESSES.glob("clauses/*.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            known |= {row["id"] for row in csv.DictReader(rows)}
    cited = cites_of(tomllib.loads(path.read_text("utf-8")))

    assert cited
    assert all(cited)
    assert {cite for cites in cited for cite in cites} - known == set()
