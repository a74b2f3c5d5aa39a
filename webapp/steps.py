"""What the steps of the shipped diagrams are called, by the ids of their elements."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine.bpmn.reader import read

FOLDER = Path(__file__).parent.parent / "processes"
ACTIVITIES = FOLDER / "activities.toml"


@cache
def step_names() -> Mapping[str, Mapping[str, str]]:
    """Return the name of each step in Chinese as drawn, in English as its activity."""
    if not ACTIVITIES.is_file():
        return {}
    activities = tomllib.loads(ACTIVITIES.read_text("utf-8"))["activity"]
    return {
        node.id: {"zh": node.name, "en": activities[node.activity]["en"]}
        for path in sorted(FOLDER.glob("*/*.bpmn"))
        for node in read(path.read_bytes()).nodes.values()
        if node.activity in activities
    }
