"""What was answered in each call of a case: read there before what others answered.

A case may call one procedure several times at once, an emergency as well as a seizure.
What is answered, decided or noted in a call is kept for it and for the procedure that
called it, and there nobody else's answer is seen in its place. Where a call has no
answer of a name, what is around it is seen, in the end what the case knows: the newest
answer of all. What a call has forgotten is nothing to it, until what is around it
answers anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

#: Among the facts of a case: what each call knows, by the hex id of the call.
CALLS = "calls"
#: Calls that are over and may still be gone back to; older ones are forgotten.
MAX_OVER = 40
#: The case's own diagram is around every call.
OWN = ""

Facts = Mapping[str, Any]
_NONE: Facts = {}
#: The calls around a step, the case's own diagram first, its nearest call last.
Chain = tuple[str, ...]


def chain_of(facts: Facts, scope: str) -> Chain | None:
    """Return the chain of a call that has answered something; None: it has not."""
    if not scope:
        return (OWN,)
    kept = facts.get(CALLS, {}).get(scope)
    return None if kept is None else tuple(kept["chain"])


def keep(
    facts: Facts, chain: Chain, values: Facts, outcomes: Facts = _NONE
) -> dict[str, Any]:
    """Return the facts of a case with what was answered at the end of a chain.

    An outcome that is None speaks no more.
    """
    told = dict(facts.get("outcome", {}))
    known = {**facts, **values}
    if outcomes:
        told.update(outcomes)
        left = {name: value for name, value in told.items() if value is not None}
        known["outcome"] = left
    calls = dict(facts.get(CALLS, {}))
    if chain[:-2]:
        # What calls of calls answer is not what the case's own diagram goes by.
        was = {name: facts.get(name) for name in values}
        before = {name: facts.get("outcome", {}).get(name) for name in outcomes}
        own = _entry(calls, (OWN,))
        calls[OWN] = {
            **own,
            "facts": {**was, **own["facts"]},
            "outcome": {**before, **own["outcome"]},
        }
    elif OWN in calls:
        own = calls[OWN]
        calls[OWN] = {
            **own,
            "facts": {k: v for k, v in own["facts"].items() if k not in values},
            "outcome": {k: v for k, v in own["outcome"].items() if k not in outcomes},
        }
    for place in range(max(len(chain) - 2, 0), len(chain)):
        if chain[place] != OWN:
            kept = _entry(calls, chain[: place + 1])
            calls[chain[place]] = {
                **kept,
                "facts": {**kept["facts"], **values},
                "outcome": {**kept["outcome"], **outcomes},
            }
    _tell_below(calls, chain, values)
    if calls:
        known[CALLS] = calls
    return known


def _tell_below(calls: dict[str, Any], chain: Chain, values: Facts) -> None:
    """Let calls below that had only forgotten it see what is answered now."""
    for scope, kept in calls.items():
        around = tuple(kept["chain"])
        if len(around) > len(chain) and around[: len(chain)] == chain:
            own = kept["facts"]
            left = {n: v for n, v in own.items() if v is not None or n not in values}
            if len(left) < len(own):
                calls[scope] = {**kept, "facts": left}


def _entry(calls: Facts, chain: Chain) -> dict[str, Any]:
    kept: dict[str, Any] | None = calls.get(chain[-1])
    if kept is not None:
        return kept
    last = max((entry["order"] for entry in calls.values()), default=0)
    return {"chain": list(chain), "order": last + 1, "facts": {}, "outcome": {}}


def forget_over(facts: dict[str, Any], alive: Collection[str]) -> dict[str, Any]:
    """Return the facts without the calls that were over long ago."""
    calls = facts.get(CALLS, {})
    over = [scope for scope in calls if scope != OWN and scope not in alive]
    if len(over) <= MAX_OVER:
        return facts
    over.sort(key=lambda scope: int(calls[scope]["order"]))
    gone = set(over[:-MAX_OVER])
    return {**facts, CALLS: {k: v for k, v in calls.items() if k not in gone}}


def forget_outcomes(facts: Facts, elements: Collection[str]) -> dict[str, Any]:
    """Return the facts without the outcomes of steps that were undone."""
    return _each_outcomes(
        facts, lambda told: {k: v for k, v in told.items() if k not in elements}
    )


def rename_outcomes(facts: Facts, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts with the outcomes under the names of another version."""
    return _each_outcomes(
        facts, lambda told: {names.get(k, k): v for k, v in told.items()}
    )


def _each_outcomes(
    facts: Facts, change: Callable[[Facts], dict[str, Any]]
) -> dict[str, Any]:
    changed = {**facts, "outcome": change(facts.get("outcome", {}))}
    if CALLS in facts:
        changed[CALLS] = {
            scope: {**kept, "outcome": change(kept["outcome"])}
            for scope, kept in facts[CALLS].items()
        }
    return changed


def correct(facts: Facts, name: str, was: object, right: object) -> dict[str, Any]:
    """Return the facts with an answer put right in each call that knows it."""
    changed = dict(facts)
    if CALLS in facts:
        changed[CALLS] = {
            scope: {**kept, "facts": {**kept["facts"], name: right}}
            if kept["facts"].get(name) == was
            else kept
            for scope, kept in facts[CALLS].items()
        }
    return changed


def seen(facts: Facts, chain: Chain) -> Facts:
    """Return the facts as they are seen at the end of a chain; *facts* where equal."""
    calls = facts.get(CALLS)
    layers = [calls[scope] for scope in chain if scope in calls] if calls else []
    if not layers:
        return facts
    found = dict(facts)
    told = dict(facts.get("outcome", {}))
    for layer in layers:
        found.update(layer["facts"])
        told.update(layer["outcome"])
    found["outcome"] = told
    return found
