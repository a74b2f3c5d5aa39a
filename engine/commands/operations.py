"""What service tasks of a diagram may do by themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.commands.errors import ClockRunning
from engine.commands.work import Work
from engine.runtime.service_tasks import ServiceCall, service_task
from storage.models import Task
from storage.vocabulary import CaseStatus


@service_task("case.close", {"case_status": (CaseStatus.CLOSED.value,)})
def close_case(call: ServiceCall) -> dict[str, Any]:
    """Close the case (结案): nothing new is begun in it from here on."""
    del call
    return {"case_status": CaseStatus.CLOSED.value}


@service_task("case.archive", {"case_status": (CaseStatus.ARCHIVED.value,)})
def archive_case(call: ServiceCall) -> dict[str, Any]:
    """Archive the case (归档): its record is complete."""
    del call
    return {"case_status": CaseStatus.ARCHIVED.value}


#: What came of an emergency, as the procedure that called it asks.
RESULT = "emergency_result"

#: What an earlier emergency answered and must not speak for this one.
_FORGOTTEN = ("emergency_started_at", "oral_at", RESULT)

#: When the act took place that an emergency is about; the next one takes its own.
_ACTED = {
    "seizure_decision": "measure_at",
    "evidence_registration_decision": "registered_at",
}


@service_task(
    "emergency.begin", dict.fromkeys((*_FORGOTTEN, *_ACTED.values()), (None,))
)
def begin_emergency(call: ServiceCall) -> dict[str, Any]:
    """Forget what an earlier emergency of the case answered.

    Raises:
        ClockRunning: one about the same act is not settled yet; it would be forgotten.
    """
    if isinstance(call.context, Work):
        _check_settled(call.context, call)
    forgotten = dict.fromkeys(_FORGOTTEN)
    if call.subject in _ACTED:
        forgotten[_ACTED[call.subject]] = None
    return forgotten


def _check_settled(work: Work, call: ServiceCall) -> None:
    terms = work.rules.terms
    pending = {
        clock.scope: clock
        for clock in work.running()
        if clock.code in terms and terms[clock.code].locks
    }
    about = work.tx.session.execute(
        select(Task.scope, Task.subject)
        .where(Task.case_id == work.case.id, Task.scope.in_(pending))
        .distinct()
    )
    for scope, subject in about:
        clock = pending[scope]
        if subject == call.subject:
            cites = list(terms[clock.code].cites)
            raise ClockRunning(clock.code, clock.base_at, clock.due_at, cites)


@service_task("emergency.denied", {RESULT: ("denied",)})
def deny_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that oral consent was denied: nothing may begin."""
    del call
    return {RESULT: "denied"}


@service_task("emergency.approved", {RESULT: ("approved",)})
def approve_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that the act was approved in time."""
    del call
    return {RESULT: "approved"}


@service_task("emergency.stopped", {RESULT: ("stopped",)})
def stop_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that the act was refused in time, and has been stopped."""
    del call
    return {RESULT: "stopped"}


@service_task("emergency.resolved", {RESULT: ("redecided", "stopped")})
def resolve_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note what was decided after the act went without approval for too long."""
    outcome = call.facts.get("outcome", {}).get("emergency_resolution")
    return {RESULT: "redecided" if outcome == "redecide" else "stopped"}
