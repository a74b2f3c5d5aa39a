"""One scenario under another authority: what its file changes in another file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from webapp.scenarios.tables import Shape

#: A file that names a ``base`` holds these, and whatever a scenario may begin with.
VARIANT = Shape(
    {
        "base": str,
        "title": str,
        "issuer": str,
        "agency": dict,
        "replace": dict,
        "until": datetime,
        "person": list,
        "change": list,
        "add": list,
    },
    frozenset({"base", "title", "issuer"}),
)

#: What becomes of one step; ``cites`` says by which clauses it differs, and ``nth``,
#: from 1, which of several at that moment.
CHANGE = Shape(
    {
        "at": datetime,
        "task": str,
        "nth": int,
        "cites": list,
        "set": dict,
        "unset": list,
        "drop": bool,
    },
    frozenset({"at", "cites"}),
)


class BadVariant(ValueError):
    """The file cannot be laid over its base; says where and why."""


def laid_over(path: Path, variant: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scenario that *variant*, the file at *path*, makes of its base.

    With ``until``, of the base's steps up to that moment, itself included.

    Raises:
        BadVariant: a key is unknown, or a change finds no step or several.
        OSError, TOMLDecodeError: the base cannot be read.
    """
    _check("", variant, VARIANT)
    text = (path.parent / variant["base"]).read_text("utf-8")
    for old, new in variant.get("replace", {}).items():
        if old not in text:
            raise BadVariant(f"replace: {old} is not in the base")
        text = text.replace(old, new)
    data = tomllib.loads(text)
    data.pop("demo", None)
    if "until" in variant:
        data["step"] = _until(data["step"], variant["until"])
    data |= {key: variant[key] for key in ("title", "issuer")}
    data["agency"] = {**data.get("agency", {}), **variant.get("agency", {})}
    own = {row.get("id"): row for row in variant.get("person", ())}
    people = [{**row, **own.pop(row["id"], {})} for row in data["person"]]
    data["person"] = [*people, *own.values()]
    for change in variant.get("change", ()):
        _change(data["step"], change)
    for step in variant.get("add", ()):
        _add(data["step"], step)
    return data


def cites_of(variant: Mapping[str, Any]) -> list[list[str]]:
    """Return for each difference the clauses that it comes from."""
    rows = [*variant.get("change", ()), *variant.get("add", ())]
    return [list(row.get("cites", ())) for row in rows]


def _until(steps: list[dict[str, Any]], last: datetime) -> list[dict[str, Any]]:
    kept = [step for step in steps if step["at"] <= last]
    if not kept or kept[-1]["at"] != last:
        raise BadVariant(f"until: the base has no step at {last}")
    return kept


def _change(steps: list[dict[str, Any]], change: Mapping[str, Any]) -> None:
    place = f"change at {change.get('at')}"
    _check(place, change, CHANGE)
    found = [
        step
        for step in steps
        if step["at"] == change["at"] and change.get("task") in (None, step.get("task"))
    ]
    if "nth" in change:
        found = found[max(change["nth"] - 1, 0) :][:1]
    if len(found) != 1:
        raise BadVariant(f"{place}: {len(found)} steps of the base are meant")
    if change.get("drop"):
        steps.remove(found[0])
        return
    for key in change.get("unset", ()):
        if key not in found[0]:
            raise BadVariant(f"{place}: the base has no {key} there")
        del found[0][key]
    found[0] |= change.get("set", {})


def _add(steps: list[dict[str, Any]], step: Mapping[str, Any]) -> None:
    if "at" not in step or "cites" not in step:
        raise BadVariant("add: at and cites are needed")
    later = (i for i, other in enumerate(steps) if other["at"] > step["at"])
    fresh = {key: value for key, value in step.items() if key != "cites"}
    steps.insert(next(later, len(steps)), fresh)


def _check(place: str, row: object, shape: Shape) -> None:
    wrong = shape.wrong(row)
    if wrong is not None:
        raise BadVariant(f"{place}: {wrong}" if place else wrong)
