"""How the further points are settled, where no switch of their own is turned.

The expected answers were written down from the matrix and the clauses, point by point.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime

import pytest

from engine.rules import jurisdiction
from engine.rules.deadlines import SHANGHAI
from engine.rules.explain import statements
from storage.vocabulary import (
    KeptBy,
    Leave,
    Material,
    Post,
    RecordForm,
    Requester,
    RetentionClass,
)
from tests.architecture.tree import ROOT
from tests.law.mutated import texts
from tests.law.packs import ISSUERS, PROCESSES, forms, pack, rules

PDS, DL, SH, QY, ZH = ISSUERS
MOMENT = datetime(2026, 3, 13, 16, 30, tzinfo=SHANGHAI)


def seen(issuer, requester, material):
    """Return by whose leave somebody sees a material: leave, approvers."""
    found = [
        (entry.leave, entry.approvers)
        for entry in rules(issuer).access
        if entry.requester is requester and entry.material in {material, Material.ANY}
    ]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("requester", "material", "leave", "approvers"),
    [
        (Requester.OTHER_UNIT, Material.FILE, Leave.APPROVED, ["deputy_head"]),
        (
            Requester.OTHER_UNIT,
            Material.RECORDER,
            Leave.APPROVED,
            ["unit_head", "deputy_head"],
        ),
        (Requester.GOVERNMENT, Material.RECORDER, Leave.APPROVED, ["agency_head"]),
        (Requester.MAKER, Material.FILE, Leave.NONE, []),
        (Requester.MAKER, Material.RECORDER, Leave.NONE, []),
        (Requester.MAKER, Material.ROOM, Leave.APPROVED, ["unit_head"]),
    ],
)
def test_d_32_qingyuan_asks_by_requester_and_material(
    requester, material, leave, approvers
):
    """制度 for files, 规程 for recorders' originals, 询问室规定 for its recordings."""
    assert seen(QY, requester, material) == (leave, tuple(map(Post, approvers)))


def test_d_33_retrieval_in_pingdingshan_has_two_approvals():
    """No exception for one's own records; a working view is no retrieval."""
    found = seen(PDS, Requester.OFFICER, Material.ANY)
    entry = next(e for e in rules(PDS).access if e.requester is Requester.OFFICER)

    assert found == (Leave.APPROVED, (Post.UNIT_HEAD, Post.DEPUTY_HEAD))
    assert "view" not in entry.operations


@pytest.mark.parametrize(
    ("issuer", "requester", "operations", "leave"),
    [
        (ZH, Requester.PARTY, {"view"}, Leave.APPROVED),
        (PDS, Requester.PARTY, {"copy"}, Leave.APPROVED),
        (DL, Requester.PARTY, {"view", "copy"}, Leave.INFORMATION_LAW),
        (SH, Requester.OUTSIDER, {"view", "copy"}, Leave.INFORMATION_LAW),
        (QY, Requester.PUBLIC, {"retrieve"}, Leave.COLLEGIAL),
    ],
)
def test_d_34_a_party_views_or_copies(issuer, requester, operations, leave):
    """Viewing in Zhanhe, copying in Pingdingshan, by other law elsewhere."""
    entry = next(e for e in rules(issuer).access if e.requester is requester)

    assert ({str(each) for each in entry.operations}, entry.leave) == (
        operations,
        leave,
    )


def test_d_35_listed_organs_are_verified_not_approved():
    """第六条 is the special rule: view and copy after a check of letter and ID."""
    entry = next(e for e in rules(ZH).access if e.requester is Requester.JUDICIAL)

    assert (entry.leave, entry.approvers) == (Leave.NONE, ())
    assert dict(entry.says)["verification"] == ("核实",)


def test_d_36_the_leadership_decides_together():
    """领导班子研究同意 has no number of members and no chain of approvers."""
    entry = next(e for e in rules(QY).access if e.requester is Requester.PUBLIC)

    assert (entry.leave, entry.approvers) == (Leave.COLLEGIAL, ())


@pytest.mark.parametrize(
    ("issuer", "clause"),
    [(ZH, "zh-dy-4a"), (SH, "sh-a3-12b"), (PDS, "pds-2019-20b")],
)
def test_d_37_what_holds_in_a_room_is_told(issuer, clause):
    """Not out of the room, on the spot, escorted: shown, never claimed as enforced."""
    told = [each for each in statements(rules(issuer)) if clause in each.cites]

    assert told
    assert {each.facts.get("kept_by") for each in told} <= {None, *KeptBy} - {
        KeptBy.GATE
    }


@pytest.mark.parametrize(
    ("issuer", "covers", "period"),
    [
        (SH, RetentionClass.ORDINARY, (6, "month", "minimum")),
        (QY, RetentionClass.ORDINARY, (6, "month", "minimum")),
        (QY, RetentionClass.ROOM, (2, "year", "minimum")),
        (ZH, RetentionClass.ALL, (1, "year", "fixed")),
        (PDS, RetentionClass.ORDINARY, None),
        (DL, RetentionClass.ORDINARY, None),
    ],
)
def test_d_38_keeping_is_what_each_text_states(issuer, covers, period):
    """Where two say nothing, nothing is made up, and nothing is cleared."""
    found = [
        (
            entry.length,
            entry.unit and entry.unit.value,
            entry.bound and str(entry.bound),
        )
        for entry in rules(issuer).retentions
        if entry.covers is covers and entry.trigger is None and entry.length
    ]

    assert found == ([period] if period else [])


@pytest.mark.parametrize(
    ("issuer", "effect", "number"),
    [(SH, "decision", 4), (QY, "automatic", 4), (ZH, "automatic", 3)],
)
def test_d_39_long_keeping_is_by_itself_or_by_decision(issuer, effect, number):
    """可 asks somebody, 应当 holds by itself; neither has an end."""
    held = [entry for entry in rules(issuer).retentions if entry.trigger]

    assert {str(entry.effect) for entry in held} == {effect}
    assert len({entry.trigger for entry in held}) == number
    assert all(entry.length is None for entry in held)


@pytest.mark.clause("zh-yx-16-1")
def test_d_40_a_forecast_is_a_trigger_like_the_objection():
    """可能投诉、上访 has no trigger of its own: an objection or somebody's flag."""
    entry = next(e for e in rules(ZH).retentions if "zh-yx-16-1" in e.cites)

    assert str(entry.trigger) == "objection"


@pytest.mark.parametrize(
    ("issuer", "copies"), [(QY, 2), (ZH, 2), (DL, None), (SH, None), (PDS, None)]
)
def test_d_41_two_discs_where_the_text_says_two(issuer, copies):
    """No number of copies is made up for the others."""
    assert rules(issuer).parameters.get("disc_copies") == copies


@pytest.mark.clause("dl-28a", "qy-zd-9b")
@pytest.mark.parametrize("issuer", [DL, QY])
def test_d_43_who_films_does_not_keep(issuer):
    """The custodian is nobody who handles the case; until then it is in transit."""
    parted = {
        frozenset((*each.capacities, *each.apart_from))
        for each in rules(issuer).separation
    }

    assert frozenset({"footage_custodian", "handler"}) in parted


def test_d_44_custody_in_pingdingshan_is_told_for_both_times():
    """第十一条 before archiving, 第十九条 from then on: both stand in the pack."""
    told = {c for each in statements(rules(PDS)) for c in each.cites}

    assert {"pds-2019-8a", "pds-2019-11-1", "pds-2019-19"} <= told


def test_d_45_no_title_is_merged():
    """Each authority's leaders keep the words of its text."""
    heads = {issuer: rules(issuer).titles(Post.AGENCY_HEAD) for issuer in ISSUERS}

    assert heads[PDS] != heads[ZH]
    assert heads[ZH] == "委主要负责人"
    assert len(set(heads.values())) > 2


def test_d_46_one_document_several_names():
    """One code, and the name that the authority's text has."""
    names = set(forms()["proof_of_service"]["name"]["zh"].values())

    assert "送达回证" in {*names, forms()["proof_of_service"]["zh"]}


@pytest.mark.parametrize(
    ("clause", "slip"),
    [("dl-12-1", "询间"), ("qy-zd-5g", "财务"), ("zh-yx-17a", "安全生产")],
)
def test_d_47_slips_stay_in_the_text(clause, slip):
    """The text is shown as it was printed."""
    assert slip in texts()[clause].text


@pytest.mark.parametrize("issuer", ISSUERS)
def test_d_48_only_one_text_asks_for_a_private_network(issuer):
    """专网 in Pingdingshan; the others name none."""
    found = rules(issuer).parameters.get("network")

    assert found == ("private" if issuer == PDS else None)


def test_d_49_a_district_inherits_nothing_from_its_city():
    """Zhanhe's rules cite nothing of Pingdingshan."""
    cites = {c for each in statements(rules(ZH)) for c in each.cites}

    assert not any(clause.startswith("pds-") for clause in cites)


def test_d_50_two_hours_before_and_no_exception():
    """A later booking is no lawful one; the number is the text's."""
    found = rules(PDS).cited["monitoring_room_notice"]

    assert (found.value, found.unit) == (2, "hour")
    assert "monitoring_room_notice" not in rules(QY).parameters


@pytest.mark.parametrize(
    ("issuer", "activity", "clause"),
    [
        (SH, "inspection.onsite", "sh-a1-9"),
        (QY, "investigation.interview", "qy-xw-14c"),
    ],
)
def test_d_52_words_are_chosen_by_the_step(issuer, activity, clause):
    """The sentence stands at the steps it is for, verbatim."""
    (spoken,) = [e for e in rules(issuer).announcements if clause in e.cites]

    assert activity in spoken.at or not spoken.at
    assert spoken.text
    assert spoken.text[:12] in texts()[clause].text


@pytest.mark.clause("dl-12-7")
def test_d_53_an_opinion_from_outside_counts_when_it_is_there():
    """The appraiser's paper is asked for, and is no paper of the agency's."""
    lines = [
        entry.requirement
        for entry in rules(DL).record_entries
        if "dl-12-7" in entry.cites
    ]

    assert [line.codes for line in lines] == [("appraisal_opinion",)]


def test_d_54_two_kinds_without_a_node_have_no_rule_of_their_own():
    """征收征用 and 抽检 are named, and no step of theirs is made up."""
    codes = tomllib.loads((PROCESSES / "activities.toml").read_text("utf-8"))

    assert not any("requisition" in code for code in codes["activity"])
    assert any("zh-dy-2a" in each.cites for each in statements(rules(ZH)))


@pytest.mark.clause("sh-m-2-3e")
def test_d_55_no_paperless_penalty():
    """The pilot is for inspections; what a penalty asks for is asked for as ever."""
    told = [e for e in statements(rules(SH)) if "sh-m-2-3e" in e.cites]

    assert told
    assert all(each.kind != "waiver" for each in told)


@pytest.mark.clause("qy-zd-9c")
def test_d_56_more_time_has_one_approver_and_no_limit():
    """主管领导 extends; no length, no number of times is stated."""
    term = rules(QY).term("footage_deposit")

    assert term.extended_by == (Post.DEPUTY_HEAD,)
    assert (term.extends, term.extend_times) == (0, 0)
    assert not rules(SH).term("footage_deposit").extended_by


@pytest.mark.parametrize("issuer", ISSUERS)
def test_d_57_a_pack_has_a_first_day_and_no_last(issuer):
    """Before its day nothing of it holds."""
    own = pack(issuer)
    before = jurisdiction.resolve(
        pack("national"), replace(own), own.since.replace(year=own.since.year - 3)
    )

    assert not [each for each in statements(before) if each.source == issuer]
    assert (ROOT / "processes/jurisdictions" / f"{issuer}.toml").exists()


def test_the_forms_of_the_gate_are_those_of_the_texts():
    """Documents, recordings, data: what a point calls a record is one of them."""
    assert {form.value for form in RecordForm} == {"document", "recording", "data"}


@pytest.mark.clause("pds-2019-12c", "dl-8b")
@pytest.mark.parametrize(("issuer", "reading"), [(PDS, "approved"), (DL, "submitted")])
def test_d_01_the_paper_is_approved_or_submitted_within_a_day(issuer, reading):
    """补批 and 补报: the diagram lets the submission stop the clock in one alone."""
    text = (PROCESSES / "emergency/emergency.bpmn").read_text("utf-8")
    stops = 'meet="complete" if="param.emergency_satisfied_by == \'submitted\'"'

    assert rules(issuer).parameters["emergency_satisfied_by"] == reading
    assert rules(issuer).cited["emergency_satisfied_by"].choices == (
        "approved",
        "submitted",
    )
    assert f'code="emergency_approval" {stops}' in text


@pytest.mark.clause("pds-2019-12b")
@pytest.mark.parametrize(("issuer", "first"), [(PDS, True), (DL, False), (SH, False)])
def test_d_02_oral_consent_comes_first_where_the_text_says_so(issuer, first):
    """In Pingdingshan nothing starts before it; elsewhere it need not be there."""
    assert rules(issuer).parameters["emergency_oral_consent"] is first


@pytest.mark.parametrize(
    ("issuer", "clause", "words"),
    [
        (QY, "qy-xw-15a", "被询问人进入询问室"),
        (SH, "sh-a1-8a", "抵达"),
        (ZH, "zh-yx-8a", "到达"),
    ],
)
def test_d_24_what_a_time_means_is_told(issuer, clause, words):
    """From the entry in the room, from the arrival on site: in the text's words."""
    told = [
        item
        for each in statements(rules(issuer))
        if clause in each.cites
        for _, value in each.says
        for item in (value if isinstance(value, tuple) else ())
    ]

    assert any(words in item for item in told)


@pytest.mark.clause("sh-a1-10c", "sh-a1-10d")
def test_d_25_an_interruption_is_told_on_film_or_written():
    """The spoken reason stands beside the written one, for which there is a paper."""
    written = next(e for e in rules(SH).duties if "sh-a1-10d" in e.cites)

    assert written.documents == ("recording_exception_statement",)
    assert any("sh-a1-10c" in each.cites for each in statements(rules(SH)))
