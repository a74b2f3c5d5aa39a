"""From when the bytes of a recording must be in store, as an authority's text counts.

Each text counts from an event of its own: the end of the recording, the end of the
activity, or the return to the unit, where somebody could not hand it over before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.rules.deadlines import Term
from storage.vocabulary import ClockStart

#: Within this term of the pack the bytes must be in the store.
DEPOSIT = "footage_deposit"
#: Within this one instead, when they could not be handed over in time.
ON_RETURN = "footage_deposit_return"


def begins(
    terms: Mapping[str, Term], made: datetime, ended: Iterable[datetime]
) -> datetime | None:
    """Return from when the bytes of a recording are due; None: no term counts yet.

    Args:
        terms: those in force, by code.
        made: when the recording ended.
        ended: when what is known of the same activity ended: films and written records.
    """
    term = terms.get(DEPOSIT)
    if term is None:
        return None
    if term.starts is ClockStart.ACTIVITY_ENDED:
        return max([made, *ended])
    return made


def situations(terms: Mapping[str, Term]) -> tuple[str, ...]:
    """Return in what situations the bytes may wait for the return; empty: in none.

    They are the words of the clause that the term cites.
    """
    term = terms.get(ON_RETURN)
    said = dict(term.says).get("condition", ()) if term is not None else ()
    return said if isinstance(said, tuple) else ()
