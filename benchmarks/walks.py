"""Cases of a scenario, walked through the real commands without a web request."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.abreast import Abreast
from benchmarks.measure import Once, Series, Tally, measured
from engine.actor import Actor
from engine.commands.acts import Result, perform
from storage.models import Case, Task
from storage.transaction import transaction
from webapp import database
from webapp.scenarios import script as scripts
from webapp.scenarios.play import Player
from webapp.scenarios.scratch import scratch_app
from webapp.scenarios.stage import Stage

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "processes/penalty/scenarios/hearing_and_discussion.toml"

#: What is measured; everything else only prepares for it.
COMPLETE, OPEN, SEND_BACK = "tasks.complete", "cases.open", "tasks.send_back"

Found = TypeVar("Found")


def _nothing(name: str, once: Once) -> None:
    """Do nothing after a measured act."""


class Installation(Stage):
    """A new installation in a folder, which measures what it is asked to do."""

    def __init__(
        self,
        folder: Path,
        steps: int | None = None,
        after: Callable[[str, Once], None] = _nothing,
        profile: cProfile.Profile | None = None,
        database_url: str | None = None,
    ) -> None:
        script = scripts.read(SCENARIO)
        script = replace(script, steps=script.steps[:steps])
        super().__init__(scratch_app(folder, ROOT, database_url), script)
        self.enter()
        with self.app.app_context():
            self.engine = database.engine()
        self.taken = {
            COMPLETE: Series("complete a task"),
            OPEN: Series("open a case"),
            SEND_BACK: Series("send a case back"),
        }
        self.by_step: dict[str, Series] = {}
        self._after, self._profile = after, profile
        self.profiled = COMPLETE
        self._actors: dict[str, Actor] = {}
        self._tally = Tally(self.engine)
        self._abreast: Abreast | None = None
        self._noted: list[tuple[str, Once, Result]] = []

    def walk(self) -> UUID:
        """Open a case and take it through all steps; each must come as expected."""
        player = Player(self.script, self)
        for played in player.play():
            if not played.agrees:
                message = f"step {played.step.number}: {played.differences}"
                raise AssertionError(message)
        if player.case_id is None:
            raise AssertionError("the scenario opens no case")
        return player.case_id

    def walk_together(self, cases: int) -> None:
        """Take *cases* through the scenario side by side.

        What is measured is done for all of them back to back, as a server at work
        does; what only prepares for it, and what looks at the outcome, lies between.
        """
        abreast = Abreast(self._walk_beside, cases)
        self._abreast = abreast
        try:
            abreast.run(self._measure, self._note_all)
        finally:
            self._abreast = None

    def _walk_beside(self, rest: Callable[[], None]) -> None:
        for played in Player(self.script, self).play():
            if not played.agrees:
                message = f"step {played.step.number}: {played.differences}"
                raise AssertionError(message)
            rest()

    def forget(self) -> None:
        """Begin to measure anew: what ran so far only warmed up."""
        for series in self.taken.values():
            series.runs.clear()
        self.by_step.clear()
        if self._profile is not None:
            self._profile.clear()

    def act(
        self, at: datetime, who: str, name: str, params: Mapping[str, Any]
    ) -> Result:
        """Carry out one act as a request would, with a command identifier."""
        if self._abreast is not None and name in self.taken:
            waited: Result = self._abreast.wait((at, who, name, params))
            return waited
        result = self._measure(at, who, name, params)
        self._note_all()
        return result

    def read(self, work: Callable[[Session], Found]) -> tuple[Once, Found]:
        """Let *work* read in a session of its own; return what it took and found."""
        once = Once()
        self._tally.take()
        with Session(self.engine) as session:
            with measured(once):
                found = work(session)
            once.statements = self._tally.take()
        return once, found

    def _measure(
        self, at: datetime, who: str, name: str, params: Mapping[str, Any]
    ) -> Result:
        actor, moment = self.actor_of(who), at.astimezone(UTC)
        once, command = Once(), uuid4().hex
        self._tally.take()
        watched = self._profile if name == self.profiled else None
        with (
            watched or nullcontext(),
            measured(once),
            Session(self.engine, expire_on_commit=False) as session,
            transaction(session, moment, command) as tx,
        ):
            result = perform(tx, name, actor=actor, params=params)
        once.statements = self._tally.take()
        if name in self.taken:
            self._noted.append((name, once, result))
        return result

    def _note_all(self) -> None:
        for name, once, result in self._noted:
            self._note(name, once, result)
        self._noted.clear()

    def _note(self, name: str, once: Once, result: Result) -> None:
        self.taken[name].runs.append(once)
        with Session(self.engine) as session:
            task = session.get(Task, UUID(result.get("task_id") or result["opened"][0]))
            if task is None:
                raise AssertionError("a measured act is about a task")
            once.state = (
                session.scalar(
                    select(func.length(Case.state)).where(Case.id == task.case_id)
                )
                or 0
            )
            element = task.element if name == COMPLETE else name
        self.by_step.setdefault(element, Series(element)).runs.append(once)
        self._after(name, once)

    def actor_of(self, who: str) -> Actor:
        """Return somebody of the scenario as commands see them; looked up once."""
        found = self._actors.get(who)
        if found is None:
            with Session(self.engine) as session:
                found = self._actors[who] = self.actor(session, who)
        return found
