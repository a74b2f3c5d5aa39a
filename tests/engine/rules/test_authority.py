from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from engine.rules.authority import (
    Certificate,
    Held,
    Separation,
    check_not_recused,
    check_officers,
    check_post,
    check_quorum,
    check_separation,
    quorum,
)
from engine.rules.errors import (
    CertificateInvalid,
    PersonRecused,
    PostNotHeld,
    QuorumMissing,
    SeparationOfDuties,
    TooFewOfficers,
)
from storage.vocabulary import Capacity, Post

ZHOU, HE, GUO = UUID(int=1), UUID(int=2), UUID(int=3)
DAY = date(2026, 3, 10)
CHAIN = Separation(
    rule="SD1",
    capacities=frozenset({Capacity.HANDLER, Capacity.REVIEWER, Capacity.APPROVER}),
    apart_from=frozenset(),
    cites=("pl-57",),
)
HOST = Separation(
    rule="SD4",
    capacities=frozenset({Capacity.HEARING_OFFICER}),
    apart_from=frozenset({Capacity.HANDLER, Capacity.PANEL_CHAIR}),
    cites=("pl-64",),
)
TABLE = [CHAIN, HOST]


def _certificate(person, valid_to=date(2027, 1, 1), number="豫D-01"):
    return Certificate(
        person_id=person,
        number=number,
        valid_from=date(2025, 1, 1),
        valid_to=valid_to,
    )


def test_a_panel_chair_cannot_host_the_hearing():
    """Who sat in the panel is refused as hearing officer, with rule and clause."""
    history = [Held(Capacity.PANEL_CHAIR, GUO, current=False)]
    with pytest.raises(SeparationOfDuties) as refusal:
        check_separation(Capacity.HEARING_OFFICER, GUO, history, TABLE)

    assert refusal.value.facts() == {
        "capacity": Capacity.HEARING_OFFICER,
        "conflicts_with": Capacity.PANEL_CHAIR,
        "rule": "SD4",
        "cites": ("pl-64",),
    }


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Capacity.HANDLER, Capacity.APPROVER),
        (Capacity.REVIEWER, Capacity.HANDLER),
        (Capacity.HEARING_OFFICER, Capacity.HANDLER),
    ],
)
def test_separation_works_both_ways(held, wanted):
    """It does not matter which of the two capacities came first."""
    with pytest.raises(SeparationOfDuties):
        check_separation(wanted, ZHOU, [Held(held, ZHOU)], TABLE)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Held(Capacity.HANDLER, ZHOU), Capacity.HANDLER),
        (Held(Capacity.HANDLER, HE), Capacity.APPROVER),
        (Held(Capacity.APPROVER, ZHOU), Capacity.COMMITTEE_CHAIR),
        (Held(Capacity.PANEL_CHAIR, ZHOU), Capacity.HANDLER),
    ],
)
def test_what_no_rule_parts_may_go_together(held, wanted):
    """The same capacity, another person, or an unrelated capacity is no conflict."""
    assert check_separation(wanted, ZHOU, [held], TABLE) is None


def test_a_recused_person_may_not_act():
    """Recusal keeps one person out and nobody else."""
    with pytest.raises(PersonRecused):
        check_not_recused(Capacity.COMMITTEE_MEMBER, ZHOU, {ZHOU}, ("pl-43",))

    assert check_not_recused(Capacity.COMMITTEE_MEMBER, HE, {ZHOU}) is None


def test_a_capacity_belongs_to_posts():
    """Only who holds one of the posts may act in the capacity."""
    heads = (Post.DEPUTY_HEAD, Post.AGENCY_HEAD)
    with pytest.raises(PostNotHeld) as refusal:
        check_post(Capacity.APPROVER, {Post.UNIT_HEAD}, heads)

    assert refusal.value.posts == heads
    assert check_post(Capacity.APPROVER, {Post.AGENCY_HEAD}, heads) is None


def test_two_different_officers_are_needed():
    """Two certificates of one person are one officer."""
    cards = [_certificate(ZHOU), _certificate(ZHOU, number="豫D-09")]
    with pytest.raises(TooFewOfficers) as refusal:
        check_officers(cards, DAY, minimum=2, cites=("pl-42",))

    assert refusal.value.facts() == {"have": 1, "need": 2, "cites": ("pl-42",)}


def test_an_expired_certificate_is_refused():
    """Two officers, one of whose certificates ended the day before."""
    cards = [_certificate(ZHOU), _certificate(HE, date(2026, 3, 9))]
    with pytest.raises(CertificateInvalid) as refusal:
        check_officers(cards, DAY, minimum=2)

    assert refusal.value.persons == (str(HE),)


def test_a_renewed_certificate_is_enough():
    """One valid certificate suffices, and its last day is still good."""
    cards = [
        _certificate(ZHOU, date(2025, 6, 1)),
        _certificate(ZHOU, DAY),
        _certificate(HE),
    ]

    assert check_officers(cards, DAY, minimum=2) is None


@pytest.mark.parametrize(("eligible", "need"), [(3, 3), (4, 3), (6, 4), (7, 5), (9, 6)])
def test_a_quorum_is_two_thirds_and_three(eligible, need):
    """Two thirds, rounded up, and never fewer than three."""
    assert quorum(eligible, share="2/3", minimum=3) == need


def test_only_the_eligible_make_a_quorum():
    """A guest or a recused member fills no seat, and nobody counts twice."""
    members = {UUID(int=n) for n in range(1, 7)}
    guest = UUID(int=99)
    with pytest.raises(QuorumMissing) as refusal:
        check_quorum(members, [ZHOU, ZHOU, HE, GUO, guest], share="2/3", minimum=3)

    assert (refusal.value.present, refusal.value.need) == (3, 4)
    assert check_quorum(members, members, share="2/3", minimum=3) is None
