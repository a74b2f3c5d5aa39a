"""Devices (设备): registered once, checked before each use, their clocks compared."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require_today
from engine.commands.people import actor_of
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.posts import Reserved
from storage.database import new_id
from storage.models import Agency, Device, DeviceCheck
from storage.transaction import Transaction
from storage.vocabulary import DeviceKind


@act("devices.register")
def register(
    tx: Transaction,
    number: str,
    kind: DeviceKind,
    holder_id: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Enter a device into the agency's register, with who holds it.

    Raises:
        NotAllowed: not in a post that keeps the register.
        Invalid: without a number, with one that is taken, or held by a stranger.
    """
    require_today(tx, actor, "devices.register", Reserved.DEVICE)
    if not number.strip():
        raise Invalid({"number": ["required"]})
    # One after the other, so that a number is not taken twice.
    tx.session.scalar(
        select(Agency.id).where(Agency.id == actor.agency_id).with_for_update()
    )
    if of_number(tx, actor.agency_id, number.strip())[0] is not None:
        raise Invalid({"number": ["taken"]})
    holder = actor_of(tx.session, holder_id) if holder_id is not None else None
    if holder_id is not None and (
        holder is None or holder.agency_id != actor.agency_id
    ):
        raise Invalid({"holder_id": ["unknown_person"]})
    row = Device(
        id=new_id(),
        agency_id=actor.agency_id,
        number=number.strip(),
        kind=kind,
        holder_id=holder_id,
        registered_by_id=actor.id,
        registered_at=tx.now,
    )
    tx.add(row)
    result = {"device_id": str(row.id)}
    tx.log_apart(
        EventTag.DEVICE_REGISTERED,
        row.agency_id,
        by=actor.id,
        subject=row.id,
        facts={"number": row.number, "kind": row.kind, "person": holder_id},
        result=result,
    )
    return result


@act("devices.check")
def check(
    tx: Transaction,
    device_id: UUID,
    shown_at: datetime,
    passed: list[str] | None = None,
    faults: str = "",
    *,
    actor: Actor,
) -> Result:
    """Note what was looked at before use, and what the device's clock shows now.

    The difference to the server's time is applied to the recordings that are declared
    from now on; the times that the device told are never changed.

    Raises:
        NotFound: the agency has no such device.
    """
    device = tx.session.get(Device, device_id)
    if device is None or device.agency_id != actor.agency_id:
        raise NotFound("device", str(device_id))
    row = DeviceCheck(
        id=new_id(),
        device_id=device.id,
        checked_by_id=actor.id,
        checked_at=tx.now,
        passed=[item.strip() for item in passed or [] if item.strip()],
        faults=faults.strip(),
        shown_at=shown_at,
        clock_ahead=round((shown_at - tx.now).total_seconds()),
    )
    tx.add(row)
    result = {"check_id": str(row.id), "clock_ahead": row.clock_ahead}
    tx.log_apart(
        EventTag.DEVICE_CHECKED,
        device.agency_id,
        by=actor.id,
        subject=device.id,
        facts={
            "number": device.number,
            "passed": row.passed,
            "faults": row.faults,
            "shown_at": shown_at,
            "clock_ahead": row.clock_ahead,
        },
        result=result,
    )
    return result


def of_number(
    tx: Transaction, agency_id: UUID, number: str
) -> tuple[UUID | None, timedelta]:
    """Return the registered device of that number, and by how much it is ahead.

    The last check counts; None and nothing where the register has no such device.
    """
    row = tx.session.execute(
        select(Device.id, DeviceCheck.clock_ahead)
        .outerjoin(DeviceCheck, DeviceCheck.device_id == Device.id)
        .where(Device.agency_id == agency_id, Device.number == number)
        .order_by(DeviceCheck.checked_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None, timedelta()
    return row.id, timedelta(seconds=row.clock_ahead or 0)
