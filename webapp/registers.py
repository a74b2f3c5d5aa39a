"""The registers of an agency: its devices, each with its last check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from storage.models import Device, DeviceCheck
from webapp.database import session


def devices(agency_id: UUID) -> Sequence[Row[Device, DeviceCheck | None]]:
    """Return each device with its last check, if there was one, by number."""
    newest = (
        select(
            DeviceCheck.id,
            func.row_number()
            .over(
                partition_by=DeviceCheck.device_id,
                order_by=DeviceCheck.checked_at.desc(),
            )
            .label("rank"),
        )
    ).subquery()
    last = aliased(DeviceCheck)
    return (
        session()
        .execute(
            select(Device, last)
            .outerjoin(
                last,
                (last.device_id == Device.id)
                & last.id.in_(select(newest.c.id).where(newest.c.rank == 1)),
            )
            .where(Device.agency_id == agency_id)
            .order_by(Device.number)
        )
        .all()
    )


def plain_device(row: Row[Device, DeviceCheck | None]) -> dict[str, Any]:
    """Return a device and its last check as plain values."""
    device, check = row
    return {
        "id": device.id,
        "number": device.number,
        "kind": device.kind,
        "holder_id": device.holder_id,
        "checked_at": check.checked_at if check else None,
        "checked_by_id": check.checked_by_id if check else None,
        "passed": check.passed if check else [],
        "faults": check.faults if check else "",
        "clock_ahead": check.clock_ahead if check else 0,
    }
