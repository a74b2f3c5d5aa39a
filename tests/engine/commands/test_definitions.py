"""Publishing: all or nothing, once for each text, never changed afterwards."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from engine.bpmn.reader import read
from engine.commands import definitions, linting
from engine.commands.errors import BadDiagram
from engine.events import EventTag
from engine.rules.errors import InvalidPack
from forms import registry
from storage.models import Event, PackVersion, ProcessVersion, RequirementSet
from tests.case_file import MONDAY
from tests.factories import DAY, shipped

CODES = [definition.code for definition in registry.all()]
PACK = "jurisdictions/pingdingshan.toml"


def publish(office, files, *, at=MONDAY):
    """Publish files; returns how many requirement sets are new."""
    with office.transaction(at=at) as tx:
        return definitions.publish(tx, files, CODES)


def counts(office):
    """Return how many versions and events there are."""
    models = (ProcessVersion, PackVersion, RequirementSet, Event)
    with office.reading() as session:
        return [
            session.scalar(select(func.count()).select_from(model)) for model in models
        ]


def numbers(office, model, **values):
    """Return the version numbers of one process or pack."""
    with office.reading() as session:
        query = select(model.number).filter_by(**values).order_by(model.number)
        return session.scalars(query).all()


#: A later entry for a term that the pack gives already.
LATER = """
[[deadline.footage_deposit]]
length = 3
unit = "working_day"
since = {day}
cites = ["pds-2019-18c"]
"""


def test_the_same_files_again_change_nothing(office):
    """Publishing what is published makes no version, no set and no event."""
    before = counts(office)
    fresh = publish(office, shipped())

    assert fresh == 0
    assert counts(office) == before


def test_a_changed_pack_is_a_new_version(office):
    """A new text is a new version; cases begun before keep what they began with."""
    old = office.open_case()
    text = shipped()[PACK] + LATER.format(day=(MONDAY + DAY).date())
    fresh = publish(office, {**shipped(), PACK: text}, at=MONDAY + DAY)
    office.now += DAY
    new = office.open_case(received_at=MONDAY)
    footage = [
        case.inspect().declare("zhou", "onsite_inspection", "photo")
        for case in (old, new)
    ]
    due = [case.recordings()[0].deposit_due_at for case in (old, new)]

    assert len(footage) == 2
    assert fresh == len(opened_in())
    assert numbers(office, PackVersion, issuer="pingdingshan") == [1, 2]
    assert old.row().requirement_set_id != new.row().requirement_set_id
    assert due[1] - due[0] == DAY


def test_a_pack_that_edits_what_held_is_refused_with_its_line(office):
    """What cases were decided under stays as it was; nothing is published."""
    before = counts(office)
    text = shipped()[PACK].replace("length = 2\n", "length = 3\n")
    with pytest.raises(InvalidPack) as refused:
        publish(office, {**shipped(), PACK: text})

    lines = text.splitlines()
    assert refused.value.reason == "edited"
    assert lines[refused.value.line - 1] == "[[deadline.footage_deposit]]"
    assert counts(office) == before


def opened_in():
    """Return the keys of the processes that nothing calls."""
    models = [
        read(text.encode()) for path, text in shipped().items() if path.endswith("bpmn")
    ]
    called = {node.called for model in models for node in model.nodes.values()}
    return {model.key for model in models} - called


def test_a_changed_diagram_is_a_new_version(office):
    """A diagram that changed is published with everything that calls it."""
    name = "closing/closing.bpmn"
    text = shipped()[name].replace('name="制作结案报告"', 'name="写结案报告"')
    publish(office, {**shipped(), name: text})

    assert numbers(office, ProcessVersion, key="closing") == [1, 2]
    assert numbers(office, ProcessVersion, key="penalty") == [1, 2]
    assert numbers(office, ProcessVersion, key="service") == [1]


def test_one_bad_diagram_stops_everything(office):
    """A diagram with an error is refused with its findings; nothing is published."""
    before = counts(office)
    name = "closing/closing.bpmn"
    text = shipped()[name].replace('rec:activity="closing.report"', "")
    changed = shipped()[PACK].replace("length = 2\n", "length = 3\n")
    with pytest.raises(BadDiagram) as refused:
        publish(office, {**shipped(), name: text, PACK: changed})

    assert refused.value.process == "closing"
    assert {finding["element"] for finding in refused.value.findings} == {
        "closing_report"
    }
    assert counts(office) == before


def test_one_bad_pack_stops_everything(office):
    """A pack that cites a clause nobody wrote is refused with its line."""
    before = counts(office)
    text = shipped()[PACK].replace('"pds-2019-18c"', '"pds-2019-99z"', 1)
    with pytest.raises(InvalidPack) as refused:
        publish(office, {**shipped(), PACK: text})

    assert refused.value.reason == "unknown_clause:pds-2019-99z"
    assert refused.value.line is not None
    assert counts(office) == before


def test_publishing_is_in_the_chain_of_the_installation(office):
    """Each new version of diagram and pack left one event, of no case and nobody.

    Each process that cases open in left another: that it was proved.
    """
    processes, packs, _, _ = counts(office)
    with office.reading() as session:
        events = session.scalars(
            select(Event).where(Event.stream_id == definitions.INSTALLATION)
        ).all()

    tags = Counter(event.tag for event in events)
    versions = tags[EventTag.PROCESS_PUBLISHED] + tags[EventTag.PACK_PUBLISHED]
    assert versions == processes + packs
    assert tags.keys() == {
        EventTag.PROCESS_PUBLISHED,
        EventTag.PACK_PUBLISHED,
        EventTag.PROCESS_PROVED,
    }
    assert {event.actor_id for event in events} == {None}


def test_clauses_are_found_in_every_text():
    """Clause ids come from all clause texts, headings left out."""
    found = linting.clause_ids(shipped())

    assert {"pl-56", "pds-2019-16-1a", "sh-a1-5b", "qy-zd-9a", "zh-yx-6a"} <= found
    assert "id" not in found
