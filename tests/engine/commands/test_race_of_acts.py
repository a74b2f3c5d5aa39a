"""Every act under a race: however many try at once, it takes effect once."""

from __future__ import annotations

from itertools import groupby

import pytest
from sqlalchemy import select

from engine.commands.acts import ACTS
from engine.errors import CaseError
from storage import chain
from storage.models import Event
from tests.engine.commands import races_of_versions  # noqa: F401 - its races
from tests.engine.commands.races import RACES, REPEATABLE, SETTLED
from tests.engine.commands.test_races import at_once
from tests.factories import link

#: So many try at once.
RIVALS = 4


def events_of(office):
    """Return every event of the office, in order."""
    with office.reading() as session:
        query = select(Event).order_by(Event.stream_id, Event.seq)
        return session.scalars(query).all()


def streams(events):
    """Return the events of each chain."""
    return [list(each) for _, each in groupby(events, lambda e: e.stream_id)]


@pytest.fixture(params=sorted(ACTS))
def contested(request):
    """Return the name of each act."""
    return request.param


def test_every_act_is_raced():
    """An act without its race is noticed."""
    assert RACES.keys() == ACTS.keys()


def test_an_act_takes_effect_once(either_office, contested):
    """Of several who do the same at once one wins; the others are told why not."""
    office = either_office
    who, params = RACES[contested](office)
    before = events_of(office)
    results = at_once([lambda: office.act(who, contested, **params)] * RIVALS)
    won = [each for each in results if not isinstance(each, CaseError)]
    after = events_of(office)

    if contested not in SETTLED:
        assert len(after) - len(before) == len(won)
    assert len(won) >= 1
    assert len(won) == 1 or contested in REPEATABLE | SETTLED
    assert all(chain.verify(map(link, each)) is None for each in streams(after))


def test_one_command_sent_at_once_takes_effect_once(either_office, contested):
    """The same command from several threads is done once and answered alike."""
    office = either_office
    who, params = RACES[contested](office)
    before = events_of(office)
    results = at_once(
        [lambda: office.act(who, contested, command_id="one", **params)] * RIVALS
    )

    assert [each for each in results if isinstance(each, CaseError)] == []
    assert all(each == results[0] for each in results)
    assert len(events_of(office)) == len(before) + 1
