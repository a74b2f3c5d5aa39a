"""Which keys each table of a scenario may hold, and of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

#: What TOML calls what we ask for.
KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    date: "a date",
    datetime: "date, time and offset",
    dict: "a table",
    list: "a list",
}


@dataclass(frozen=True)
class Shape:
    """The keys of one table with their kinds; some cannot be left out."""

    kinds: Mapping[str, type]
    needed: frozenset[str] = frozenset()

    def wrong(self, row: object) -> str | None:
        """Return what is wrong with *row*, as a clause; None if nothing is."""
        if not isinstance(row, dict):
            return "is not a table"
        unknown, missing = set(row) - set(self.kinds), self.needed - set(row)
        if unknown:
            return f"unknown key {min(unknown)}"
        if missing:
            return f"{min(missing)} is missing"
        for key, value in row.items():
            kind = self.kinds[key]
            if not _is(value, kind):
                return f"{key} needs {KINDS[kind]}"
        return None


def _is(value: Any, kind: type) -> bool:
    if kind is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


SCRIPT = Shape(
    {
        "title": str,
        "issuer": str,
        "process": str,
        "agency": dict,
        "person": list,
        "room": list,
        "step": list,
        "demo": bool,
    },
    frozenset({"title", "issuer", "process", "person", "step"}),
)

PERSON = Shape(
    {
        "id": str,
        "name": str,
        "posts": list,
        "login": str,
        "unit": str,
        "title": str,
        "certificate": str,
        "certificate_valid_to": date,
        "legal_qualified": bool,
    },
    frozenset({"id", "name", "posts"}),
)

#: A room that the agency has before the first step.
ROOM = Shape(
    {
        "id": str,
        "name": str,
        "kind": str,
        "address": str,
        "equipment": list,
        "keepers": list,
        "approver": str,
    },
    frozenset({"id", "name", "kind"}),
)

STEP = Shape(
    {
        "at": datetime,
        "actor": str,
        "act": str,
        "note": str,
        "task": str,
        "subject": str,
        "document": str,
        "recording": str,
        "deadline": str,
        "recusal": str,
        "waiver": str,
        "with": dict,
        "as": str,
        "record": list,
        "sign": list,
        "judge": list,
        "refused": dict,
        "deadlines": list,
        "open": list,
        "locked": list,
        "facts": dict,
        "status": str,
        "demo_ends": bool,
    },
    frozenset({"at"}),
)

RECORD = Shape(
    {
        "document": str,
        "recording": str,
        "sample": bool,
        "fields": dict,
        "signed": list,
        "replaces": bool,
        "device": str,
        "started": datetime,
        "ended": datetime,
        "place": str,
        "officers": list,
        "carrier": str,
        "deposit": bool,
        "file": str,
        "as": str,
    }
)

_SIGNATURE: Mapping[str, type] = {
    "by": str,
    "role": str,
    "kind": str,
    "name": str,
    "note": str,
    "witness": str,
    "digest": str,
}

#: A signature on a document of the same record.
SIGNED = Shape(_SIGNATURE, frozenset({"role"}))

#: A signature on a document made before.
SIGN = Shape({**_SIGNATURE, "document": str}, frozenset({"document", "role"}))

JUDGE = Shape(
    {"requirement": str, "needed": bool, "reason": str},
    frozenset({"requirement", "needed", "reason"}),
)

#: ``due`` is a day or an instant; ``recording`` names the one whose clock is meant.
DEADLINE = Shape(
    {"code": str, "due": date, "status": str, "recording": str}, frozenset({"code"})
)
DEADLINE_AT = Shape({**DEADLINE.kinds, "due": datetime}, frozenset({"code"}))
