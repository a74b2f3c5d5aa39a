"""Moving running cases to other versions of their process: one, or all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from engine.errors import Invalid, NotFound
from engine.rules.posts import Reserved
from storage import models
from storage.queries import migrations as query
from webapp import acts
from webapp.api import bodies, schemas, schemas_migration
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.deciding import require
from webapp.migrating import CaseFate, fate_of, progress_of
from webapp.paging import decode, encode, page

blueprint = resource("migration", "Moving cases to newer versions.")


@blueprint.post("/cases/<uuid:case_id>/migration")
@needs()
@takes(bodies.Migration)
@gives(schemas.Result)
def migrate(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Move a case to another version, or with *try_only* say what would happen."""
    return acts.do("cases.migrate", case_id=case_id, **body)


@blueprint.post("/migrations")
@needs()
@takes(bodies.Migrations)
@gives(schemas.Result, HTTPStatus.CREATED)
def start(body: dict[str, Any]) -> dict[str, Any]:
    """Order that all running cases of a process go over; the worker does it."""
    return acts.do("migrations.start", **body)


@blueprint.get("/migrations/<uuid:migration_id>")
@needs()
@gives(schemas_migration.MigrationState)
def get_migration(migration_id: UUID) -> dict[str, Any]:
    """Return how far a migration is: how many cases met which fate."""
    return progress_of(_migration(migration_id))


@blueprint.get("/migrations/<uuid:migration_id>/fates")
@needs()
@takes(bodies.FateQuery, location="query")
@gives(schemas_migration.FatePage)
def list_fates(args: dict[str, Any], migration_id: UUID) -> dict[str, Any]:
    """List what became, or would become, of each case, in a stable order."""
    found = _migration(migration_id)
    rows = query.told_fates(
        session(),
        found.id,
        fate=args.get("fate"),
        after=_behind(args.get("cursor")),
        limit=args["limit"] + 1,
    )
    part = page(rows, args["limit"], lambda row: encode(str(row.Case.id)))
    told = [fate_of(found, row) for row in part["items"]]
    return {**part, "items": [_told(each) for each in told]}


@blueprint.post("/migrations/<uuid:migration_id>/cancel")
@needs()
@gives(schemas.Result)
def cancel(migration_id: UUID) -> dict[str, Any]:
    """Stop a migration; what has gone over stays there, the rest where it is."""
    return acts.do("migrations.cancel", migration_id=migration_id)


@blueprint.post("/processes/<uuid:version_id>/withdraw")
@needs()
@takes(bodies.Reason)
@gives(schemas.Result)
def withdraw(body: dict[str, Any], version_id: UUID) -> dict[str, Any]:
    """Let no more cases of the agency begin under a version; running ones stay."""
    return acts.do("processes.withdraw", version_id=version_id, **body)


@blueprint.post("/processes/<uuid:version_id>/reinstate")
@needs()
@takes(bodies.Reason)
@gives(schemas.Result)
def reinstate(body: dict[str, Any], version_id: UUID) -> dict[str, Any]:
    """Let cases of the agency begin under a withdrawn version again."""
    return acts.do("processes.reinstate", version_id=version_id, **body)


def _migration(migration_id: UUID) -> models.Migration:
    require("migrations.start", Reserved.MIGRATION)
    found = session().get(models.Migration, migration_id)
    if found is None or found.agency_id != current_actor().agency_id:
        raise NotFound("migration", str(migration_id))
    return found


def _behind(cursor: str | None) -> UUID:
    """Return the case behind which a part of the list begins; raises Invalid."""
    try:
        return UUID(decode(cursor, 1)[0]) if cursor else UUID(int=0)
    except (AttributeError, ValueError) as error:
        raise Invalid({"cursor": ["not_of_type"]}) from error


def _told(fate: CaseFate) -> dict[str, Any]:
    return {**fate.facts(), "told": fate.told()}
