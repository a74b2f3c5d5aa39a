"""Several walks side by side that meet before whatever is measured."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: What a walk waits for: the arguments of what is measured; None: only for the others.
Asked = tuple[Any, ...] | None


@dataclass
class _Lane:
    """One walk: it runs while nobody else does, until it asks for something."""

    thread: threading.Thread | None = None
    go: threading.Event = field(default_factory=threading.Event)
    asked: Asked = None
    answer: Any = None
    error: BaseException | None = None
    over: bool = False


class Abreast:
    """Lets walks take turns, and does what they ask for in one row."""

    def __init__(self, walk: Callable[[Callable[[], None]], None], lanes: int) -> None:
        self._walk = walk
        self._lanes = [_Lane() for _ in range(lanes)]
        self._here = threading.local()
        self._paused = threading.Event()

    def run(self, measure: Callable[..., Any], after: Callable[[], None]) -> None:
        """Walk to the end, with *after* behind each row; raises what a walk raised."""
        for lane in self._lanes:
            lane.thread = threading.Thread(target=self._begin, args=[lane], daemon=True)
            lane.thread.start()
            self._resume(lane)
        while live := [lane for lane in self._lanes if not lane.over]:
            # Who is behind catches up first; then all ask for the same.
            behind = [lane for lane in live if lane.asked is None]
            for lane in () if behind else live:
                try:
                    lane.answer, lane.error = measure(*lane.asked or ()), None
                except Exception as error:  # noqa: BLE001  # the walk itself judges it
                    lane.error = error
            after()
            for lane in behind or live:
                self._resume(lane)

    def wait(self, asked: Asked) -> Any:
        """Return what *asked* gave, once all walks have come as far."""
        lane: _Lane = self._here.lane
        lane.asked = asked
        self._paused.set()
        lane.go.wait()
        lane.go.clear()
        error, lane.error = lane.error, None
        if error is not None:
            raise error
        return lane.answer

    def _begin(self, lane: _Lane) -> None:
        self._here.lane = lane
        lane.go.wait()
        lane.go.clear()
        try:
            self._walk(lambda: self.wait(None))
        except BaseException as error:  # noqa: BLE001  # raised by who waits for it
            lane.error = error
        lane.over = True
        self._paused.set()

    def _resume(self, lane: _Lane) -> None:
        self._paused.clear()
        lane.go.set()
        self._paused.wait()
        if lane.over and lane.error is not None:
            raise lane.error
