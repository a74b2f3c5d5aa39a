"""By what a duty is kept, as the clause says that software may behave.

What is expected is read from the columns ``kind``, ``enforceable`` and
``system_behaviour`` of ``processes/clauses/*.csv``; ``frame_kept.toml`` names the
clauses for which these words mean something else.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engine.rules.explain import Statement
from tests.law.packs import PROCESSES

_READ = tomllib.loads((Path(__file__).parent / "frame_kept.toml").read_text("utf-8"))
_MEANT = {c: each for each, these in _READ["kept_by"].items() for c in these}
#: The first pattern that is found decides.
_WORDS = {
    "store": r"write-once|deletion|editing|(personal|own) device|final storage",
    "permission": r"[Rr]estrict|export|copying|[Pp]ermissions?\b|edit rights?",
    "attestation": r"attest|confirm|acknowledged|[Cc]hecklist|capture point"
    r"|check covering|pre-use check|device check|wearing",
    "statistics": r"statistics|figures|\bsample\b",
    "register": r"register|Register|ledger|Ledger|ticket|incident|hand-over|log "
    r"|maintenance|Schedule|Route|named person|-keeper|manager role|administrator"
    r"|custodian",
    "form": r"fields|template|[Ss]ignature|signed|opinion",
}
#: Else the kind of the clause does.
_KINDS = {
    **dict.fromkeys(("definition", "other"), "shown"),
    **dict.fromkeys(("content", "service"), "form"),
    **dict.fromkeys(("archive", "custody", "venue", "access"), "register"),
    **dict.fromkeys(("retention", "device", "procurement"), "register"),
    "accountability": "register",
    "record-gate": "gate",
    "notice": "attestation",
    "approval": "diagram",
    "deadline": "deadline",
    **dict.fromkeys(("role", "confidentiality"), "permission"),
    "assessment": "statistics",
}


@cache
def _behaviour() -> dict[str, tuple[str, str, str]]:
    found = {}
    for path in (PROCESSES / "clauses").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                words = row["kind"], row["enforceable"], row["system_behaviour"]
                found[row["id"]] = words
    return found


def mechanism(clause: str) -> str:
    """Return by what a clause is kept."""
    if clause in _MEANT:
        return _MEANT[clause]
    kind, enforceable, words = _behaviour()[clause]
    for found, pattern in _WORDS.items():
        if kind == "assessment" and found == "register":
            return "statistics"
        if re.search(pattern, words):
            return found
    if kind == "content" and enforceable != "yes":
        return "attestation"
    return _KINDS[kind]


def kept(clause: str, stated: list[Statement]) -> Iterator[str]:
    """Compare by what the duties of a clause are kept."""
    duties = [each for each in stated if each.kind == "duty"]
    told = {each.facts["kept_by"].value for each in duties}
    meant = set(_READ["besides"].get(clause, ())) | {mechanism(clause)}
    if told and told != meant:
        yield f"kept by {sorted(told)}, not {sorted(meant)}"
