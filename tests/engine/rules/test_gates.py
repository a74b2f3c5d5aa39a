from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from engine.rules.gates import (
    Judged,
    LineState,
    RecordFact,
    Remedy,
    Waived,
    WayOut,
    Why,
    owed,
)
from storage.vocabulary import DueAt, RecordForm, WaiverStatus
from tests.engine.rules.gatework import (
    EARLIER,
    ELSEWHERE,
    HERE,
    NOW,
    RULE,
    TASK,
    a_demand,
    a_document,
    a_recording,
    line_of,
    verdict_on,
)


def test_nothing_asked_is_open():
    """A step that asks for nothing lets everybody through."""
    assert verdict_on([]).open is True


@pytest.mark.parametrize(
    ("form", "code", "way"),
    [
        ("document", "onsite_record", WayOut.DRAFT_DOCUMENT),
        ("recording", "photo", WayOut.DECLARE_RECORDING),
        ("data", "test_reading", WayOut.LINK_DATA),
    ],
)
def test_what_is_absent_is_missing(form, code, way):
    """A missing record names its clause and the first thing to do."""
    verdict = verdict_on(a_demand(code, form))
    line = verdict.lines[0]

    assert verdict.open is False
    assert verdict.blocking == verdict.of(LineState.MISSING) == (line,)
    assert (line.why, line.ways_out, line.cites) == (Why.ABSENT, (way,), ("pds-1",))


@pytest.mark.parametrize(
    ("status", "state", "why", "way"),
    [
        ("draft", "missing", Why.NOT_PREPARED, (WayOut.PREPARE_DOCUMENT,)),
        ("prepared", "missing", Why.NOT_FINAL, (WayOut.SIGN,)),
        ("final", "satisfied", Why.PRESENT, ()),
        ("superseded", "missing", Why.ABSENT, (WayOut.DRAFT_DOCUMENT,)),
        ("discarded", "missing", Why.ABSENT, (WayOut.DRAFT_DOCUMENT,)),
    ],
)
def test_a_document_counts_when_it_is_final(status, state, why, way):
    """Each stage of a document names its own next step."""
    line = line_of(a_demand(), a_document(status=status))

    assert (line.state, line.why, line.ways_out) == (LineState(state), why, way)


def test_a_chain_asks_for_its_own_signature_only():
    """At the handler's step the handler's signature suffices; the rest follow."""
    asked = a_demand(signed_by=("handler",))

    assert line_of(asked, a_document(status="prepared", roles=["handler"])).why is (
        Why.PRESENT
    )
    line = line_of(asked, a_document(status="prepared", roles=["reviewer"]))
    assert (line.why, line.unsigned) == (Why.NOT_SIGNED, ("handler",))
    assert line_of(asked, a_document(status="draft")).why is Why.NOT_PREPARED


def test_a_frozen_text_may_be_enough():
    """A decision that is drafted for approval needs no signature yet."""
    asked = a_demand(prepared=True)

    assert line_of(asked, a_document(status="prepared")).state is LineState.SATISFIED
    assert line_of(asked, a_document(status="draft")).state is LineState.MISSING


def test_a_record_of_another_task_counts_only_when_carried():
    """What an earlier step made is carried within its scope, or from an outer one."""
    mine, carried = a_demand(), a_demand(carried=True)
    earlier = a_document(task_id=EARLIER)
    abroad = a_document(task_id=EARLIER, scope=ELSEWHERE)

    assert line_of(mine, earlier).state is LineState.MISSING
    assert line_of(carried, earlier).state is LineState.SATISFIED
    assert line_of(carried, abroad).state is LineState.MISSING
    outer = frozenset({ELSEWHERE})
    assert line_of(carried, abroad, outer=outer).state is LineState.SATISFIED


def test_the_latest_carried_document_speaks():
    """A final one does not hide the later one that is still unsigned."""
    old = a_document(task_id=EARLIER)
    new = a_document(task_id=EARLIER, status="prepared")
    line = line_of(a_demand(carried=True), old, new)

    assert (line.why, line.records) == (Why.NOT_FINAL, (new.id,))


def test_one_good_document_of_two_is_enough():
    """A second draft made at the step does not undo the final one."""
    line = line_of(a_demand(), a_document(), a_document(status="draft"))

    assert line.state is LineState.SATISFIED


def test_too_few_are_counted():
    """Two are asked for, one is there; of two, one is not yet final."""
    asked = a_demand("photo", "recording", count=2)
    line = line_of(asked, a_recording(deposited=True))

    assert (line.why, line.have) == (Why.TOO_FEW, 1)
    line = line_of(a_demand(count=2), a_document(), a_document(status="prepared"))
    assert (line.why, line.have) == (Why.NOT_FINAL, 1)


def test_a_declared_recording_counts_and_is_owed():
    """The step may complete, and the line runs until the bytes are deposited."""
    due = NOW + timedelta(hours=1)
    first = a_recording(due_at=due + timedelta(hours=1))
    second = a_recording(due_at=due)
    verdict = verdict_on(a_demand("photo", "recording"), first, second)
    (line,) = verdict.of(LineState.OWED)

    assert verdict.open is True
    assert (line.due_at, line.overdue) == (due, False)
    assert line.ways_out == (WayOut.UPLOAD,)


def test_what_is_owed_too_long_shuts_the_gate():
    """A deposit that is overdue is no longer lawfully owed."""
    late = a_recording(due_at=NOW - timedelta(seconds=1))
    verdict = verdict_on(a_demand("photo", "recording"), late)

    assert verdict.lines[0].overdue is True
    assert verdict.open is False


def test_a_recording_without_a_term_is_owed_without_an_end():
    """Where the authority names no number, no moment is made up."""
    line = line_of(a_demand("photo", "recording"), a_recording())

    assert (line.state, line.due_at) == (LineState.OWED, None)


@pytest.mark.parametrize("status", ["deposited", "verified"])
def test_a_deposited_recording_satisfies(status):
    """Nothing is owed for bytes that are in the store."""
    record = a_recording(status=status, deposited=True)

    assert line_of(a_demand("photo", "recording"), record).state is LineState.SATISFIED


def test_a_quarantined_recording_does_not_count():
    """Bytes that disagree with their digest prove nothing."""
    record = a_recording(status="quarantined", deposited=True)

    assert line_of(a_demand("photo", "recording"), record).state is LineState.MISSING


def test_any_of_several_media_will_do():
    """Photo or video: a video meets the demand, a sound recording does not."""
    asked = a_demand("photo|video", "recording")

    assert line_of(asked, a_recording("video", deposited=True)).why is Why.PRESENT
    assert line_of(asked, a_recording("audio", deposited=True)).why is Why.ABSENT


def test_what_is_due_at_deposit_is_owed_at_once():
    """A record due only at deposit never stops its own step."""
    asked = a_demand("photo", "recording", due=DueAt.DEPOSIT)
    verdict = verdict_on(asked)

    assert verdict.open is True
    assert verdict.lines[0].why is Why.NOT_YET_DUE
    assert verdict_on(asked, checkpoint=True).open is False


def test_linked_data_satisfies():
    """Electronic data counts when it is linked."""
    data = RecordFact(
        id=uuid4(),
        form=RecordForm.DATA,
        code="test_reading",
        task_id=TASK,
        scope=HERE,
        status="linked",
    )

    assert line_of(a_demand("test_reading", "data"), data).state is LineState.SATISFIED


def test_a_conditional_record_waits_for_an_answer():
    """Somebody must say yes or no; only a no lets it pass without the record."""
    asked = a_demand("video", "recording", "conditional", waiver=RULE)
    undecided = line_of(asked)
    refused = line_of(asked, judgements=[Judged(asked.key, needed=False, reason="x")])
    needed = line_of(asked, judgements=[Judged(asked.key, needed=True, reason="y")])

    assert undecided.state is LineState.UNDECIDED
    assert undecided.ways_out[0] is WayOut.JUDGE
    assert (refused.state, refused.reason) == (LineState.OPTIONAL, "x")
    assert needed.state is LineState.MISSING
    assert verdict_on(asked).open is False


def test_a_record_that_is_there_needs_no_answer():
    """Whoever made the recording has answered."""
    asked = a_demand("video", "recording", "conditional")
    record = a_recording("video", deposited=True)

    assert line_of(asked, record).state is LineState.SATISFIED


@pytest.mark.parametrize("level", ["optional", "exempt"])
def test_what_need_not_be_never_stops(level):
    """An optional record is shown and does not block."""
    verdict = verdict_on(a_demand("video", "recording", level))

    assert verdict.lines[0].why is Why.NOT_ASKED
    assert verdict.open is True


@pytest.mark.parametrize(
    ("status", "state", "why"),
    [
        (WaiverStatus.REQUESTED, LineState.MISSING, Why.WAIVER_REQUESTED),
        (WaiverStatus.APPROVED, LineState.WAIVED, Why.WAIVER_GRANTED),
        (WaiverStatus.REFUSED, LineState.MISSING, Why.ABSENT),
    ],
)
def test_only_a_granted_waiver_lets_through(status, state, why):
    """A request waits for its decision, a refusal changes nothing."""
    asked = a_demand("photo", "recording", waiver=RULE)
    line = line_of(asked, waivers=[Waived(asked.key, status)])

    assert (line.state, line.why) == (state, why)


def test_a_review_after_the_act_lets_the_step_end():
    """Asked for, it is lawfully owed: the step ends, a checkpoint does not."""
    asked = a_demand("photo", "recording", waiver=RULE)
    asks = [Waived(asked.key, WaiverStatus.REQUESTED, after=True)]
    step = verdict_on(asked, waivers=asks)
    checkpoint = verdict_on(asked, waivers=asks, checkpoint=True)

    assert (step.lines[0].state, step.open) == (LineState.OWED, True)
    assert not checkpoint.open


@pytest.mark.parametrize(
    ("after", "status", "is_open"),
    [
        (True, WaiverStatus.REQUESTED, False),
        (True, WaiverStatus.APPROVED, True),
        (False, WaiverStatus.REQUESTED, True),
    ],
)
def test_a_checkpoint_waits_for_reviews_of_earlier_steps(after, status, is_open):
    """What was waived at a step before must have been reviewed, where it comes after.

    A request that had to be granted first was not needed in the end.
    """
    ask = Waived("recording:photo", status, EARLIER, "weather", after=after)
    found = verdict_on([], waivers=[ask], checkpoint=True)

    assert found.open is is_open
    assert verdict_on([], waivers=[ask]).open


def test_a_checkpoint_waits_for_remedial_notes():
    """What an earlier step should have had is answered before a checkpoint."""
    remedy = Remedy("recording:video", ("pds-2",))
    found = verdict_on([], remedies=[remedy], checkpoint=True)

    assert [(each.why, each.cites) for each in found.blocking] == [
        (Why.NOT_REMEDIED, ("pds-2",))
    ]
    assert found.blocking[0].ways_out == (WayOut.NOTE_REMEDY,)
    assert verdict_on([], remedies=[remedy]).open


def test_the_latest_request_for_a_waiver_counts():
    """A refusal may be followed by another request that is granted."""
    asked = a_demand("photo", "recording", waiver=RULE)
    asks = [
        Waived(asked.key, WaiverStatus.REFUSED),
        Waived(asked.key, WaiverStatus.APPROVED),
    ]

    assert line_of(asked, waivers=asks).state is LineState.WAIVED


def test_a_waiver_is_offered_only_where_the_rules_know_one():
    """No rule, no button."""
    plain = line_of(a_demand("photo", "recording"))
    ruled = line_of(a_demand("photo", "recording", waiver=RULE))

    assert WayOut.WAIVE not in plain.ways_out
    assert WayOut.WAIVE in ruled.ways_out
    drafted = line_of(a_demand(waiver=RULE), a_document(status="draft"))
    assert drafted.ways_out == (WayOut.PREPARE_DOCUMENT, WayOut.WAIVE)


def test_a_checkpoint_lets_nothing_through_that_is_owed():
    """The investigation cannot close while an interview's video is not deposited."""
    interview = a_recording("video", task_id=EARLIER, scope=ELSEWHERE)
    stored = a_recording("audio", task_id=EARLIER, deposited=True)
    verdict = verdict_on(a_demand(), a_document(), interview, stored, checkpoint=True)

    assert [line.records for line in verdict.blocking] == [(interview.id,)]
    assert verdict_on(a_demand(), a_document(), interview).open is True


def test_a_checkpoint_shows_its_own_recording_once():
    """What the step itself owes is one line, not two."""
    mine = a_recording()
    verdict = verdict_on(a_demand("photo", "recording"), mine, checkpoint=True)

    assert len(verdict.lines) == 1
    assert verdict.open is False


def test_what_a_case_owes_is_listed():
    """Every declared recording without bytes is a line, with its moment."""
    due = NOW - timedelta(days=1)
    late = a_recording("video", due_at=due)
    (line,) = owed([late, a_recording(deposited=True), a_document()], NOW)

    assert (line.records, line.due_at, line.overdue) == ((late.id,), due, True)


def test_a_line_is_plain_values():
    """The screen, the API and the log are told the same."""
    due = NOW + timedelta(hours=1)
    record = a_recording(due_at=due)
    facts = line_of(a_demand("photo", "recording"), record).facts()

    assert facts == {
        "requirement": "recording:photo",
        "form": "recording",
        "codes": ["photo"],
        "level": "mandatory",
        "source": "diagram",
        "state": "owed",
        "why": "not_deposited",
        "have": 0,
        "need": 1,
        "records": [str(record.id)],
        "unsigned": [],
        "reason": "",
        "ways_out": ["upload"],
        "due_at": due.isoformat(),
        "overdue": False,
        "cites": ["pds-1"],
    }
    assert line_of(a_demand()).facts()["due_at"] is None
