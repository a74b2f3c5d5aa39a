"""How an office comes to where cases change versions; see the table of all races."""

from __future__ import annotations

from tests.engine.commands.races import race
from tests.engine.commands.test_migration import NAME, newest_version, publish
from tests.factories import Office, shipped


@race("cases.migrate")
def _migrate(office):
    case = office.open_case()
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))
    return "zhou", {"case_id": case.id, "reason": "新版本"}


def renewed(office: Office) -> None:
    """Publish a second version of the penalty, with a case under the first."""
    office.open_case()
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))


@race("migrations.start")
def _start_migration(office):
    renewed(office)
    return "zhou", {"process": "penalty", "reason": "新版本"}


@race("migrations.cancel")
def _cancel_migration(office):
    who, params = _start_migration(office)
    begun = office.act(who, "migrations.start", **params)
    return who, {"migration_id": begun["migration_id"]}


@race("processes.withdraw")
def _withdraw_version(office):
    renewed(office)
    return "zhou", {"version_id": newest_version(office), "reason": "图有误"}


@race("processes.reinstate")
def _reinstate_version(office):
    who, params = _withdraw_version(office)
    office.act(who, "processes.withdraw", **params)
    return who, params
