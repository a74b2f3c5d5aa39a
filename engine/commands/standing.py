"""Who stands in which capacity in a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.rules.authority import Held
from storage.queries.standing import standing
from storage.transaction import Transaction
from storage.vocabulary import Capacity


@dataclass(frozen=True)
class Standing:
    """Who holds or held which capacity in a case, and who was recused."""

    held: tuple[Held, ...]
    recused: frozenset[UUID]
    named: frozenset[tuple[Capacity, UUID]] = frozenset()

    def chosen(self, capacity: Capacity) -> frozenset[UUID]:
        """Return who was named to *capacity* and holds it now."""
        return frozenset(person for held, person in self.named if held == capacity)

    def holders(self, capacity: Capacity) -> frozenset[UUID]:
        """Return who holds *capacity* now."""
        return frozenset(
            h.person_id for h in self.held if h.capacity == capacity and h.current
        )


def standing_in(tx: Transaction, case_id: UUID) -> Standing:
    """Return who holds what in a case, and who was recused, as it stands now."""
    return standing_of(standing(tx, case_id))


def standing_of(rows: Sequence[Any]) -> Standing:
    """Return who holds what in a case, and who was recused, from its rows."""
    held = [row for row in rows if row.what == "held"]
    now = [row for row in held if row.current and row.named]
    return Standing(
        tuple(Held(Capacity(r.code), r.id, current=bool(r.current)) for r in held),
        frozenset(row.id for row in rows if row.what == "recused"),
        frozenset((Capacity(row.code), row.id) for row in now),
    )
