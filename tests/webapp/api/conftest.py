"""A case to call the API about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FORMS = Path(__file__).parents[3] / "forms" / "documents"
NEW_CASE = {
    "process": "penalty",
    "cause": "涉嫌未取得医疗机构执业许可证开展诊疗活动",
    "source": "complaint",
    "parties": [{"kind": "legal_person", "name": "恒康源健康管理有限公司"}],
}


@pytest.fixture
def officer(published, sign_in):  # noqa: ARG001 - chooses the application
    """Return the officer who opens cases here."""
    return sign_in("zhou.lan@pds")


@pytest.fixture
def case_id(officer):
    """Return a new case of the officer."""
    return officer.send("/api/v1/cases", NEW_CASE).json["case_id"]


@pytest.fixture
def task_id(officer, case_id):
    """Return its first step: acceptance."""
    return officer.get(f"/api/v1/cases/{case_id}/tasks").json[0]["id"]


@pytest.fixture
def sample():
    """Return a function from a document's code to the contents of its sample."""

    def read(code):
        return json.loads((FORMS / code / "sample.json").read_text("utf-8"))

    return read
