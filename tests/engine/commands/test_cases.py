"""Cases: opened from a lead, numbered, pinned to the law of their first day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.commands.errors import BadMoment, NotAllowed
from engine.errors import Invalid, NotFound
from storage.models import Assignment, Case, Event, Party, RequirementSet
from storage.vocabulary import CaseStatus
from tests.case_file import MONDAY
from tests.factories import DAY, MINUTE, SUSPECT


def count(office, model):
    """Return how many rows there are."""
    with office.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_case_begins_with_its_facts(office):
    """Number, cause, party, source, pinned law and first step are there at once."""
    case = office.open_case(source="complaint", cause=" 涉嫌无证行医 ")
    row, party = case.row(), case.find(Party)

    assert (row.number, row.cause, row.status) == (
        "平案〔2026〕1号",
        "涉嫌无证行医",
        CaseStatus.OPEN,
    )
    assert row.facts["case"] == {
        "party_kind": "legal_person",
        "issuer": "pingdingshan",
        "source": "complaint",
    }
    assert (party.role, party.name) == ("suspect", SUSPECT["name"])
    assert case.open() == ["acceptance"]


def test_who_opens_a_case_handles_it(office):
    """The opener is noted as handler, not named to it."""
    case = office.open_case("he")
    row = case.find(Assignment)

    assert (row.capacity, row.person_id, row.named) == (
        "handler",
        office.people["he"],
        False,
    )


@pytest.mark.parametrize("who", ["liu", "chen", "yin", "wang", "fang", "lin"])
def test_officers_and_their_heads_open_cases(office, who):
    """Nobody else does, however high."""
    with pytest.raises(NotAllowed) as refused:
        office.open_case(who)

    assert refused.value.posts == ["officer", "unit_head"]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"cause": " "}, {"cause": ["required"]}),
        ({"parties": []}, {"parties": ["required"]}),
        (
            {"parties": [{**SUSPECT, "role": "complainant"}]},
            {"parties": ["required"]},
        ),
        ({"parties": [{**SUSPECT, "name": " "}]}, {"parties.0": ["required"]}),
        ({"parties": [SUSPECT, {}]}, {"parties.1": ["required"]}),
        (
            {"parties": [{**SUSPECT, "kind": "robot"}]},
            {"parties.0.kind": ["not_a_choice"]},
        ),
        (
            {"parties": [{**SUSPECT, "phone": ["1"]}]},
            {"parties.0.phone": ["not_text"]},
        ),
        (
            {"cause": "长" * 301},
            {"cause": [{"code": "too_long", "max": 300}]},
        ),
        (
            {"parties": [{**SUSPECT, "name": "长" * 201}]},
            {"name": [{"code": "too_long", "max": 200}]},
        ),
        (
            {"parties": [{**SUSPECT, "age": 40}]},
            {"parties.0": ["unknown_field"]},
        ),
    ],
)
def test_a_case_needs_a_cause_and_a_party(office, given, errors):
    """What is missing or unknown is told, and no case is opened."""
    with pytest.raises(Invalid) as refused:
        office.open_case(**given)

    assert refused.value.errors == errors
    assert count(office, Case) == 0
    assert count(office, Party) == 0


def test_a_lead_is_not_of_tomorrow(office):
    """A lead came in at the latest now."""
    with pytest.raises(BadMoment) as refused:
        office.open_case(received_at=office.now + MINUTE)
    office.open_case(received_at=office.now)

    assert refused.value.field == "received_at"
    assert count(office, Case) == 1


def test_only_published_processes_are_opened(office):
    """An unknown process is not found; the subprocesses are processes too."""
    with pytest.raises(NotFound) as refused:
        office.open_case(process="coronation")

    assert refused.value.facts() == {"kind": "process", "id": "coronation"}


def test_numbers_begin_anew_each_year(office):
    """The serial of a case counts within the year in which it is opened."""
    numbers = [office.open_case().row().number for _ in range(2)]
    office.now = MONDAY.replace(year=2027)
    numbers.append(office.open_case().row().number)
    # 2027 begins at midnight in Shanghai, while it is still 2026 in Greenwich.
    office.now = MONDAY.replace(year=2028, month=1, day=1, hour=0, minute=30)
    numbers.append(office.open_case().row().number)

    assert numbers == [
        "平案〔2026〕1号",
        "平案〔2026〕2号",
        "平案〔2027〕1号",
        "平案〔2028〕1号",
    ]


def test_a_case_keeps_the_law_of_its_first_day(office):
    """The opening event names the requirement set, which the case keeps."""
    case = office.open_case()
    opened = case.events()[0].payload["facts"]
    with office.reading() as session:
        pinned = session.get_one(RequirementSet, case.row().requirement_set_id)

    assert opened["requirement_set"] == pinned.digest
    assert (pinned.process_key, pinned.issuer) == ("penalty", "pingdingshan")


def test_the_first_event_is_dated_by_the_lead(office):
    """When a lead came in and when it was recorded are both kept."""
    case = office.open_case(received_at=MONDAY - DAY)
    event = case.events()[0]

    assert event.acted_at == MONDAY - DAY
    assert event.recorded_at - event.acted_at == timedelta(days=1)
    assert count(office, Event) >= 1


def test_the_complainant_may_be_named_first(office):
    """Whoever is told first: the case is about the party that is not complaining."""
    complainant = {"role": "complainant", "kind": "citizen", "name": "匿名"}
    case = office.open_case(parties=[complainant, SUSPECT])

    assert case.row().facts["case"]["party_kind"] == "legal_person"
