"""Acts on something shown say which version it was; a stale one is refused."""

from __future__ import annotations

import pytest

from engine.commands.acts import ACTS
from engine.commands.errors import StaleForm
from engine.errors import CaseError
from tests.engine.commands.races import RACES
from tests.engine.commands.test_race_of_acts import events_of

#: Only add something of their own: nothing that was shown is changed by them.
ADDING = frozenset(
    {
        "cases.open",
        "deputies.name",
        "devices.check",
        "devices.register",
        "documents.draft",
        "gates.request_waiver",
        "memos.ask",
        "memos.copy",
        "memos.remind",
        "recordings.declare",
        "recusals.challenge",
        "rooms.book",
        "rooms.check",
        "rooms.register",
        "times.explain",
    }
)
#: About what never changes but to be over, which a second time it may not be.
ONCE = frozenset(
    {
        "cosigners.answer",
        "cosigners.remove",
        "deputies.end",
        "gates.decide_waiver",
        "memos.answer",
        "memos.read",
        "migrations.cancel",
        "recordings.delay",
        "recordings.deposit",
        "recordings.return",
        "recusals.decide",
        "rooms.cancel",
        "rooms.decide",
        "rooms.withdraw",
    }
)
#: Hands over what somebody holds when it is carried out, whatever was shown.
AS_IT_STANDS = frozenset({"assignments.hand_over", "migrations.start"})
#: Says again, and writes nothing, when what it asks for is so already.
SAID_AGAIN = frozenset({"processes.reinstate", "processes.withdraw"})
#: Each answer is kept and the newest counts; the gate asks again at completion.
NEWEST_COUNTS = frozenset({"gates.judge"})
#: Says what it is about by its digest.
BY_DIGEST = frozenset({"documents.sign"})

VERSIONED = sorted(name for name, act in ACTS.items() if "version" in act.parameters)


def test_every_act_is_accounted_for():
    """What changes what was shown takes its version, or is named with why not."""
    others = ADDING | ONCE | SAID_AGAIN | AS_IT_STANDS | NEWEST_COUNTS | BY_DIGEST

    assert ACTS.keys() - set(VERSIONED) == others


@pytest.mark.parametrize("name", VERSIONED)
def test_a_stale_form_changes_nothing(office, name):
    """With another version nothing is written; with its own, it is done."""
    who, params = RACES[name](office)
    before = events_of(office)
    given = {key: value for key, value in params.items() if key != "version"}
    with pytest.raises(StaleForm) as refused:
        office.act(who, name, **given, version=4711)
    unchanged = events_of(office)
    office.act(who, name, **given, version=refused.value.actual)

    assert refused.value.expected == 4711
    assert len(unchanged) == len(before)
    assert len(events_of(office)) == len(before) + 1


@pytest.mark.parametrize("name", sorted(ONCE - {"recordings.deposit"}))
def test_what_is_over_is_not_done_again(office, name):
    """A form that was shown before it was over is refused, and nothing is written."""
    who, params = RACES[name](office)
    office.act(who, name, **params)
    before = events_of(office)
    with pytest.raises(CaseError):
        office.act(who, name, **params)

    assert len(events_of(office)) == len(before)


def test_what_is_signed_is_what_was_read(office):
    """A document that is not the one shown is not signed."""
    who, params = RACES["documents.sign"](office)
    before = events_of(office)
    with pytest.raises(CaseError) as refused:
        office.act(who, "documents.sign", **params, digest="0" * 64)

    assert refused.value.facts()["reason"] == "other_version"
    assert len(events_of(office)) == len(before)
