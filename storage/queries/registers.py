"""The registers of an agency: its devices, each with its last check."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from storage.models import Device, DeviceCheck
from storage.queries import keyset
from storage.queries.keyset import Order, Part, Place
from storage.queries.line import Line

#: Devices on one page.
PAGE = 30
#: By number, which is unique within an agency.
BY_NUMBER = Order((Device.number, Device.id))


def devices(
    session: Session, agency_id: UUID, *, place: Place | None = None, limit: int = PAGE
) -> Part[Line]:
    """Return a part of the devices, each with its last check if there was one.

    Columns: Device, DeviceCheck. By number.
    """
    mine = select(Device.number, Device.id).where(Device.agency_id == agency_id)
    keys = keyset.part([mine], BY_NUMBER, place, limit + 1)
    last = aliased(DeviceCheck)
    newest = (
        select(last.id)
        .where(last.device_id == Device.id)
        .order_by(last.checked_at.desc(), last.id.desc())
        .limit(1)
        .correlate(Device)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Device, DeviceCheck)
        .join(keys, Device.id == keys.c.id)
        .outerjoin(DeviceCheck, DeviceCheck.id == newest)
        .order_by(*keyset.sorted_by(keys, BY_NUMBER, place))
    )
    return keyset.cut(rows.all(), BY_NUMBER, place, limit, lambda row: row.Device)
