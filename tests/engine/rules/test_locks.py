"""Which steps a lock shuts: those of the caller, never those that settle it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.rules.locks import LockFact, LockWhy, shutting

DUE = datetime(2026, 6, 25, 13, 20, 59, tzinfo=UTC)
#: A called procedure that hangs in a measure, which hangs in a case.
URGENT = ("measure", "urgent")


def lock(**more):
    """Return a lock of the called procedure, on every step of its caller."""
    given = {"element": "stop", "why": LockWhy.PENDING, "path": URGENT, "cites": ()}
    return LockFact(**given | more)


@pytest.mark.parametrize(
    ("path", "shut"),
    [
        (("measure",), True),
        (("measure", "service"), True),
        (URGENT, False),
        ((*URGENT, "service"), False),
        ((), False),
        (("hearing",), False),
    ],
)
def test_a_lock_reaches_its_caller_and_what_that_calls(path, shut):
    """Its own procedure works on, and so does whatever does not depend on it."""
    found = shutting([lock()], "serve", path, checkpoint=False)

    assert bool(found) is shut


def test_a_lock_called_by_the_case_itself_shuts_the_whole_case():
    """Called from the root, everything depends on it."""
    found = lock(path=("urgent",))

    assert found.shuts("serve", (), checkpoint=False)
    assert found.shuts("serve", ("hearing",), checkpoint=False)


def test_a_step_does_not_shut_itself():
    """Else nobody could ever complete it."""
    found = lock(path=())

    assert not found.shuts("stop", (), checkpoint=False)
    assert found.shuts("serve", (), checkpoint=False)


def test_a_lock_on_checkpoints_leaves_other_steps_open():
    """What is pending in time must only not be passed over."""
    found = lock(checkpoints_only=True)

    assert not found.shuts("serve", ("measure",), checkpoint=False)
    assert found.shuts("serve", ("measure",), checkpoint=True)


def test_a_term_that_just_ran_out_shuts_its_own_procedure_too():
    """Until it has been noticed, no late approval may slip in."""
    found = lock(why=LockWhy.OVERDUE, own_too=True, due_at=DUE)

    assert found.shuts("decide", URGENT, checkpoint=False)


def test_a_lock_tells_what_where_and_by_which_clause():
    """Its facts are plain values, for the refusal and the screen."""
    found = lock(why=LockWhy.OVERDUE, cites=("cl-19",), due_at=DUE)

    assert found.facts() == {
        "element": "stop",
        "why": "overdue",
        "due_at": "2026-06-25T13:20:59+00:00",
        "cites": ["cl-19"],
    }
