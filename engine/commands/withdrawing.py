"""Withdraw a published version from new cases, and give it back to them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.definitions import newest_set
from engine.commands.migration import require_migrator
from engine.commands.version_errors import LastVersion
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from storage.models import Agency, ProcessVersion, RequirementSet
from storage.transaction import Transaction


@act("processes.withdraw")
def withdraw(tx: Transaction, version_id: UUID, reason: str, *, actor: Actor) -> Result:
    """Let no more cases of the agency begin under a version; running ones stay.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
        LastVersion: no version would be left for new cases.
    """
    version, agency, rows = _version(tx, version_id, "processes.withdraw", actor)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    standing = [row for row in rows if row.withdrawn_at is None]
    for row in standing:
        row.withdrawn_at, row.withdrawn_by_id = tx.now, actor.id
        row.withdrawn_for = reason.strip()
    tx.session.flush()
    if newest_set(tx, version.key, agency.issuer) is None:
        raise LastVersion(version.key, version.number)
    result = _told(version, withdrawn=True, changed=bool(standing))
    if standing:
        _log(tx, EventTag.PROCESS_WITHDRAWN, version, agency, actor, reason, result)
    return result


@act("processes.reinstate")
def reinstate(
    tx: Transaction, version_id: UUID, reason: str, *, actor: Actor
) -> Result:
    """Let cases of the agency begin under a withdrawn version again, if it is newest.

    Raises:
        NotAllowed: the actor holds no post that may migrate cases.
    """
    version, agency, rows = _version(tx, version_id, "processes.reinstate", actor)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    withdrawn = [row for row in rows if row.withdrawn_at is not None]
    for row in withdrawn:
        row.withdrawn_at = row.withdrawn_by_id = row.withdrawn_for = None
    result = _told(version, withdrawn=False, changed=bool(withdrawn))
    if withdrawn:
        _log(tx, EventTag.PROCESS_REINSTATED, version, agency, actor, reason, result)
    return result


def _version(
    tx: Transaction, version_id: UUID, name: str, actor: Actor
) -> tuple[ProcessVersion, Agency, list[RequirementSet]]:
    require_migrator(tx, actor, name)
    version = tx.session.get(ProcessVersion, version_id)
    # One after the other: two together might leave none for new cases.
    agency = tx.session.scalars(
        select(Agency).where(Agency.id == actor.agency_id).with_for_update()
    ).one()
    rows = tx.session.scalars(
        select(RequirementSet)
        .where(
            RequirementSet.process_version_id == version_id,
            RequirementSet.issuer == agency.issuer,
        )
        .execution_options(populate_existing=True)
    ).all()
    if version is None or not rows:
        raise NotFound("process", str(version_id))
    return version, agency, list(rows)


def _told(version: ProcessVersion, *, withdrawn: bool, changed: bool) -> Result:
    return {
        "version_id": str(version.id),
        "withdrawn": withdrawn,
        "changed": changed,
    }


def _log(  # an event simply has these facts
    tx: Transaction,
    tag: EventTag,
    version: ProcessVersion,
    agency: Agency,
    actor: Actor,
    reason: str,
    result: Result,
) -> None:
    tx.log_apart(
        tag,
        agency.id,
        by=actor.id,
        subject=version.id,
        facts={
            "key": version.key,
            "number": version.number,
            "issuer": agency.issuer,
            "reason": reason.strip(),
        },
        result=result,
    )
