"""Flags of a case (案件标记), and remedial notes on steps that are done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs

blueprint = resource("flags", "Flags of a case.")


@blueprint.post("/cases/<uuid:case_id>/flags")
@needs()
@takes(bodies.Flag)
@gives(schemas.Result)
def change_flag(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Raise or lower a flag; open and future steps follow at once."""
    seen.case(case_id)
    return acts.do("cases.flag", case_id=case_id, **body)


@blueprint.post("/cases/<uuid:case_id>/remedies")
@needs()
@takes(bodies.Remedy)
@gives(schemas.Result)
def note_remedy(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Write how a record of a past step was made good."""
    seen.case(case_id)
    return acts.do("cases.note_remedy", case_id=case_id, **body)
