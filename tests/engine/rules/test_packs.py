from __future__ import annotations

import re
from datetime import date

import pytest

from engine.rules import jurisdiction
from engine.rules.errors import InvalidPack
from storage.vocabulary import (
    Bound,
    Capacity,
    DueAt,
    HoldEffect,
    HoldTrigger,
    KeptBy,
    Leave,
    Level,
    Moment,
    Operation,
    Post,
    RecordForm,
    Requester,
    Subject,
    TermUnit,
)
from tests.engine.rules.pack_texts import (
    ACCESS,
    DUTY,
    HEAD,
    HOLD,
    KNOWN,
    PAPER,
    PARAMETER,
    POSTS,
    RECORD,
    RETENTION,
    SEPARATION,
    SPOKEN,
    SWITCH,
    TERM,
    WAIVER,
    WHOLE,
    WORDS,
)


def _load(text):
    return jurisdiction.load(text, "a.toml", **KNOWN)


def test_a_whole_pack_is_read():
    """Every kind of entry arrives with its day and its clauses."""
    pack = _load(WHOLE)
    photo, paper = pack.records
    (term,) = pack.terms

    assert photo.at == "inspection.onsite"
    assert photo.requirement.key == "recording:photo|video"
    assert photo.requirement.codes == ("photo", "video")
    assert photo.requirement.source == "a"
    assert paper.requirement.form is RecordForm.DOCUMENT
    assert paper.requirement.level is Level.MANDATORY
    assert paper.requirement.due is DueAt.DEPOSIT
    assert paper.requirement.when == "serious"
    assert (paper.requirement.carried, paper.requirement.count) == (True, 2)
    assert paper.mark == "v"
    assert (term.length, term.unit, term.warn) == (30, TermUnit.DAY, (10, 3))
    assert term.extended_by == (Post.AGENCY_HEAD,)
    assert pack.term_codes == {"archiving"}
    assert pack.parameter_names == {"minimum_panel"}
    assert pack.waivers[0].rule.approvers == (Post.AGENCY_HEAD,)
    assert pack.posts[0].capacity is Capacity.APPROVER
    assert pack.separations[0].rule == "SD1"
    assert pack.titles == {Post.AGENCY_HEAD: "局主要领导"}
    assert pack.grounds == {"weather": "天气"}


def test_what_is_seen_kept_spoken_and_owed_is_read():
    """Access, keeping, spoken words, duties and switches arrive as they stand."""
    pack = _load(HEAD + ACCESS + RETENTION + HOLD + SPOKEN + DUTY + SWITCH)
    (seen,) = pack.access
    kept, held = pack.retentions
    (spoken,) = pack.announcements
    (duty,) = pack.duties
    (switch,) = pack.parameters

    assert (seen.requester, seen.leave) == (Requester.OFFICER, Leave.APPROVED)
    assert seen.operations == (Operation.RETRIEVE, Operation.COPY)
    assert seen.approvers == (Post.UNIT_HEAD, Post.DEPUTY_HEAD)
    assert seen.says == (("escort", ("某人",)),)
    assert (kept.length, kept.unit, kept.bound) == (6, TermUnit.MONTH, Bound.MINIMUM)
    assert (held.trigger, held.effect) == (HoldTrigger.OBJECTION, HoldEffect.AUTOMATIC)
    assert (held.length, held.as_case_file) == (None, False)
    assert (spoken.code, spoken.moment, spoken.text) == (
        "opening",
        Moment.OPENING,
        "你好",
    )
    assert (duty.code, duty.subject, duty.kept_by) == (
        "venues",
        Subject.VENUE,
        KeptBy.SHOWN,
    )
    assert duty.says == (("venues", ("甲", "乙")), ("named_person", True))
    assert (switch.settles, switch.choices) == ("d-13", ("strict", "guide"))


def test_a_pack_may_name_anything_when_nothing_is_known():
    """Without catalogues only the words of the vocabulary are checked."""
    text = WHOLE.replace("pds-1", "x-9").replace("inspection.onsite", "y.z")

    assert jurisdiction.load(text, "a.toml").records[0].at == "y.z"


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        (HEAD, 'name = "甲"', "", "missing_key:name"),
        (HEAD, '"a"', "1", "wrong_type:issuer"),
        (HEAD, "since", "color = 1\nsince", "unknown_key:color"),
        (RECORD, "level", "color = 1\nlevel", "unknown_key:color"),
        (RECORD, "inspection.onsite", "x.y", "unknown_activity:x.y"),
        (RECORD, '"recording"', '"film"', "unknown_form:film"),
        (RECORD, "photo|video", "photo|film", "unknown_medium:film"),
        (RECORD, "mandatory", "must", "unknown_level:must"),
        (RECORD, "pds-1", "pds-2", "unknown_clause:pds-2"),
        (RECORD, '["pds-1"]', "[]", "missing_key:cites"),
        (RECORD, '["pds-1"]', "[1]", "wrong_type:cites"),
        (RECORD, "since = 2019-03-20", "", "missing_key:since"),
        (RECORD, "2019-03-20", '"2019-03-20"', "wrong_type:since"),
        (RECORD, "level", 'mark = "x"\nlevel', "unknown_mark:x"),
        (ACCESS, '"officer"', '"boss"', "unknown_requester:boss"),
        (ACCESS, '["unit_head", "deputy_head"]', "[]", "approvers_without_approval"),
        (ACCESS, '"approved"', '"none"', "approvers_without_approval"),
        (ACCESS, '["retrieve", "copy"]', "[]", "missing_key:operations"),
        (ACCESS, "escort", "color", "unknown_says:color"),
        (ACCESS, '"某人"', "2", "wrong_type:says.escort"),
        (ACCESS, '"某人"', '["甲", 2]', "wrong_type:says.escort"),
        (RETENTION, 'unit = "month"', "", "number_without_unit"),
        (RETENTION, 'bound = "minimum"', "", "not_a_length"),
        (HOLD, 'effect = "automatic"', "", "trigger_without_effect"),
        (SPOKEN, "inspection.onsite", "x.y", "unknown_activity:x.y"),
        (SPOKEN, "opening", "Opening", "bad_name"),
        (DUTY, "matter_approval", "paper", "unknown_document:paper"),
        (DUTY, '"venue"', '"color"', "unknown_subject:color"),
        (SWITCH, '"strict"\n', '"loose"\n', "not_a_choice:loose"),
        (PAPER, "matter_approval", "x", "unknown_document:x"),
        (PAPER, '["handler"]', '["x"]', "unknown_role:x"),
        (PAPER, "count = 2", "count = 0", "count_below_one"),
        (PAPER, "count = 2", "count = true", "wrong_type:count"),
        (PAPER, "carried = true", 'carried = "yes"', "wrong_type:carried"),
        (TERM, 'unit = "day"', "", "number_without_unit"),
        (TERM, '"day"', '"week"', "unknown_unit:week"),
        (TERM, '"day"', '"second"', "unknown_unit:second"),
        (RETENTION, '"month"', '"second"', "unknown_unit:second"),
        (TERM, "length = 30", "length = 0", "not_a_length"),
        (TERM, "extends = 5", "extends = -1", "not_a_length"),
        (TERM, "[10, 3]", '["soon"]', "not_a_length"),
        (TERM, "deadline.archiving", "deadline.Archiving", "bad_name"),
        (PARAMETER, 'unit = "person"', "", "number_without_unit"),
        (PARAMETER, '"person"', '"head"', "unknown_unit:head"),
        (PARAMETER, "value = 3", "", "wrong_type:value"),
        (PARAMETER, "value = 3", "value = 1.5", "wrong_type:value"),
        (PARAMETER, "value = 3", "value = [1]", "wrong_type:value"),
        (WAIVER, "inspection.onsite", "x.y", "unknown_activity:x.y"),
        (WAIVER, '["weather"]', "[]", "missing_key:grounds"),
        (WAIVER, '["agency_head"]', '["king"]', "unknown_approvers:king"),
        (WAIVER, '["agency_head"]', "[]\nafter = true", "nobody_reviews"),
        (
            WAIVER,
            'code = "photo"',
            'code = "photo"\nsettled_by = "waiver_review"',
            "missing_key:otherwise",
        ),
        (
            WAIVER,
            'code = "photo"',
            'code = "photo"\notherwise = { both = ["agency_head"] }',
            "missing_key:settled_by",
        ),
        (POSTS, "penalty.proposal", "x.y", "unknown_activity:x.y"),
        (POSTS, "capacity.approver", "capacity.king", "unknown_capacity:king"),
        (SEPARATION, '["handler", "reviewer"]', '["handler"]', "nothing_to_keep"),
        (SEPARATION, '["handler", "reviewer"]', "[]", "nothing_to_keep_apart"),
        (WORDS, "agency_head", "king", "unknown_post:king"),
        (WORDS, '"局主要领导"', "1", "wrong_type:agency_head"),
    ],
)
def test_a_wrong_entry_is_refused(text, old, new, reason):
    """Whatever a pack may get wrong is named by a stable reason."""
    entries = HEAD + RECORD + PAPER + TERM + PARAMETER + WAIVER + POSTS + SEPARATION
    entries += ACCESS + RETENTION + HOLD + SPOKEN + DUTY + SWITCH + WORDS
    whole = entries.replace(text, text.replace(old, new, 1), 1)
    with pytest.raises(InvalidPack, match=re.escape(reason)) as refusal:
        _load(whole)

    assert refusal.value.file == "a.toml"


def test_a_refusal_names_the_line_and_the_entry():
    """A lawyer is led to the table that is wrong."""
    text = HEAD + RECORD + PAPER.replace("matter_approval", "x")
    with pytest.raises(InvalidPack) as refusal:
        _load(text)

    assert text.splitlines()[refusal.value.line - 1] == "[[record]]"
    assert refusal.value.line == 13
    assert refusal.value.entry == "record 2 (penalty.proposal document:x)"


def test_text_that_is_no_toml_names_its_line():
    """A slip of the pen is found by its line."""
    with pytest.raises(InvalidPack, match="not_toml") as refusal:
        _load(HEAD + "\n[[record]\n")

    assert refusal.value.line == 5


def test_text_that_stops_short_is_refused():
    """A text cut off in the middle has no line to name."""
    with pytest.raises(InvalidPack, match="not_toml") as refusal:
        _load("[")

    assert refusal.value.line is None


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "[record]\nx = 1\n",
        HEAD + "[deadline.archiving]\nlength = 1\n",
    ],
)
def test_entries_come_in_lists(text):
    """One entry is written as a list of one, so that a later one can follow."""
    with pytest.raises(InvalidPack, match="not_a_list_of_tables"):
        _load(text)


def test_a_table_written_inline_has_no_line():
    """An entry without a header of its own is still refused by name."""
    with pytest.raises(InvalidPack) as refusal:
        _load(HEAD + "record = [{at = 'x.y'}]\n")

    assert refusal.value.line is None


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (RECORD, "record inspection.onsite recording:photo|video 2019-03-20"),
        (TERM, "deadline archiving 2019-03-20"),
        (PARAMETER, "parameter minimum_panel 2019-03-20"),
        (WAIVER, "waiver inspection.onsite recording photo 2019-03-20"),
        (POSTS, "capacity approver penalty.proposal 2019-03-20"),
        (SEPARATION, "separation SD1 2019-03-20"),
    ],
)
def test_two_entries_from_one_day_are_refused(entry, name):
    """Which of two entries from the same day holds, nobody could say."""
    text = HEAD + entry + entry
    with pytest.raises(InvalidPack, match="overlapping_since") as refusal:
        _load(text)

    header = entry.splitlines()[1]
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line == header]
    assert refusal.value.entry == name
    assert refusal.value.line == lines[1]


def test_two_inline_entries_from_one_day_are_refused_without_a_line():
    """Where no header stands, the entry is named all the same."""
    entry = '{value = true, since = 2019-03-20, cites = ["pds-1"]}'
    with pytest.raises(InvalidPack, match="overlapping_since") as refusal:
        _load(HEAD + f"parameter = {{x = [{entry}, {entry}]}}\n")

    assert refusal.value.line is None


def test_data_and_lists_are_read():
    """Electronic data has codes of its own; a parameter may be a list of words."""
    data = RECORD.replace('"recording"', '"data"').replace("photo|video", "reading")
    words = PARAMETER.replace("value = 3", 'value = ["a", "b"]').replace(
        'unit = "person"', ""
    )
    pack = _load(HEAD + data + words)

    assert pack.records[0].requirement.key == "data:reading"
    assert pack.parameters[0].value == ("a", "b")


def test_another_condition_is_another_entry():
    """The same record on another condition does not overlap."""
    other = PAPER.replace('"serious"', '"doubtful"')

    assert len(_load(HEAD + PAPER + other).records) == 2


def test_a_later_entry_may_be_added():
    """The rule in force stays; the new one begins on its own day."""
    old, later = _load(HEAD + TERM), TERM.replace("2019-03-20", "2027-01-01")
    new = _load(HEAD + TERM + later.replace("30", "20"))

    assert jurisdiction.check_succession(old, new, date(2026, 1, 1)) is None


@pytest.mark.parametrize("text", [HEAD, HEAD + TERM.replace("30", "20"), HEAD + RECORD])
def test_a_rule_in_force_is_never_edited(text):
    """Neither changed nor dropped: the refusal names the entry."""
    with pytest.raises(InvalidPack) as refusal:
        jurisdiction.check_succession(_load(HEAD + TERM), _load(text), date(2026, 1, 1))

    assert refusal.value.reason == "edited"
    assert refusal.value.entry == "deadline archiving 2019-03-20"


def test_a_rule_not_yet_in_force_may_be_edited():
    """What holds only from a later day is still a draft."""
    old = _load(HEAD + TERM.replace("2019-03-20", "2027-01-01"))

    assert jurisdiction.check_succession(old, _load(HEAD), date(2026, 1, 1)) is None
