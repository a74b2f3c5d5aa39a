"""Writes down, while a move goes on, which tokens went and which came."""

from __future__ import annotations

from collections import defaultdict

from engine.runtime.history import Gone, Happening
from engine.runtime.tokens import Token


class Recorder:
    """The trail of one move; asked by tokens as they come and go."""

    def __init__(self) -> None:
        self.gone: list[Gone] | None = None  #: None: nobody has a turn
        self.come: list[bytes] = []
        self._events: list[tuple[list[Gone], list[bytes]]] = []
        self._actor: bytes | None = None
        self._merged: defaultdict[bytes, list[Gone]] = defaultdict(list)
        self._kept_apart: set[bytes] = set()

    def begin(self, token: Token | None = None) -> None:
        """Note that a token has its turn; None: it is nobody's."""
        self.gone, self.come = [], []
        self._actor = None if token is None else token.id.bytes

    def end(self) -> None:
        """Note that its turn is over."""
        if self.gone:
            # What it ends by acting may go before it goes itself.
            self.gone.sort(key=lambda gone: gone.id != self._actor)
            if not self._is_passage(self.gone):
                self._events.append((self.gone, self.come))
        self.gone = None

    def note_born(self, token: Token) -> None:
        """Note that a token came."""
        if self.gone is not None:
            self.come.append(token.id.bytes)

    def note_gone(self, token: Token) -> None:
        """Note that a token went, with those that it goes on for."""
        if self.gone is None:
            return
        key = token.id.bytes
        if token.task_spec.waits_for_others:
            self._kept_apart.add(key)
        self.gone += [_gone(token), *self._merged.pop(key, ())]

    def note_merged(self, token: Token, into: Token) -> None:
        """Note that *into* goes on for a token that waited at the same join."""
        self._merged[into.id.bytes].append(_gone(token))

    def events(self) -> tuple[Happening, ...]:
        """Return what happened."""
        return tuple(Happening(tuple(g), tuple(c)) for g, c in self._events)

    def _is_passage(self, gone: list[Gone]) -> bool:
        """Join what only passed through to what it came from; say whether it did.

        Nobody ever returns to such a place by itself.
        """
        if len(gone) > 1 or gone[0].id in self._kept_apart:
            return False
        known = (come for _, come in reversed(self._events) if gone[0].id in come)
        source = next(known, None)
        if source is not None:
            source.remove(gone[0].id)
            source.extend(self.come)
        return source is not None


def _gone(token: Token) -> Gone:
    call = getattr(token.workflow, "call", None)
    return Gone(
        id=token.id.bytes,
        scope=None if call is None else call.id.bytes,
        spec=token.task_spec.name,
        internal=dict(token.internal_data),
        parent=None if token.above is None else token.above.bytes,
    )
