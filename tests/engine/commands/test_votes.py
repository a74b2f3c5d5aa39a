"""Votes of several people: who is counted, when it is over, and what then speaks."""

from __future__ import annotations

import pytest

from engine.commands import definitions
from engine.commands.errors import NotAllowed, NotYours, OneVoice
from engine.errors import Invalid
from engine.runtime.errors import BadCardinality
from forms import registry
from storage import chain
from storage.models import Assignment
from storage.vocabulary import Capacity, TaskStatus
from tests.case_file import HOUR
from tests.engine.bpmn.drawing import wrap
from tests.factories import DAY, link, shipped

#: Five who may review by their post, and what they do is one vote.
VOTING = """<startEvent id="start"/><endEvent id="ended"/><endEvent id="dropped"/>
    <userTask id="convene" name="convene" rec:activity="penalty.investigation"
      rec:capacity="handler"><extensionElements>
      <rec:input fact="committee_members" required="{required}"/></extensionElements>
      </userTask>
    <userTask id="voice" name="voice" rec:activity="penalty.investigation"
      rec:capacity="approver" rec:members="committee_members">
      <extensionElements>
      <rec:input fact="vote" required="true"/>
      <rec:vote fact="vote" for="agree" against="disagree" {how}/>
      <rec:outcome value="passed"/><rec:outcome value="failed"/>{tied}
      </extensionElements>
      <multiInstanceLoopCharacteristics isSequential="{queue}"><loopCardinality>
      len(committee_members)</loopCardinality></multiInstanceLoopCharacteristics>
      </userTask>
    <exclusiveGateway id="agreed" default="f4"/>
    <userTask id="go_on" name="go_on" rec:activity="penalty.investigation"
      rec:capacity="handler"/>
    <userTask id="anew" name="anew" rec:activity="penalty.investigation"
      rec:capacity="handler"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="convene"/>
    <sequenceFlow id="f2" sourceRef="convene" targetRef="voice"/>
    <sequenceFlow id="f3" sourceRef="voice" targetRef="agreed"/>
    <sequenceFlow id="f4" sourceRef="agreed" targetRef="anew"/>
    <sequenceFlow id="f5" sourceRef="agreed" targetRef="go_on"><conditionExpression>
      outcome.voice == 'passed'</conditionExpression></sequenceFlow>
    <sequenceFlow id="f6" sourceRef="go_on" targetRef="ended"/>
    <sequenceFlow id="f7" sourceRef="anew" targetRef="dropped"/>"""

FIVE = ("qin", "guo", "fang", "sun", "ma")


WAYS = [
    ('rule="all"', "+++++", "go_on", 5),
    ('rule="all"', "+-+++", "anew", 5),
    ('rule="all" ends="certain"', "+-", "anew", 2),
    ('rule="any"', "--+", "go_on", 3),
    ('rule="any" ends="all"', "--+--", "go_on", 5),
    ('rule="any"', "--0--", "anew", 5),
    ('rule="majority"', "+++--", "go_on", 5),
    ('rule="majority"', "++--0", "anew", 5),
    ('rule="majority" ends="certain"', "+++", "go_on", 3),
    ('rule="majority" ends="certain"', "0--+-", "anew", 5),
    ('rule="share" share="2/3"', "++++-", "go_on", 5),
    ('rule="share" share="2/3"', "+++--", "anew", 5),
    ('rule="share" share="2/3" ends="certain"', "--", "anew", 2),
]
KINDS = [
    *(
        (how, queue)
        for how in dict.fromkeys(w[0] for w in WAYS)
        for queue in (False, True)
    ),
    ('rule="all"', False, False),  # nobody need be named
]
KEYS = [f"vote_{number}" for number in range(len(KINDS))]


@pytest.fixture(scope="module")
def voting_office(shared_office):
    """Return an office with a process for each way of voting."""
    office = shared_office
    drawn = {
        key: wrap(_drawn(*way), key).decode() for way, key in zip(KINDS, KEYS, strict=1)
    }
    files = {f"trial/{key}.bpmn": text for key, text in drawn.items()}
    office.now += DAY
    with office.transaction() as tx:
        codes = [form.code for form in registry.all()]
        definitions.publish(tx, {**shipped(), **files}, codes)
    return office


def _drawn(how, queue, required=True):  # noqa: FBT002  # as it is drawn
    return VOTING.format(
        how=how,
        tied='<rec:outcome value="tied"/>' if 'rule="majority"' in how else "",
        queue="true" if queue else "false",
        required="true" if required else "false",
    )


@pytest.fixture
def office(voting_office):
    """Return the office on another day."""
    voting_office.now += DAY
    return voting_office


@pytest.fixture
def convened(office):
    """Return a function that opens a case in which some people vote in some way."""

    def convene(how, *people, queue=False):
        kind = (how, queue) if people else (how, queue, False)
        case = office.open_case(process=KEYS[KINDS.index(kind)])
        ids = [str(office.people[each]) for each in people]
        inputs = {"committee_members": ids} if people else {}
        case.complete("zhou", "convene", inputs=inputs)
        return case

    return convene


def speak(case, who, vote):
    """Let somebody vote: ``+`` for it, ``-`` against it, ``0`` neither."""
    said = {"+": "agree", "-": "disagree", "0": "other"}[vote]
    return case.complete(who, "voice", inputs={"vote": said})


def told(case):
    """Return what the last event of the case tells of the vote."""
    return case.events()[-1].payload["facts"]["vote"]


@pytest.mark.parametrize("queue", [False, True])
@pytest.mark.parametrize(("how", "votes", "then", "asked"), WAYS)
def test_the_result_speaks(convened, how, votes, then, asked, queue):
    """At once or in turn, the case goes where the vote sends it, when it is certain."""
    case = convened(how, *FIVE, queue=queue)
    for who, vote in zip(FIVE, votes, strict=False):
        assert "voice" in case.open()
        speak(case, who, vote)
    states = [task.status for task in case.tasks("voice")]

    assert case.open() == [then]
    assert states.count(TaskStatus.DONE) == asked == len(votes)
    assert set(states) <= {TaskStatus.DONE, TaskStatus.CANCELLED}
    assert len(states) == (asked if queue else 5)
    assert chain.verify(map(link, case.events())) is None


def test_what_is_told_of_a_vote(convened):
    """The event of each voice holds the count; the last one the result."""
    case = convened('rule="majority"', "qin", "guo", "fang")
    speak(case, "qin", "+")
    first = told(case)
    speak(case, "guo", "0")
    speak(case, "fang", "+")

    assert (first["result"], first["left"], first["assent"]) == (None, 2, 1)
    assert told(case) == {
        "rule": "majority",
        "result": "passed",
        "needed": 2,
        "assent": 2,
        "dissent": 0,
        "abstained": 1,
        "left": 0,
    }


@pytest.mark.parametrize("queue", [False, True])
def test_who_is_recused_is_not_counted(convened, office, queue):
    """Two of three are all of those who may vote; their turn is passed over."""
    case = convened('rule="all"', "qin", "guo", "fang", queue=queue)
    asked = office.act(
        "zhou",
        "recusals.challenge",
        case_id=case.id,
        person_id=office.people["guo"],
        ground="亲属",
        applicant="当事人",
    )
    given = {"granted": True, "reason": "属实"}
    office.act("lin", "recusals.decide", recusal_id=asked["recusal_id"], **given)
    speak(case, "qin", "+")
    speak(case, "fang", "+")

    assert case.open() == ["go_on"]
    assert (told(case)["needed"], told(case)["assent"]) == (2, 2)


def test_the_last_one_recused_ends_the_vote(convened, office):
    """The result is told with the recusal that made it certain."""
    case = convened('rule="majority"', "qin", "guo", "fang")
    speak(case, "qin", "+")
    speak(case, "guo", "+")
    asked = office.act(
        "zhou",
        "recusals.challenge",
        case_id=case.id,
        person_id=office.people["fang"],
        ground="亲属",
        applicant="当事人",
    )
    given = {"granted": True, "reason": "属实"}
    office.act("lin", "recusals.decide", recusal_id=asked["recusal_id"], **given)
    facts = case.events()[-1].payload["facts"]

    assert case.open() == ["go_on"]
    assert [each["result"] for each in facts["votes"]] == ["passed"]


def test_who_is_absent_is_excused(office):
    """The chair goes on without an absent member, who is missing from the quorum."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    task_id = case.task("member_opinion", "sun").id
    given = {"task_id": task_id, "reason": "出差"}
    for who in ("zhou", "sun"):
        with pytest.raises(NotAllowed):
            office.act(who, "tasks.excuse", **given)
    with pytest.raises(Invalid):
        office.act("lin", "tasks.excuse", **{**given, "reason": " "})
    office.act("lin", "tasks.excuse", **given)
    for who in ("fang", "ma", "lin"):
        case.complete(who, "member_opinion", inputs={"vote": "agree"})
    seat = case.find(
        Assignment,
        person_id=office.people["sun"],
        capacity=Capacity.COMMITTEE_MEMBER,
    )
    excused = case.task("member_opinion", "sun")

    assert case.open() == ["discussion_record"]
    assert seat.until == office.now
    assert (excused.status, excused.opinion) == ("cancelled", "出差")
    with pytest.raises(Invalid):
        case.do("lin", "tasks.excuse", "discussion_record", reason="x")


@pytest.fixture
def deputy(office):
    """Return a function that lets somebody stand in for another."""

    def name(principal, stands_in):
        return office.act(
            principal,
            "deputies.name",
            principal_id=office.people[principal],
            deputy_id=office.people[stands_in],
            since=office.now,
            until=office.now + HOUR,
            reason="出差",
        )

    return name


def test_a_deputy_votes_for_the_principal(convened, office, deputy):
    """Outside statutory panels a deputy's voice is the principal's, and says so."""
    case = convened('rule="all"', "fang", "sun")
    deputy("fang", "ma")
    task_id = case.task("voice", "fang").id
    office.act("ma", "tasks.claim", task_id=task_id)
    office.act("ma", "tasks.release", task_id=task_id, reason="本人已回")
    back = case.task("voice", "fang")
    office.act("ma", "tasks.complete", task_id=task_id, inputs={"vote": "agree"})
    event = case.events()[-1]

    assert back.assignee_id == office.people["fang"]
    assert event.payload["facts"]["behalf_of"] == str(office.people["fang"])
    assert event.actor_id == office.people["ma"]
    speak(case, "sun", "+")
    assert case.open() == ["go_on"]


def test_nobody_has_two_voices(convened, office, deputy):
    """A member who stands in for another does not vote twice."""
    case = convened('rule="all"', "fang", "sun")
    deputy("fang", "sun")
    task_id = case.task("voice", "fang").id
    speak(case, "sun", "+")
    with pytest.raises(OneVoice):
        office.act("sun", "tasks.complete", task_id=task_id, inputs={"vote": "agree"})

    assert case.open() == ["voice"]


def test_nobody_votes_for_another_in_a_statutory_panel(office, deputy):
    """In a committee everybody speaks for themselves alone."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma")
    deputy("fang", "sun")
    task_id = case.task("member_opinion", "fang").id
    with pytest.raises(NotYours):
        office.act("sun", "tasks.claim", task_id=task_id)


def test_a_vote_without_voters_is_refused(convened):
    """A vote that nobody could cast is not taken as one; the step is not left."""
    with pytest.raises(BadCardinality):
        convened('rule="all"')


def test_a_vote_that_is_sent_back_is_cast_anew(convened, office):
    """Earlier voices stay readable, are marked as undone, and count no more."""
    case = convened('rule="majority"', "fang", "sun", "ma")
    for who in ("fang", "sun", "ma"):
        speak(case, who, "-")
    to = case.task("voice", "ma").id
    before = {task.id for task in case.tasks("voice")}
    case.do("lin", "tasks.send_back", "anew", to=to, reason="补充后重议")
    undone = [task for task in case.tasks("voice") if task.id in before]

    assert "voice" not in case.row().facts["outcome"]
    for who in ("fang", "sun", "ma"):
        speak(case, who, "+")
    assert case.open() == ["go_on"]
    assert [task.inputs for task in undone] == [{"vote": "disagree"}] * 3
    assert all(task.undone_at == office.now for task in undone)
    assert (told(case)["assent"], told(case)["dissent"]) == (3, 0)
