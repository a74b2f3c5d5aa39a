"""The national base against the frame of national law; who may not be whom."""

from __future__ import annotations

from datetime import date

import pytest

from tests.law import nation
from tests.law.packs import ISSUERS, pack, rules
from tests.law.parted import parted_wrongly

DAY = date(2026, 12, 31)


def test_the_base_is_what_the_frame_expects():
    """Records at their gates and in every state, values, posts, terms, separations."""
    assert list(nation.differences(pack("national"), DAY)) == []


def test_every_node_of_the_base_stands_in_the_frame():
    """Each expectation names the node of the frame that it was written down from."""
    assert all(
        each["law"] for entries in nation.FRAME["nation"].values() for each in entries
    )


@pytest.mark.clause("pl-57", "pl-58", "pl-64", "pl-67", "dl-28a", "qy-zd-9b")
@pytest.mark.parametrize("issuer", ISSUERS)
def test_who_may_not_be_whom(issuer):
    """Every pair that the law parts, in either order, and no other."""
    assert parted_wrongly(issuer, rules(issuer)) == []
