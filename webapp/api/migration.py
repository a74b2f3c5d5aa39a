"""Moving a running case to the newest version of its process and rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs

blueprint = resource("migration", "Moving cases to newer versions.")


@blueprint.post("/cases/<uuid:case_id>/migration")
@needs()
@takes(bodies.Migration)
@gives(schemas.Result)
def migrate(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Move a case to the newest version, or with *try_only* say what would happen."""
    seen.case(case_id)
    return acts.do("cases.migrate", case_id=case_id, **body)
