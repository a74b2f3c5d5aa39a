"""Devices of a register as plain values."""

from __future__ import annotations

from typing import Any

from storage.queries.line import Line


def plain_device(row: Line) -> dict[str, Any]:
    """Return a device and its last check as plain values."""
    device, check = row.Device, row.DeviceCheck
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
