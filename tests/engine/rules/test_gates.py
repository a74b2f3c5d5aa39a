from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.gates import (
    Judged,
    LineState,
    RecordFact,
    Waived,
    WayOut,
    Why,
    evaluate,
    owed,
)
from engine.rules.requirements import Requirement, WaiverRule
from storage.vocabulary import DueAt, Level, RecordForm, WaiverStatus

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
TASK, EARLIER = UUID(int=1), UUID(int=2)
HERE, ELSEWHERE = "here", "elsewhere"
RULE = WaiverRule(grounds=("weather",), approvers=("agency_head",))


def _asked(code="onsite_record", form="document", level="mandatory", **more):
    return Requirement(
        key=f"{form}:{code}",
        form=RecordForm(form),
        codes=tuple(code.split("|")),
        level=Level(level),
        cites=more.pop("cites", ("pds-1",)),
        **more,
    )


def _recording(code="photo", status="declared", **more):
    return RecordFact(
        id=more.pop("id", uuid4()),
        form=RecordForm.RECORDING,
        code=code,
        task_id=more.pop("task_id", TASK),
        scope=more.pop("scope", HERE),
        status=status,
        **more,
    )


def _document(code="onsite_record", status="final", roles=(), **more):
    return RecordFact(
        id=more.pop("id", uuid4()),
        form=RecordForm.DOCUMENT,
        code=code,
        task_id=more.pop("task_id", TASK),
        scope=more.pop("scope", HERE),
        status=status,
        signed_by=frozenset(roles),
        **more,
    )


def _verdict(asked, *records, judgements=(), waivers=(), **more):
    return evaluate(
        [asked] if isinstance(asked, Requirement) else asked,
        task_id=TASK,
        scope=HERE,
        records=records,
        judgements=judgements,
        waivers=waivers,
        now=more.pop("now", NOW),
        **more,
    )


def _line(asked, *records, **more):
    (line,) = _verdict(asked, *records, **more).lines
    return line


def test_nothing_asked_is_open():
    """A step that asks for nothing lets everybody through."""
    assert _verdict([]).open is True


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
    verdict = _verdict(_asked(code, form))
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
    line = _line(_asked(), _document(status=status))

    assert (line.state, line.why, line.ways_out) == (LineState(state), why, way)


def test_a_chain_asks_for_its_own_signature_only():
    """At the handler's step the handler's signature suffices; the rest follow."""
    asked = _asked(signed_by=("handler",))

    assert _line(asked, _document(status="prepared", roles=["handler"])).why is (
        Why.PRESENT
    )
    line = _line(asked, _document(status="prepared", roles=["reviewer"]))
    assert (line.why, line.unsigned) == (Why.NOT_SIGNED, ("handler",))
    assert _line(asked, _document(status="draft")).why is Why.NOT_PREPARED


def test_a_frozen_text_may_be_enough():
    """A decision that is drafted for approval needs no signature yet."""
    asked = _asked(prepared=True)

    assert _line(asked, _document(status="prepared")).state is LineState.SATISFIED
    assert _line(asked, _document(status="draft")).state is LineState.MISSING


def test_a_record_of_another_task_counts_only_when_carried():
    """What an earlier step made is carried within its scope, or from an outer one."""
    mine, carried = _asked(), _asked(carried=True)
    earlier = _document(task_id=EARLIER)
    abroad = _document(task_id=EARLIER, scope=ELSEWHERE)

    assert _line(mine, earlier).state is LineState.MISSING
    assert _line(carried, earlier).state is LineState.SATISFIED
    assert _line(carried, abroad).state is LineState.MISSING
    outer = frozenset({ELSEWHERE})
    assert _line(carried, abroad, outer=outer).state is LineState.SATISFIED


def test_the_latest_carried_document_speaks():
    """A final one does not hide the later one that is still unsigned."""
    old = _document(task_id=EARLIER)
    new = _document(task_id=EARLIER, status="prepared")
    line = _line(_asked(carried=True), old, new)

    assert (line.why, line.records) == (Why.NOT_FINAL, (new.id,))


def test_one_good_document_of_two_is_enough():
    """A second draft made at the step does not undo the final one."""
    line = _line(_asked(), _document(), _document(status="draft"))

    assert line.state is LineState.SATISFIED


def test_too_few_are_counted():
    """Two are asked for, one is there; of two, one is not yet final."""
    asked = _asked("photo", "recording", count=2)
    line = _line(asked, _recording(deposited=True))

    assert (line.why, line.have) == (Why.TOO_FEW, 1)
    line = _line(_asked(count=2), _document(), _document(status="prepared"))
    assert (line.why, line.have) == (Why.NOT_FINAL, 1)


def test_a_declared_recording_counts_and_is_owed():
    """The step may complete, and the line runs until the bytes are deposited."""
    due = NOW + timedelta(hours=1)
    first = _recording(due_at=due + timedelta(hours=1))
    second = _recording(due_at=due)
    verdict = _verdict(_asked("photo", "recording"), first, second)
    (line,) = verdict.of(LineState.OWED)

    assert verdict.open is True
    assert (line.due_at, line.overdue) == (due, False)
    assert line.ways_out == (WayOut.UPLOAD,)


def test_what_is_owed_too_long_shuts_the_gate():
    """A deposit that is overdue is no longer lawfully owed."""
    late = _recording(due_at=NOW - timedelta(seconds=1))
    verdict = _verdict(_asked("photo", "recording"), late)

    assert verdict.lines[0].overdue is True
    assert verdict.open is False


def test_a_recording_without_a_term_is_owed_without_an_end():
    """Where the authority names no number, no moment is made up."""
    line = _line(_asked("photo", "recording"), _recording())

    assert (line.state, line.due_at) == (LineState.OWED, None)


@pytest.mark.parametrize("status", ["deposited", "verified"])
def test_a_deposited_recording_satisfies(status):
    """Nothing is owed for bytes that are in the store."""
    record = _recording(status=status, deposited=True)

    assert _line(_asked("photo", "recording"), record).state is LineState.SATISFIED


def test_a_quarantined_recording_does_not_count():
    """Bytes that disagree with their digest prove nothing."""
    record = _recording(status="quarantined", deposited=True)

    assert _line(_asked("photo", "recording"), record).state is LineState.MISSING


def test_any_of_several_media_will_do():
    """Photo or video: a video meets the demand, a sound recording does not."""
    asked = _asked("photo|video", "recording")

    assert _line(asked, _recording("video", deposited=True)).why is Why.PRESENT
    assert _line(asked, _recording("audio", deposited=True)).why is Why.ABSENT


def test_what_is_due_at_deposit_is_owed_at_once():
    """A record due only at deposit never stops its own step."""
    asked = _asked("photo", "recording", due=DueAt.DEPOSIT)
    verdict = _verdict(asked)

    assert verdict.open is True
    assert verdict.lines[0].why is Why.NOT_YET_DUE
    assert _verdict(asked, checkpoint=True).open is False


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

    assert _line(_asked("test_reading", "data"), data).state is LineState.SATISFIED


def test_a_conditional_record_waits_for_an_answer():
    """Somebody must say yes or no; only a no lets it pass without the record."""
    asked = _asked("video", "recording", "conditional", waiver=RULE)
    undecided = _line(asked)
    refused = _line(asked, judgements=[Judged(asked.key, needed=False, reason="x")])
    needed = _line(asked, judgements=[Judged(asked.key, needed=True, reason="y")])

    assert undecided.state is LineState.UNDECIDED
    assert undecided.ways_out[0] is WayOut.JUDGE
    assert (refused.state, refused.reason) == (LineState.OPTIONAL, "x")
    assert needed.state is LineState.MISSING
    assert _verdict(asked).open is False


def test_a_record_that_is_there_needs_no_answer():
    """Whoever made the recording has answered."""
    asked = _asked("video", "recording", "conditional")
    record = _recording("video", deposited=True)

    assert _line(asked, record).state is LineState.SATISFIED


@pytest.mark.parametrize("level", ["optional", "exempt"])
def test_what_need_not_be_never_stops(level):
    """An optional record is shown and does not block."""
    verdict = _verdict(_asked("video", "recording", level))

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
    asked = _asked("photo", "recording", waiver=RULE)
    line = _line(asked, waivers=[Waived(asked.key, status)])

    assert (line.state, line.why) == (state, why)


def test_the_latest_request_for_a_waiver_counts():
    """A refusal may be followed by another request that is granted."""
    asked = _asked("photo", "recording", waiver=RULE)
    asks = [
        Waived(asked.key, WaiverStatus.REFUSED),
        Waived(asked.key, WaiverStatus.APPROVED),
    ]

    assert _line(asked, waivers=asks).state is LineState.WAIVED


def test_a_waiver_is_offered_only_where_the_rules_know_one():
    """No rule, no button."""
    plain = _line(_asked("photo", "recording"))
    ruled = _line(_asked("photo", "recording", waiver=RULE))

    assert WayOut.WAIVE not in plain.ways_out
    assert WayOut.WAIVE in ruled.ways_out
    drafted = _line(_asked(waiver=RULE), _document(status="draft"))
    assert drafted.ways_out == (WayOut.PREPARE_DOCUMENT, WayOut.WAIVE)


def test_a_checkpoint_lets_nothing_through_that_is_owed():
    """The investigation cannot close while an interview's video is not deposited."""
    interview = _recording("video", task_id=EARLIER, scope=ELSEWHERE)
    stored = _recording("audio", task_id=EARLIER, deposited=True)
    verdict = _verdict(_asked(), _document(), interview, stored, checkpoint=True)

    assert [line.records for line in verdict.blocking] == [(interview.id,)]
    assert _verdict(_asked(), _document(), interview).open is True


def test_a_checkpoint_shows_its_own_recording_once():
    """What the step itself owes is one line, not two."""
    mine = _recording()
    verdict = _verdict(_asked("photo", "recording"), mine, checkpoint=True)

    assert len(verdict.lines) == 1
    assert verdict.open is False


def test_what_a_case_owes_is_listed():
    """Every declared recording without bytes is a line, with its moment."""
    due = NOW - timedelta(days=1)
    late = _recording("video", due_at=due)
    (line,) = owed([late, _recording(deposited=True), _document()], NOW)

    assert (line.records, line.due_at, line.overdue) == ((late.id,), due, True)


def test_a_line_is_plain_values():
    """The screen, the API and the log are told the same."""
    due = NOW + timedelta(hours=1)
    record = _recording(due_at=due)
    facts = _line(_asked("photo", "recording"), record).facts()

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
    assert _line(_asked()).facts()["due_at"] is None


RECORDS = st.lists(
    st.one_of(
        st.builds(
            _recording,
            st.sampled_from(["photo", "video"]),
            st.sampled_from(["declared", "deposited", "quarantined"]),
            deposited=st.booleans(),
        ),
        st.builds(
            _document, status=st.sampled_from(["draft", "prepared", "final"])
        ),
    ),
    max_size=4,
)
DEMANDS = st.lists(
    st.builds(
        _asked,
        st.sampled_from(["photo", "video", "photo|video"]),
        st.just("recording"),
        st.sampled_from([level.value for level in Level]),
    ),
    max_size=3,
)


@given(DEMANDS, RECORDS, st.booleans())
def test_dropping_a_demand_never_shuts_a_gate(demands, records, checkpoint):
    """Fewer demands let through at least what more of them let through."""
    full = _verdict(demands, *records, checkpoint=checkpoint)
    fewer = _verdict(demands[1:], *records, checkpoint=checkpoint)

    assert fewer.open or not full.open


@given(DEMANDS, RECORDS)
def test_a_checkpoint_is_never_the_wider_gate(demands, records):
    """What a checkpoint lets through, the plain gate lets through too."""
    guarded = _verdict(demands, *records, checkpoint=True)
    plain = _verdict(demands, *records)

    assert plain.open or not guarded.open
