"""The jobs themselves, and the sweep of deadlines."""

from __future__ import annotations

import pytest

from storage.objects import ObjectMissing, Tampered
from webapp import jobs, sweeping
from webapp.objects import objects


@pytest.fixture(autouse=True)
def inside(app):
    """Run each test inside the application's context, with the shipped jobs."""
    jobs.load()
    with app.app_context():
        yield


def test_every_kind_that_commands_queue_is_known():
    """What commands ask for, the worker can do."""
    assert {"render_document", "verify_object", "sweep_deadlines"} <= set(jobs.KINDS)


def test_whole_bytes_are_verified():
    """An object that is what it was passes in silence."""
    stored = objects().put([b"evidence"])

    assert jobs.KINDS["verify_object"]({"sha256": stored.sha256}) is None


def test_changed_bytes_are_noticed():
    """One byte that differs fails the job; so do bytes that are gone."""
    stored = objects().put([b"evidence"])
    objects().objects[stored.sha256] = b"evidencf"

    with pytest.raises(Tampered):
        jobs.KINDS["verify_object"]({"sha256": stored.sha256})
    with pytest.raises(ObjectMissing):
        jobs.KINDS["verify_object"]({"sha256": "0" * 64})


def test_nothing_due_is_nothing_swept():
    """Without deadlines the sweep does nothing and says so."""
    assert sweeping.sweep() == 0
