"""A second version of the penalty, and cases that began under the first."""

from __future__ import annotations

from pathlib import Path

from engine.commands import definitions
from forms import registry
from storage.transaction import transaction
from webapp import database
from webapp.clock import now

PROCESSES = Path(__file__).parents[2] / "processes"
PENALTY = "penalty/penalty.bpmn"
CODES = [definition.code for definition in registry.all()]
NEW_CASE = {
    "process": "penalty",
    "cause": "涉嫌未取得医疗机构执业许可证开展诊疗活动",
    "parties": [{"kind": "legal_person", "name": "恒康源健康管理有限公司"}],
}


def open_cases(officer, count):
    """Return the ids of new cases of an officer who is signed in."""
    return [
        officer.send("/api/v1/cases", NEW_CASE).json["case_id"] for _ in range(count)
    ]


def publish(app, *changes):
    """Publish the shipped processes with some words of the penalty replaced."""
    files = definitions.read_folder(PROCESSES)
    for old, new in changes:
        assert old in files[PENALTY]
        files[PENALTY] = files[PENALTY].replace(old, new)
    with app.app_context(), transaction(database.session(), now()) as tx:
        definitions.publish(tx, files, CODES)


#: The first step under another name: nothing stands in the way.
HARMLESS = ('name="受理案源"', 'name="登记案源"')
#: The first step under another id: nobody knows where its token belongs.
UNSAFE = (
    ('"acceptance"', '"lead_acceptance"'),
    (">acceptance<", ">lead_acceptance<"),
)
