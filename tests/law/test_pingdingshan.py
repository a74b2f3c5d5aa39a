from __future__ import annotations

import pytest

from storage.vocabulary import Level
from tests.law.packs import held, mandatory


@pytest.mark.clause("pds-2019-16-1a", "pds-2019-16-1b")
def test_pingdingshan_on_site():
    """On-site record and photographs must be; video when somebody finds it needed."""
    found = held("pingdingshan", "inspection.onsite")

    assert mandatory("pingdingshan", "inspection.onsite") == {
        "document:onsite_record",
        "recording:photo",
    }
    assert found["recording:photo"].cites == ("pds-2019-16-1a", "notice-118")
    assert found["recording:video"].level is Level.CONDITIONAL
    assert found["recording:video"].cites == ("pds-2019-16-1b",)


@pytest.mark.clause("pds-2019-16-2a", "pds-2019-16-2b")
@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("office", {"recording:video", "recording:room_video"}),
        ("onsite", {"recording:video"}),
    ],
)
def test_pingdingshan_interview(place, wanted):
    """A recorder always; in the bureau the room's camera as well."""
    found = mandatory("pingdingshan", "investigation.interview", interview_place=place)

    assert found == {"document:interview_record", *wanted}


@pytest.mark.clause("pds-2019-16-4a", "pds-2019-16-4b")
def test_pingdingshan_registration():
    """Decision and list must be; photograph or video when needed, at both steps."""
    found = held("pingdingshan", "evidence.registration")
    settled = held("pingdingshan", "evidence.registration_settlement")

    assert mandatory("pingdingshan", "evidence.registration") == {
        "document:evidence_registration_decision",
        "document:item_list",
    }
    assert found["recording:photo|video"].cites == ("notice-118", "pds-2019-16-4b")
    assert settled["recording:photo|video"].level is Level.CONDITIONAL


@pytest.mark.clause("pds-2019-16-7a", "pds-2019-16-7b")
@pytest.mark.parametrize(
    "activity", ["penalty.defense", "measure.defense", "hearing.session"]
)
def test_pingdingshan_hears_with_sound(activity):
    """Defense and hearing need a sound recording, video when needed.

    The clause stands among the records of every act, so a defense against a
    coercive measure is no exception.
    """
    found = held("pingdingshan", activity)

    assert found["recording:audio"].level is Level.MANDATORY
    assert "pds-2019-16-7a" in found["recording:audio"].cites
    assert found["recording:video"].level is Level.CONDITIONAL


@pytest.mark.clause("pds-2019-16-7a")
def test_an_absent_party_leaves_nothing_to_record_but_the_absence():
    """The record of the hearing is made all the same."""
    found = mandatory(
        "pingdingshan", "hearing.session", outcome={"hearing_session": "absent"}
    )

    assert found == {"document:hearing_record"}


@pytest.mark.clause("pds-2019-16-8")
def test_pingdingshan_orders_correction_in_its_own_form():
    """Its supervision opinion stands for either national form."""
    found = held("pingdingshan", "investigation.rectify")

    assert set(found) == {"document:supervision_opinion"}
    assert found["document:supervision_opinion"].cites == ("pds-2019-16-8", "pl-28")


@pytest.mark.clause("pds-2019-17b", "pds-2019-17c")
@pytest.mark.parametrize(
    ("activity", "roles", "carried"),
    [
        ("penalty.docketing_report", ("handler",), False),
        ("penalty.docketing_review", ("reviewer",), True),
        ("penalty.docketing_approval", (), True),
        ("penalty.proposal", ("handler",), False),
        ("penalty.proposal_review", ("reviewer",), True),
        ("penalty.proposal_approval", (), True),
        ("penalty.decision_draft", ("handler",), False),
        ("penalty.decision_review", ("reviewer",), True),
        ("penalty.decision_approval", (), True),
    ],
)
def test_a_chain_is_signed_step_by_step(activity, roles, carried):
    """Handler, then reviewer, then approver, on one document that is carried along."""
    chain = {"document:docketing_report", "document:matter_approval"}
    found = held("pingdingshan", activity)
    (asked,) = [item for key, item in found.items() if key in chain]

    assert asked.signed_by == roles
    assert asked.must_be_final is (not roles)
    assert asked.carried is carried
    assert "pds-2019-17c" in asked.cites


@pytest.mark.parametrize(
    ("activity", "element"),
    [
        ("penalty.docketing_review", "docketing_review"),
        ("penalty.proposal_review", "proposal_review"),
        ("penalty.proposal_approval", "proposal_approval"),
        ("closing.approval", "closing_approval"),
    ],
)
def test_what_is_returned_need_not_be_signed(activity, element):
    """A reviewer who sends a paper back does not sign it."""
    assert mandatory("pingdingshan", activity) != set()
    assert mandatory("pingdingshan", activity, outcome={element: "returned"}) == set()


@pytest.mark.clause("pl-59", "pds-2019-16-9")
def test_a_decision_is_frozen_before_it_is_sealed():
    """It is drafted ready for approval, and final only when approved."""
    drafted = held("pingdingshan", "penalty.decision_draft")
    approved = held("pingdingshan", "penalty.decision_approval")

    assert drafted["document:penalty_decision"].prepared is True
    assert approved["document:penalty_decision"].must_be_final is True
