"""How a serving process looks for memory that only circles hold."""

from __future__ import annotations

import gc

import pytest

from webapp import memory


@pytest.fixture
def collector():
    """Give the collector back as it was."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
def test_what_was_loaded_is_not_searched_again():
    """What lives before the process serves is left alone; new circles are found."""
    memory.settle()
    frozen = gc.get_freeze_count()
    circle: list[object] = []
    circle.append(circle)
    del circle

    assert frozen > len(gc.get_objects())
    assert gc.collect() > 0
    assert gc.get_threshold() == memory.THRESHOLDS
