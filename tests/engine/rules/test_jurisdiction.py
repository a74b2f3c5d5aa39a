from __future__ import annotations

from datetime import date

import pytest

from engine.rules import jurisdiction
from engine.rules.errors import TermUnknown
from storage.vocabulary import Capacity, Level, Post, RecordForm, TermUnit

DAY = date(2026, 3, 9)
NATION = """
issuer = "national"
name = "国家"
since = 2012-01-01

[titles]
agency_head = "机关主要负责人"
unit_head = "承办机构负责人"

[[record]]
at = "hearing.session"
form = "recording"
code = "audio"
level = "conditional"
since = 2018-12-05
cites = ["notice-118"]

[[record]]
at = "hearing.session"
form = "document"
code = "hearing_record"
level = "mandatory"
since = 2021-07-15
cites = ["pl-64"]

[[waiver]]
form = "recording"
grounds = ["unlisted"]
approvers = ["agency_head"]
since = 2018-12-05
cites = ["notice-118"]

[[deadline.docketing]]
length = 7
unit = "working_day"
since = 2021-07-15
cites = ["r53-15"]

[[deadline.payment]]
length = 15
unit = "day"
rolls = true
since = 2021-07-15
cites = ["pl-67"]

[[deadline.decision]]
length = 3
unit = "month"
since = 1997-06-19
cites = ["r53-29"]

[[deadline.decision]]
length = 90
unit = "day"
since = 2021-07-15
cites = ["pl-60"]

[[parameter.minimum_panel]]
value = 3
unit = "person"
since = 2021-07-15
cites = ["pl-57"]

[[parameter.network]]
value = "any"
since = 2021-07-15
cites = ["pl-50"]

[[capacity.approver]]
posts = ["deputy_head", "agency_head"]
since = 2021-07-15
cites = ["pl-57"]

[[capacity.approver]]
matter = "evidence.registration_approval"
posts = ["agency_head"]
since = 2021-07-15
cites = ["pl-56"]

[[separation]]
rule = "SD1"
capacities = ["handler", "reviewer", "approver"]
since = 2021-07-15
cites = ["pl-57"]
"""
LOCAL = """
issuer = "pingdingshan"
name = "平顶山"
since = 2019-03-20

[titles]
agency_head = "局主要领导"

[[record]]
at = "hearing.session"
form = "recording"
code = "audio"
level = "mandatory"
since = 2019-03-20
cites = ["pds-2019-16-7a"]

[[record]]
at = "hearing.session"
form = "recording"
code = "audio"
level = "optional"
since = 2027-01-01
cites = ["pds-2019-16-7b"]

[[waiver]]
form = "recording"
grounds = ["privacy"]
since = 2019-03-20
cites = ["pds-x"]

[[waiver]]
at = "hearing.session"
form = "recording"
code = "audio"
grounds = ["weather"]
since = 2019-03-20
cites = ["pds-y"]

[[deadline.docketing]]
length = 7
unit = "day"
since = 2019-03-20
cites = ["pds-z"]

[[deadline.payment]]
length = 10
unit = "day"
rolls = true
since = 2019-03-20
cites = ["pds-z"]

[[parameter.network]]
value = "private"
since = 2019-03-20
cites = ["pds-2019-22"]

[[capacity.approver]]
posts = ["deputy_head"]
since = 2019-03-20
cites = ["pds-2019-12a"]

[[separation]]
rule = "SD9"
capacities = ["footage_custodian"]
apart_from = ["handler"]
since = 2019-03-20
cites = ["pds-x"]
"""
NATIONAL = jurisdiction.load(NATION, "national.toml")
ISSUER = jurisdiction.load(LOCAL, "pingdingshan.toml")


@pytest.fixture
def rules():
    """Return both packs, resolved for one day."""
    return jurisdiction.resolve(NATIONAL, ISSUER, DAY)


def test_records_take_the_stricter_of_both(rules):
    """A conditional national recording becomes mandatory, both clauses cited."""
    audio, paper = rules.records("hearing.session")

    assert (audio.key, audio.level) == ("recording:audio", Level.MANDATORY)
    assert audio.cites == ("notice-118", "pds-2019-16-7a")
    assert audio.source == "national+pingdingshan"
    assert paper.source == "national"
    assert rules.records("hearing.session") is rules.records("hearing.session")
    assert rules.records("nothing") == ()


def test_the_nearest_way_to_waive_is_taken(rules):
    """The authority's own rule for the very record goes before its general one."""
    audio, paper = rules.records("hearing.session")

    assert audio.waiver.grounds == ("weather",)
    assert paper.waiver is None
    general = rules.waiver("inspection.onsite", RecordForm.RECORDING, "photo")
    assert general.grounds == ("privacy",)


def test_national_law_knows_a_way_where_the_authority_is_silent():
    """An authority without waivers of its own has the national one."""
    rules = jurisdiction.resolve(NATIONAL, NATIONAL, DAY)

    assert rules.records("hearing.session")[0].waiver.grounds == ("unlisted",)


def test_a_duty_takes_the_shorter_term_and_a_right_the_longer(rules):
    """Seven calendar days beat seven working days; fifteen days beat ten."""
    assert rules.terms["docketing"].unit is TermUnit.DAY
    assert rules.terms["payment"].length == 15
    assert [term.source for term in rules.compared["docketing"]] == [
        "pingdingshan",
        "national",
    ]


def test_an_entry_is_chosen_by_its_day():
    """A later entry of the same rule replaces the earlier one from its day on."""
    early = jurisdiction.resolve(NATIONAL, ISSUER, date(2020, 1, 1))
    late = jurisdiction.resolve(NATIONAL, ISSUER, date(2027, 1, 1))

    assert early.terms["decision"].unit is TermUnit.MONTH
    assert early.separation[0].rule == "SD9"
    assert late.terms["decision"].length == 90
    # What the authority no longer asks, national law still asks if needed.
    assert late.records("hearing.session")[0].level is Level.CONDITIONAL


def test_a_term_that_nobody_gives_is_refused(rules):
    """No number is made up where the texts are silent."""
    assert rules.term("decision").length == 90
    with pytest.raises(TermUnknown) as refusal:
        rules.term("footage_deposit")
    assert refusal.value.facts() == {
        "term": "footage_deposit",
        "issuer": "pingdingshan",
        "on": DAY,
    }


def test_parameters_are_plain_and_cited(rules):
    """Conditions read values; screens read the clause beside them."""
    assert rules.parameters["minimum_panel"] == 3
    assert rules.parameters["network"] == "private"
    assert rules.cited["network"].cites == ("pds-2019-22",)


def test_the_particular_matter_goes_before_the_general(rules):
    """Registration of evidence is approved by the head, whoever approves the rest."""
    matter = "evidence.registration_approval"

    assert rules.posts(Capacity.APPROVER) == (Post.DEPUTY_HEAD,)
    assert rules.posts(Capacity.APPROVER, matter) == (Post.AGENCY_HEAD,)
    assert rules.posts(Capacity.APPROVER, "other.matter") == (Post.DEPUTY_HEAD,)
    assert rules.posts(Capacity.PUBLISHER) == ()


def test_posts_have_the_authority_s_own_titles(rules):
    """Each authority's word for a post, else the national one, else the code."""
    assert rules.titles(Post.AGENCY_HEAD) == "局主要领导"
    assert rules.titles(Post.UNIT_HEAD) == "承办机构负责人"
    assert rules.titles(Post.OFFICER) == "officer"


def test_separations_of_both_sources_hold(rules):
    """What either source keeps apart is kept apart."""
    assert [item.rule for item in rules.separation] == ["SD1", "SD9"]


def test_activities_are_the_keys_of_their_catalogue():
    """The catalogue of activities is a table of codes."""
    text = '[activity."penalty.acceptance"]\nzh = "受理"\n'

    assert jurisdiction.activity_codes(text) == {"penalty.acceptance"}
