"""What followed from what in a case: which moves of tokens rest on which others.

Finished tokens leave the kernel at once. What is needed to undo a step is kept
outside, a trail for each move: which tokens went, and which came in their place.
To undo a step is to take away exactly what rests on it; what went on beside it
stays. That is a state which the case could have been in, had the step never been
done, and so it can reach its end as well as any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgpack


@dataclass(frozen=True)
class Gone:
    """A token that went, as it last stood."""

    id: bytes
    scope: bytes | None  #: the call that it stood in; None: the root
    spec: str
    internal: Mapping[str, Any]
    parent: bytes | None  #: the multi-instance that it was a member of


@dataclass(frozen=True)
class Happening:
    """Some tokens went, the first by itself, and others came in their place."""

    gone: tuple[Gone, ...]
    come: tuple[bytes, ...]

    @property
    def actor(self) -> Gone:
        """The token whose turn it was."""
        return self.gone[0]


@dataclass(frozen=True)
class Undone:
    """What is undone, and what that leaves behind."""

    events: frozenset[int]
    removed: frozenset[bytes]  #: tokens that never came
    restored: tuple[Gone, ...]  #: tokens that stand again where they stood
    fewer: Mapping[bytes, int]  #: by how many acts a multi-instance has fewer


class History:
    """All that happened and still stands, in the order in which it did."""

    def __init__(self, events: Sequence[Happening]) -> None:
        self.events = tuple(events)
        self._source: dict[bytes, int] = {}
        self._end: dict[bytes, int] = {}
        self._inside: defaultdict[bytes, list[int]] = defaultdict(list)
        for number, event in enumerate(self.events):
            self._source.update(dict.fromkeys(event.come, number))
            self._end.update((gone.id, number) for gone in event.gone)
            for around in (event.actor.scope, event.actor.parent):
                if around is not None:
                    self._inside[around].append(number)

    def end_of(self, token: bytes) -> int | None:
        """Return the event in which a token went; None: it has not."""
        return self._end.get(token)

    def inside(self, token: bytes) -> Sequence[int]:
        """Return what happened in a call, or to the members of a multi-instance."""
        return self._inside.get(token, ())

    def before(self, token: bytes) -> frozenset[int]:
        """Return everything that a token rests on."""
        found: set[int] = set()
        stack = [token]
        while stack:
            number = self._source.get(stack.pop())
            stack += self._rests_on([] if number is None else [number], found)
        return frozenset(found)

    def undo(self, first: Iterable[int]) -> Undone:
        """Return what is undone with some events, and what stands again."""
        undone: set[int] = set()
        removed: set[bytes] = set()
        stack = list(first)
        while stack:
            number = stack.pop()
            if number in undone:
                continue
            undone.add(number)
            event = self.events[number]
            stack += self._ends(event.actor.scope, event.actor.parent)
            stack += self._remove(event.come, removed)
        restored = [
            gone
            for number in sorted(undone)
            for gone in self.events[number].gone
            if gone.id not in removed and self._source.get(gone.id) not in undone
        ]
        fewer: defaultdict[bytes, int] = defaultdict(int)
        for number in undone:
            parent = self.events[number].actor.parent
            if parent is not None:
                fewer[parent] += 1
        return Undone(frozenset(undone), frozenset(removed), tuple(restored), fewer)

    def _rests_on(self, numbers: list[int], found: set[int]) -> list[bytes]:
        tokens: list[bytes] = []
        while numbers:
            number = numbers.pop()
            if number in found:
                continue
            found.add(number)
            for gone in self.events[number].gone:
                tokens.append(gone.id)
                numbers += self.inside(gone.id)
        return tokens

    def _remove(self, come: Iterable[bytes], removed: set[bytes]) -> list[int]:
        events: list[int] = []
        for token in come:
            removed.add(token)
            events += [*self._ends(token), *self.inside(token)]
        return events

    def _ends(self, *tokens: bytes | None) -> list[int]:
        return [self._end[token] for token in tokens if token in self._end]


def rewrite(
    events: Sequence[Happening], undone: Undone, renamed: Mapping[bytes, list[bytes]]
) -> dict[int, Happening | None]:
    """Return, by their numbers, the events that change when something is undone.

    None stands for what is undone; elsewhere tokens got new names.
    """
    found: dict[int, Happening | None] = dict.fromkeys(undone.events)
    for number, event in enumerate(events):
        if number not in found and any(token in renamed for token in event.come):
            come = [new for old in event.come for new in renamed.get(old, [old])]
            found[number] = Happening(event.gone, tuple(come))
    return found


def pack(events: Iterable[Happening], order: int) -> bytes | None:
    """Return the stored form of one trail, the *order*-th of its case; None: empty."""
    plain = [
        [
            [[g.id, g.scope, g.spec, g.internal or None, g.parent] for g in event.gone],
            event.come,
        ]
        for event in events
    ]
    packed: bytes | None = msgpack.packb([order, plain]) if plain else None
    return packed


def unpack(trail: bytes) -> tuple[int, list[Happening]]:
    """Return the order and the events of one stored trail."""
    order, events = msgpack.unpackb(trail)
    return order, [
        Happening(
            tuple(Gone(i, s, name, inner or {}, p) for i, s, name, inner, p in gone),
            tuple(come),
        )
        for gone, come in events
    ]
