"""A sweep that is killed between any two statements leaves all or nothing."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event

from engine.commands import firing
from engine.events import EventTag
from storage import chain
from storage.models import Deadline
from tests.factories import Office, connect, link

SECOND = timedelta(seconds=1)
SWEPT = {EventTag.DEADLINE_OVERDUE, EventTag.DEADLINE_FIRED, EventTag.DEADLINE_WARNED}


def _killed_at(office, statement, act, deadline_id):
    """Let a process of its own act, killed at a statement; says whether it was."""
    child = os.fork()
    if child == 0:
        own = connect(office.engine.url.render_as_string(hide_password=False))
        seen = Counter()

        def count(_text):
            seen["statements"] += 1
            if seen["statements"] == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(own, "connect", lambda dbapi, _: dbapi.set_trace_callback(count))
        worker = Office(own)
        worker.now = office.now
        seen.clear()
        try:
            with worker.transaction() as tx:
                act(tx, deadline_id)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _swept(case):
    return [e.tag for e in case.events() if e.tag in SWEPT]


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("decision", firing.fire),
        ("decision", firing.warn),
        ("defense", firing.fire),
    ],
)
def test_a_killed_sweep_is_done_once_by_the_next(office, code, act):
    """Killed at its first, second, … last statement, it did all or nothing."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    if code == "decision":
        case.complete("zhou", "answered")
    row = case.find(Deadline, code=code)
    office.now = row.warn_at if act is firing.warn else row.due_at + SECOND
    statement, seen = 1, []
    while _killed_at(office, statement, act, row.id):
        seen.append(len(_swept(case)))
        statement += 1
    with office.transaction() as tx:
        again = act(tx, row.id)

    assert statement > 5
    assert set(seen) <= {0, 1}
    assert (again, len(_swept(case))) == (False, 1)
    assert chain.verify(map(link, case.events())) is None
