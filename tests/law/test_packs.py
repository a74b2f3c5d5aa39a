from __future__ import annotations

from datetime import date

import pytest

from engine.bpmn.expressions import compile_expression
from engine.rules.authority import Held, check_separation
from engine.rules.errors import SeparationOfDuties
from storage.vocabulary import Capacity, Level, Post, RecordForm
from tests.law.packs import (
    ISSUERS,
    PACKS,
    activities,
    facts,
    forms,
    held,
    mandatory,
    pack,
    rules,
)

#: Terms that diagrams start or fire; the deposit of footage is each authority's.
TERMS = {
    "docketing",
    "registration_settlement",
    "defense",
    "hearing_request",
    "hearing_notice",
    "decision",
    "decision_service",
    "publication",
    "payment",
    "reconsideration",
    "litigation",
    "demand",
}


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_loads_against_the_catalogues(name):
    """Activities, documents, roles and clauses that a pack names all exist."""
    assert pack(name).issuer == name
    assert pack(name).titles[Post.OFFICER]


@pytest.mark.parametrize("name", PACKS)
def test_every_condition_is_understood(name):
    """A condition uses only declared facts and our expression language."""
    known = {*facts().names}
    known |= {
        f"param.{p.name}"
        for each in (pack("national"), pack(name))
        for p in each.parameters
    }
    known |= {
        f"document.{code}.{field['name']}"
        for code, form in forms().items()
        for section in form["section"]
        for field in section["field"]
        if "name" in field
    }
    strange = {
        name_
        for entry in pack(name).records
        if entry.requirement.when
        for name_ in compile_expression(entry.requirement.when).names
        if name_ not in known and not name_.startswith("outcome.")
    }

    assert strange == set()


@pytest.mark.parametrize("name", ISSUERS)
def test_every_ground_has_its_words(name):
    """A waiver's ground is one of the national list, which has the words."""
    grounds = {ground for entry in pack(name).waivers for ground in entry.rule.grounds}

    assert grounds <= pack("national").grounds.keys()


def test_signatories_can_sign():
    """A role that a pack wants on a document is a signatory of its form."""
    lost = [
        (entry.at, code, role)
        for name in PACKS
        for entry in pack(name).records
        if entry.requirement.form is RecordForm.DOCUMENT
        for code in entry.requirement.codes
        for role in entry.requirement.signed_by
        if role not in {slot["role"] for slot in forms()[code].get("signatory", ())}
    ]

    assert lost == []


@pytest.mark.parametrize("issuer", ISSUERS)
def test_every_term_of_the_ordinary_procedure_is_given(issuer):
    """No clock that a diagram starts is left without a length."""
    assert rules(issuer).terms.keys() >= TERMS


def test_every_capacity_has_its_posts():
    """Somebody can act in every capacity that a case needs."""
    bare = [
        capacity
        for capacity in Capacity
        if capacity is not Capacity.SYSTEM and not rules("pingdingshan").posts(capacity)
    ]

    assert bare == []


def test_every_document_step_is_an_activity():
    """Records are asked for at activities only."""
    at = {entry.at for name in PACKS for entry in pack(name).records}

    assert at <= activities()


@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize(
    ("mode", "recorded"),
    [
        ("leaving", {"dalian_jinpu", "shanghai", "qingyuan", "zhanhe"}),
        ("announcement", {"dalian_jinpu", "shanghai", "qingyuan", "zhanhe"}),
        ("personal", {"qingyuan"}),
        ("postal", set()),
    ],
)
@pytest.mark.clause(
    "dl-21c", "dl-23c", "sh-m-2-2-1f", "sh-m-2-2-1g", "zh-yx-6d", "zh-yx-6e"
)
def test_service_is_recorded_as_each_authority_asks(issuer, mode, recorded):
    """Four record leaving and announcement; one records service in person too."""
    found = mandatory(issuer, "service.delivery", mode=mode)

    assert any(key.startswith("recording:") for key in found) is (issuer in recorded)


@pytest.mark.clause("cp-89")
def test_leaving_service_asks_for_a_witness_or_a_recording():
    """Where the authority is silent, somebody must answer which of the two it was."""
    found = held("pingdingshan", "service.delivery", mode="leaving")

    assert found["recording:photo|video"].level is Level.CONDITIONAL


@pytest.mark.clause("pl-61", "cp-90")
def test_electronic_service_needs_consent():
    """No electronic service without the signed consent, wherever it was signed."""
    found = held("shanghai", "service.delivery", mode="electronic")

    assert found["document:service_consent"].level is Level.MANDATORY
    assert found["document:service_consent"].carried is True


@pytest.mark.parametrize(
    ("issuer", "activity", "wanted"),
    [
        (
            "dalian_jinpu",
            "inspection.onsite",
            {"recording:photo|audio|video|room_video"},
        ),
        ("shanghai", "inspection.onsite", {"recording:video"}),
        ("shanghai", "evidence.registration", {"recording:video|room_video"}),
        ("shanghai", "penalty.defense", {"recording:video|room_video"}),
        ("qingyuan", "inspection.onsite", {"recording:video", "recording:photo"}),
        ("qingyuan", "penalty.panel_record", {"recording:room_video"}),
        ("qingyuan", "penalty.defense", {"recording:room_video"}),
        ("qingyuan", "hearing.session", {"recording:room_video"}),
        ("zhanhe", "inspection.onsite", {"recording:video", "recording:photo"}),
        ("zhanhe", "evidence.registration", {"recording:photo", "recording:video"}),
    ],
)
@pytest.mark.clause(
    "dl-13a",
    "sh-a1-5b",
    "sh-m-2-2-1e",
    "sh-m-2-2-3b",
    "qy-zn-pen-03-av",
    "qy-xw-3c",
    "qy-xw-3d",
    "qy-xw-3e",
    "zh-yx-6a",
    "zh-yx-6b",
)
def test_what_each_authority_records(issuer, activity, wanted):
    """The recordings that must be, authority by authority."""
    found = mandatory(issuer, activity)

    assert {key for key in found if key.startswith("recording:")} == wanted


@pytest.mark.clause("qy-xw-3f")
@pytest.mark.parametrize(("serious", "recorded"), [(True, True), (False, False)])
def test_qingyuan_films_the_discussion_of_grave_cases(serious, recorded):
    """The room's camera runs when the case is grave."""
    found = mandatory("qingyuan", "discussion.record", serious=serious)

    assert ("recording:room_video" in found) is recorded


@pytest.mark.parametrize(
    ("issuer", "footage", "archive"),
    [
        ("pingdingshan", "2 working_day", "30 day"),
        ("dalian_jinpu", "24 hour", "30 day"),
        ("shanghai", "24 hour", None),
        ("qingyuan", "2 working_day", "5 working_day"),
        ("zhanhe", None, None),
    ],
)
@pytest.mark.clause(
    "pds-2019-18a",
    "pds-2019-18c",
    "dl-27b",
    "dl-28b",
    "qy-zd-9a",
    "qy-zd-13e",
    "zh-yx-13a",
)
def test_deposit_and_archive_as_each_text_says(issuer, footage, archive):
    """Where a text names no number, no number is given."""
    terms = rules(issuer).terms
    found = {
        code: f"{terms[code].length} {terms[code].unit}" if code in terms else None
        for code in ("footage_deposit", "archiving")
    }

    assert found == {"footage_deposit": footage, "archiving": archive}


@pytest.mark.clause("hn-4", "pl-63")
@pytest.mark.parametrize(
    ("issuer", "citizen", "organization"),
    [
        ("pingdingshan", 5_000, 50_000),
        ("zhanhe", 5_000, 50_000),
        ("qingyuan", 5_000, 100_000),
        ("shanghai", 5_000, 50_000),
    ],
)
def test_hearing_thresholds(issuer, citizen, organization):
    """The sums from which a hearing must be offered, in yuan."""
    values = rules(issuer).parameters

    assert values["hearing_fine_threshold_citizen"] == citizen * 100
    assert values["hearing_fine_threshold_organization"] == organization * 100


@pytest.mark.clause("qy-zn-pen-02-is-a")
def test_the_stricter_docketing_term_wins_and_both_are_shown():
    """Qingyuan's seven days are calendar days, and shorter than seven worked ones."""
    both = rules("qingyuan").compared["docketing"]

    assert [(t.source, t.unit.value) for t in both] == [
        ("qingyuan", "day"),
        ("national", "working_day"),
    ]
    assert rules("qingyuan").terms["docketing"].source == "qingyuan"


@pytest.mark.parametrize(
    ("held", "wanted", "rule"),
    [
        (Capacity.HANDLER, Capacity.REVIEWER, "SD1"),
        (Capacity.REVIEWER, Capacity.APPROVER, "SD1"),
        (Capacity.PANEL_MEMBER, Capacity.LEGAL_REVIEWER, "SD3"),
        (Capacity.HANDLER, Capacity.LEGAL_REVIEWER, "SD3"),
        (Capacity.HANDLER, Capacity.HEARING_OFFICER, "SD4"),
        (Capacity.PANEL_CHAIR, Capacity.HEARING_OFFICER, "SD4P"),
        (Capacity.LEGAL_REVIEWER, Capacity.HEARING_OFFICER, "SD4P"),
        (Capacity.HANDLER, Capacity.FINANCE, "SD8"),
    ],
)
@pytest.mark.clause("pl-58", "pl-64", "pl-67", "pds-2019-17b")
def test_duties_that_are_kept_apart(held, wanted, rule):
    """Each separation of the table refuses, by its own rule."""
    with pytest.raises(SeparationOfDuties) as refusal:
        check_separation(
            wanted, "a", [Held(held, "a")], rules("pingdingshan").separation
        )

    assert refusal.value.rule == rule


def test_a_handler_may_sit_in_the_panel():
    """The panel includes those who handled the case."""
    table = rules("pingdingshan").separation

    assert (
        check_separation(
            Capacity.PANEL_MEMBER, "a", [Held(Capacity.HANDLER, "a")], table
        )
        is None
    )


@pytest.mark.clause("qy-zd-19b", "qy-yqj-11b", "zh-yx-12b", "dl-13b", "sh-a1-13a")
@pytest.mark.parametrize(
    ("issuer", "grounds", "approvers"),
    [
        ("pingdingshan", {"unlisted"}, (Post.AGENCY_HEAD,)),
        ("dalian_jinpu", {"unsuitable"}, ()),
        ("shanghai", {"hazardous_site", "weather", "force_majeure"}, ()),
        (
            "qingyuan",
            {"privacy", "weather", "force_majeure", "equipment_failure"},
            (Post.DEPUTY_HEAD, Post.AGENCY_HEAD),
        ),
        (
            "zhanhe",
            {"equipment_failure", "weather", "obstruction", "force_majeure"},
            (Post.AGENCY_HEAD,),
        ),
    ],
)
def test_grounds_for_not_recording(issuer, grounds, approvers):
    """Each authority has its own grounds, and its own approver or none."""
    rule = rules(issuer).waiver("inspection.onsite", RecordForm.RECORDING, "video")

    assert set(rule.grounds) == grounds
    assert rule.approvers == approvers


def test_prior_approval_of_inspections_has_its_day():
    """Before the national notice, only the authority's own rule asked for it."""
    early = rules("pingdingshan", date(2024, 1, 1)).records("inspection.approval")
    late = rules("pingdingshan").records("inspection.approval")

    assert early[0].cites == ("pds-2019-12a",)
    assert late[0].cites == ("xc-1", "pds-2019-12a")
