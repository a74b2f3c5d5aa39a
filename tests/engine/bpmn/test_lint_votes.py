"""The lint of votes: each fault is found at its step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.bpmn.errors import UnreadableDiagram
from engine.bpmn.findings import Severity
from engine.bpmn.lint import lint
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import wrap
from tests.engine.bpmn.test_lint import KNOWN

VOTED = """<startEvent id="s"/><endEvent id="e"/>
    <userTask id="v" name="v" rec:activity="act.v" rec:capacity="{capacity}"
      rec:members="people"><extensionElements>{asked}
      <rec:vote fact="flag" for="agree" against="{against}" rule="majority" {more}/>
      {results}</extensionElements>{loop}</userTask>
    <sequenceFlow id="f" sourceRef="s" targetRef="v"/>
    <sequenceFlow id="g" sourceRef="v" targetRef="e"/>"""
LOOP = (
    "<multiInstanceLoopCharacteristics><loopCardinality>len(people)"
    "</loopCardinality>{}</multiInstanceLoopCharacteristics>"
)
UNTIL = "<completionCondition>fine == 1</completionCondition>"
SOUND_VOTE = {
    "capacity": "approver",
    "asked": '<rec:input fact="flag" required="true"/>',
    "against": "disagree",
    "more": "",
    "results": "".join(
        f'<rec:outcome value="{each}"/>' for each in ("passed", "failed", "tied")
    ),
    "loop": LOOP.format(""),
}


def voted(**other):
    """Return the rules that a diagram with one vote breaks."""
    known = replace(KNOWN, choices={"flag": frozenset({"agree", "disagree"})})
    drawn = wrap(VOTED.format(**{**SOUND_VOTE, **other}))
    return {f.rule for f in lint(read(drawn), known) if f.severity is Severity.ERROR}


def test_a_sound_vote_has_no_error():
    """Its results are its outcomes, and who votes is asked for it."""
    assert voted() == set()
    assert voted(more='ends="certain"') == set()


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        ("vote_without_members", {"loop": ""}),
        ("vote_cut_short", {"loop": LOOP.format(UNTIL)}),
        ("voice_unheard", {"capacity": "panel_member", "more": 'ends="certain"'}),
        ("vote_outcomes", {"results": '<rec:outcome value="passed"/>'}),
        ("vote_outcomes", {"results": ""}),
        ("vote_not_asked", {"asked": ""}),
        ("vote_not_asked", {"asked": '<rec:input fact="flag" required="false"/>'}),
        ("unknown_choice", {"against": "no"}),
        ("vote_answers_alike", {"against": "agree"}),
        ("unknown_clause", {"more": 'cites="pl-99"'}),
    ],
)
def test_a_vote_that_could_not_be_taken(rule, other):
    """Each fault of a vote is found, and has a mend."""
    assert voted(**other) == {rule}


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ('rule="most"', "unknown_VoteRule:most"),
        ('rule="share"', "missing:vote.share"),
        ('rule="share" share="1/0"', "bad_share"),
        ('rule="share" share="3/2"', "bad_share"),
        ('rule="any" ends="soon"', "unknown_end:soon"),
    ],
)
def test_a_vote_that_cannot_be_read(attributes, reason):
    """A word that means nothing is refused where it stands."""
    drawn = VOTED.format(**SOUND_VOTE).replace('rule="majority"', attributes)
    with pytest.raises(UnreadableDiagram) as refused:
        read(wrap(drawn))

    assert (refused.value.reason, refused.value.element) == (reason, "v")
