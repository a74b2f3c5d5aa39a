"""What service tasks of a diagram may do by themselves."""

from __future__ import annotations

from typing import Any

from engine.runtime.service_tasks import ServiceCall, service_task
from storage.vocabulary import CaseStatus


@service_task("case.close")
def close_case(call: ServiceCall) -> dict[str, Any]:
    """Close the case (结案): nothing new is begun in it from here on."""
    del call
    return {"case_status": CaseStatus.CLOSED.value}


@service_task("case.archive")
def archive_case(call: ServiceCall) -> dict[str, Any]:
    """Archive the case (归档): its record is complete."""
    del call
    return {"case_status": CaseStatus.ARCHIVED.value}


#: What came of an emergency, as the procedure that called it asks.
RESULT = "emergency_result"

#: What an earlier emergency answered and must not speak for this one.
_FORGOTTEN = ("emergency_started_at", "oral_at", RESULT)


@service_task("emergency.begin")
def begin_emergency(call: ServiceCall) -> dict[str, Any]:
    """Forget what an earlier emergency of the case answered."""
    forgotten = dict.fromkeys(_FORGOTTEN)
    if call.facts.get("outcome", {}).get("measure_request") == "urgent":
        forgotten["measure_at"] = None
    return forgotten


@service_task("emergency.denied")
def deny_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that oral consent was denied: nothing may begin."""
    del call
    return {RESULT: "denied"}


@service_task("emergency.approved")
def approve_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that the act was approved in time."""
    del call
    return {RESULT: "approved"}


@service_task("emergency.stopped")
def stop_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note that the act was refused in time, and has been stopped."""
    del call
    return {RESULT: "stopped"}


@service_task("emergency.resolved")
def resolve_emergency(call: ServiceCall) -> dict[str, Any]:
    """Note what was decided after the act went without approval for too long."""
    outcome = call.facts.get("outcome", {}).get("emergency_resolution")
    return {RESULT: "redecided" if outcome == "redecide" else "stopped"}
