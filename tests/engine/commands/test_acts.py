"""Every act: one transaction, one event, one result, however often it is sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from engine.commands import documents, new_calendar
from engine.commands.acts import ACTS
from engine.commands.errors import GateClosed, UnknownAct
from engine.errors import Invalid
from engine.events import EventTag
from storage import chain
from storage.models import Deadline, Event, Serial
from tests.case_file import ACCEPTED, HOUR, CaseFile
from tests.engine.commands.acted_moves import TAGS, act_moves
from tests.factories import DAY, SUSPECT, day_off, link, publish_calendar


class Watched:
    """An office that sends every act twice, and looks at what each one leaves."""

    def __init__(self, office):
        self.office, self.case, self.seen = office, None, {}

    def __call__(self, who, name, /, **params):
        """Carry out one act, twice with the same command id."""
        command_id = f"{name}-{len(self.seen)}-{self.office.now.isoformat()}"
        before = self._count()
        result = self.office.act(who, name, command_id=command_id, **params)
        again = self.office.act(who, name, command_id=command_id, **params)
        if self.case is None:
            self.case = UUID(result["case_id"])
        self.seen[name] = (
            self._count() - before,
            self._last(command_id),
            result,
            again,
        )
        self.office.now += timedelta(minutes=1)
        return result

    def _count(self):
        with self.office.reading() as session:
            return session.scalar(select(func.count()).select_from(Event))

    def _last(self, command_id):
        with self.office.reading() as session:
            query = select(Event).where(Event.command_id == command_id)
            return session.scalars(query).one()


@pytest.fixture(scope="module")
def watched(shared_office):
    """Return a watched office in which every act was carried out once."""
    office = shared_office
    act, people = Watched(office), office.people
    act("zhou", "cases.open", process="penalty", cause="涉嫌违法", parties=[SUSPECT])
    case = CaseFile(office, act.case)
    acceptance = case.task("acceptance").id
    act("zhou", "tasks.claim", task_id=acceptance)
    act("zhou", "tasks.release", task_id=acceptance)
    act(
        "qin",
        "tasks.reassign",
        task_id=acceptance,
        person_id=people["zhou"],
        reason="分办",
    )
    drafted = act(
        "zhou", "documents.draft", task_id=acceptance, code="acceptance_record"
    )
    act(
        "zhou",
        "documents.discard",
        document_id=drafted["document_id"],
        reason="重写",
    )
    record = act(
        "zhou", "documents.draft", task_id=acceptance, code="acceptance_record"
    )
    record = {"document_id": record["document_id"]}
    fields = case.sample("acceptance_record")
    act("zhou", "documents.revise", fields=fields, **record)
    act("zhou", "documents.prepare", **record)
    act("zhou", "documents.sign", role="handler", **record)
    act("zhou", "tasks.complete", task_id=acceptance, inputs=ACCEPTED)
    case.complete("zhou", "onsite_requested")
    case.write(
        "fang",
        "inspection_approval",
        "inspection_approval",
        [("zhou", "handler"), ("fang", "approver")],
    )
    case.complete("fang", "inspection_approval", outcome="approved")
    onsite = case.task("onsite_inspection").id
    film = act(
        "zhou",
        "recordings.declare",
        task_id=onsite,
        medium="video",
        device="PDS-0142",
        started_at=office.now,
    )
    act(
        "zhou",
        "recordings.deposit",
        recording_id=film["recording_id"],
        sha256=office.keep(),
        file_name="film.mp4",
    )
    act(
        "zhou",
        "gates.judge",
        task_id=onsite,
        requirement="recording:video",
        needed=False,
        reason="已有照片",
    )
    waiver = act(
        "zhou",
        "gates.request_waiver",
        task_id=onsite,
        requirement="recording:photo",
        ground="unlisted",
        statement="相机损坏",
    )
    act(
        "lin",
        "gates.decide_waiver",
        waiver_id=waiver["waiver_id"],
        approved=True,
        reason="属实",
    )
    challenge = act(
        "zhou",
        "recusals.challenge",
        case_id=case.id,
        person_id=people["he"],
        ground="亲属",
        applicant="当事人",
    )
    act(
        "fang",
        "recusals.decide",
        recusal_id=challenge["recusal_id"],
        granted=False,
        reason="不属实",
    )
    act(
        "qin",
        "assignments.assign",
        case_id=case.id,
        capacity="handler",
        person_ids=[people["zhou"], people["he"]],
        reason="分办",
    )
    docketed = office.open_case().docket()
    act.case = docketed.id
    decision = docketed.find(Deadline, code="decision").id
    act("fang", "deadlines.extend", deadline_id=decision, length=10, reason="复杂")
    act(
        "fang",
        "deadlines.deduct",
        deadline_id=decision,
        ground="expert_opinion",
        first="2026-03-16",
        last="2026-03-20",
        reason="鉴定",
    )
    act(
        "qin",
        "facts.correct",
        case_id=docketed.id,
        fact="accepted_at",
        value=(docketed.row().opened_at + timedelta(minutes=1)).isoformat(),
        reason="登记有误",
    )
    act_moves(act)
    return act


def test_every_act_leaves_one_event(watched):
    """Each act of the registry, sent twice, leaves exactly one event: its own."""
    counts = {name: seen[0] for name, seen in watched.seen.items()}
    tags = {name: seen[1].tag for name, seen in watched.seen.items()}

    assert watched.seen.keys() == ACTS.keys() == TAGS.keys()
    assert counts == dict.fromkeys(ACTS, 1)
    assert tags == {name: tag.value for name, tag in TAGS.items()}


def test_a_repeated_command_gives_the_first_result(watched):
    """The second sending of a command returns what the first one returned."""
    for _, event, result, again in watched.seen.values():
        assert again == result
        assert event.payload["result"] == result


def test_an_event_names_its_act(watched):
    """An event knows who acted, when, by which command, and on what."""
    for name, (_, event, _, _) in watched.seen.items():
        assert event.actor_id in watched.office.people.values()
        assert event.recorded_at.tzinfo is not None
        assert event.command_id.startswith(name)


def test_every_tag_is_used(watched):
    """Acts, publishing, printing and deadlines leave every tag there is."""
    office = watched.office
    trial = office.open_case(process="trial")
    trial.complete("zhou", "ask")
    printed = watched.office.open_case().accept().documents()[0]
    paper = office.keep(b"paper")
    with office.transaction() as tx:
        documents.attach_rendering(tx, printed.id, paper)
    office.pass_time(office.now + 30 * DAY)
    late = office.open_case().accept().find(Deadline, code="docketing")
    publish_calendar(office, day_off(office.now.date() + DAY))
    with office.transaction() as tx:
        new_calendar.recount_one(tx, late.id)
    with office.reading() as session:
        tags = set(session.scalars(select(Event.tag).distinct()))

    assert tags == {tag.value for tag in EventTag}


def test_the_chains_are_whole(watched):
    """The events of every stream verify, and the case knows the last one."""
    with watched.office.reading() as session:
        streams = session.scalars(select(Event.stream_id).distinct()).all()
        for stream in streams:
            events = session.scalars(
                select(Event).where(Event.stream_id == stream).order_by(Event.seq)
            ).all()

            assert chain.verify(map(link, events)) is None


def test_a_case_knows_the_end_of_its_chain(watched):
    """Number and digest of the last event stand in the case itself."""
    case = CaseFile(watched.office, watched.case)
    last = case.events()[-1]

    assert (case.row().event_seq, case.row().event_digest) == (last.seq, last.digest)


def test_command_ids_are_one_effect(either_office):
    """A command repeated after others, and at another time, changes nothing."""
    office = either_office
    case = office.open_case()
    task_id = case.task("acceptance").id
    first = office.act("zhou", "tasks.claim", command_id="one", task_id=task_id)
    office.act("zhou", "tasks.release", command_id="two", task_id=task_id)
    office.now += HOUR
    again = office.act("zhou", "tasks.claim", command_id="one", task_id=task_id)

    assert again == first
    assert case.task("acceptance").assignee_id is None
    assert len(case.events()) == 3


def test_a_refused_command_may_be_sent_again(office):
    """What was refused has left nothing, so the same command id serves anew."""
    case = office.open_case()
    task_id = case.task("acceptance").id
    params = {"task_id": task_id, "inputs": ACCEPTED}
    with pytest.raises(GateClosed):
        office.act("zhou", "tasks.complete", command_id="one", **params)
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    office.act("zhou", "tasks.complete", command_id="one", **params)

    assert "preliminary_check" in case.open()


def test_an_unknown_act_is_refused(office):
    """A name that no act has is told apart from a parameter that it lacks."""
    with pytest.raises(UnknownAct) as refused:
        office.act("zhou", "tasks.skip")
    with pytest.raises(UnknownAct) as strange:
        office.act("zhou", "tasks.claim", task_id=office.agency_id, force=True)

    assert refused.value.facts() == {"act": "tasks.skip", "parameter": None}
    assert strange.value.facts() == {"act": "tasks.claim", "parameter": "force"}


@pytest.mark.parametrize(
    ("name", "params", "errors"),
    [
        ("tasks.claim", {}, {"task_id": ["required"]}),
        ("tasks.claim", {"task_id": "7"}, {"task_id": ["not_of_type"]}),
        ("tasks.claim", {"task_id": None}, {"task_id": ["not_of_type"]}),
        (
            "deadlines.deduct",
            {
                "deadline_id": UUID(int=1),
                "ground": "hearing",
                "first": "soon",
                "last": 3,
                "reason": "x",
            },
            {"first": ["not_of_type"], "last": ["not_of_type"]},
        ),
        (
            "tasks.complete",
            {"task_id": UUID(int=1), "acted_at": "2026-03-09T09:30:00"},
            {"acted_at": ["not_of_type"]},
        ),
        (
            "documents.sign",
            {"document_id": UUID(int=1), "role": "officer", "kind": "wink"},
            {"kind": ["not_of_type"]},
        ),
        (
            "recusals.decide",
            {"recusal_id": UUID(int=1), "granted": "yes", "reason": "x"},
            {"granted": ["not_of_type"]},
        ),
        (
            "assignments.assign",
            {
                "case_id": UUID(int=1),
                "capacity": "king",
                "person_ids": "all",
                "reason": "x",
            },
            {"capacity": ["not_of_type"], "person_ids": ["not_of_type"]},
        ),
    ],
)
def test_parameters_have_types(office, name, params, errors):
    """Missing and ill-typed parameters are told one by one, before anything is read."""
    with pytest.raises(Invalid) as refused:
        office.act("zhou", name, **params)

    assert refused.value.errors == errors


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfff"], ids=ascii)
def test_texts_are_texts(office, text):
    """What JSON can spell and no database keeps is refused wherever it stands."""
    case = office.open_case()
    for fields in ({"summary": text}, {"rows": [{"k": [text]}]}, {text: 1}):
        with pytest.raises(Invalid) as refused:
            case.do(
                "zhou",
                "documents.draft",
                "acceptance",
                code="acceptance_record",
                fields=fields,
            )

        assert refused.value.errors == {"fields": ["not_of_type"]}


@pytest.mark.parametrize("length", [80, 81])
def test_texts_fit_their_columns(either_office, length):
    """A text that no column holds is refused alike on every database."""
    case = either_office.open_case()
    params = {"medium": "photo", "device": "x" * length}
    if length == 80:
        case.declare("zhou", "acceptance", **params)
        return
    with pytest.raises(Invalid) as refused:
        case.declare("zhou", "acceptance", **params)

    assert refused.value.errors == {"device": [{"code": "too_long", "max": 80}]}


def test_numbers_of_cases_have_no_gap(office):
    """A refused opening gives its number back: serials count what was opened."""
    first = office.open_case().row().number
    with pytest.raises(Invalid):
        office.open_case(parties=[])
    second = office.open_case().row().number
    with office.reading() as session:
        last = session.scalars(select(Serial.last).where(Serial.series == "case")).one()

    assert (first, second, last) == ("平案〔2026〕1号", "平案〔2026〕2号", 2)
