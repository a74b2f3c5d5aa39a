"""A sixth authority is one rule pack and its clause texts, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.commands import definitions
from engine.commands.pinned import pinned_to
from engine.rules import jurisdiction
from engine.rules.errors import InvalidPack
from forms import registry
from storage.vocabulary import Level, Post, RecordForm
from tests.case_file import MONDAY
from tests.factories import shipped
from tests.law.packs import pack

CODES = [definition.code for definition in registry.all()]
FOLDER = Path(__file__).with_name("sixth")
PACK = (FOLDER / "sixth.toml").read_text("utf-8")
CLAUSES = (FOLDER / "sx.csv").read_text("utf-8")


def _files(text=PACK):
    return {
        **shipped(),
        "jurisdictions/sixth.toml": text,
        "clauses/sx.csv": CLAUSES,
    }


def test_a_sixth_authority_is_published_from_its_two_files(office):
    """Its cases are pinned to its rules beside the nation's; nothing else changed."""
    with office.transaction(at=MONDAY) as tx:
        definitions.publish(tx, _files(), CODES)
        found = definitions.newest_set(tx, "penalty", "sixth")
        rules = pinned_to(tx.session, found.id).rules(MONDAY)
        asked = {each.key: each for each in rules.records("inspection.onsite")}

    assert asked["recording:audio"].level is Level.MANDATORY
    assert asked["recording:audio"].cites == ("sx-3",)
    assert asked["recording:audio"].waiver.approvers == (Post.AGENCY_HEAD,)
    assert "document:onsite_record" in asked
    assert rules.term("footage_deposit").length == 3
    assert rules.titles(Post.AGENCY_HEAD) == "局长"


def test_it_differs_from_every_other_authority():
    """Nobody else asks for sound alone on site, or waits three working days."""
    sixth = jurisdiction.resolve(
        pack("national"), jurisdiction.load(PACK, "sixth.toml"), date(2026, 3, 9)
    )
    rule = sixth.waiver("inspection.onsite", RecordForm.RECORDING, "audio")

    assert rule.grounds == ("weather",)
    assert [each.leave.value for each in sixth.access] == ["approved"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"inspection.onsite"', '"inspection.on_site"', "unknown_activity"),
        ('"sx-3"', '"sx-33"', "unknown_clause:sx-33"),
        ('unit = "working_day"\n', "", "number_without_unit"),
        ('requester = "party"', 'requester = "boss"', "unknown_requester:boss"),
    ],
)
def test_its_mistakes_are_refused_with_their_line(office, old, new, reason):
    """A wrong word in the new pack publishes nothing and names its line."""
    text = PACK.replace(old, new, 1)
    with (
        office.transaction(at=MONDAY) as tx,
        pytest.raises(InvalidPack, match=reason) as refused,
    ):
        definitions.publish(tx, _files(text), CODES)

    assert refused.value.file.endswith("sixth.toml")
    assert text.splitlines()[refused.value.line - 1].startswith("[[")
