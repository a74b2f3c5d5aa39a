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
