"""Refusals as sentences: no word of them is one that only code knows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from engine.commands.errors import DocumentNotDue, GateClosed, GuardClosed, NotYours
from webapp.i18n import sentence

CODE_NAME = re.compile(r"[a-z]+[_-][a-z0-9_-]+")
LINE = {"codes": ["audio"], "cites": ["pds-2019-16-7a"]}
CLOCK = {
    "code": "defense",
    "due_at": datetime(2026, 4, 22, 15, 59, tzinfo=UTC),
    "cites": ["pl-44"],
}
#: A refusal, and what its sentence must hold.
TOLD = [
    (
        GateClosed("hearing_session", [LINE], ["pl-64"]),
        ["举行听证", "录音", "第十六条"],
    ),
    (
        GuardClosed("no_statutory_power", "registration_settlement", ["cl-10"]),
        ["作出登记保存处理决定", "《中华人民共和国行政强制法》第十条"],
    ),
    (NotYours("penalty_decision", "approver", None), ["行政处罚决定书", "批准人"]),
    (
        DocumentNotDue("penalty_decision", ["decision_draft"], [CLOCK]),
        ["拟制处罚决定书", "陈述申辩期限 (2026-04-22 23:59)"],
    ),
]


@pytest.mark.parametrize(("refusal", "words"), TOLD, ids=lambda given: str(given)[:20])
def test_steps_and_clauses_have_their_names(app, refusal, words):
    """A sentence names steps, documents and clauses as people do."""
    with app.test_request_context():
        told = sentence(refusal)

    assert [word for word in words if word not in told] == []
    assert CODE_NAME.findall(told) == []
