"""A device of the register, and a step of which a moment was not recorded."""

from __future__ import annotations


def explaining(office, case):
    """Return what explains a moment at the first step of *case*."""
    moment = {"started_at": office.now, "ended_at": office.now}
    return {"task_id": case.task("acceptance").id, **moment, "reason": "更换电池"}


def entering(_office):
    """Return who enters a device into the register, and which."""
    return "qin", {"number": "PDS-0142", "kind": "body_camera"}


def checking(office):
    """Return who checks a device before use, and what its clock shows."""
    who, params = entering(office)
    device = office.act(who, "devices.register", **params)
    return "zhou", {**device, "shown_at": office.now}


def telling(office):
    """Return who explains a moment of a new case."""
    return "zhou", explaining(office, office.open_case())


#: Act → how it is prepared for its race.
EQUIPMENT = {
    "devices.check": checking,
    "devices.register": entering,
    "times.explain": telling,
}
