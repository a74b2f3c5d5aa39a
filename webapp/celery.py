"""Celery on a grown installation: it only wakes the drain of the job table.

Run ``celery -A webapp.celery worker --beat``. A lost message costs a second at
most: the next beat drains the same rows. No deadline ever lives in the broker.
"""

from __future__ import annotations

from typing import Any

from celery import Celery, Task
from flask import Flask

from webapp import create_app, jobs, queue, sweeping, worker

#: Seconds between two drains, and between two searches for dead workers' jobs.
BEAT, LEASES = 1.0, 60.0


def make_celery(app: Flask) -> Any:
    """Return Celery bound to *app*, as Flask's own pattern has it."""

    class ContextTask(Task):  # type: ignore[misc]  # the library has no types
        """A task that runs with the application's context."""

        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    made = Celery(app.import_name, task_cls=ContextTask)
    made.conf.update(
        broker_url=app.extensions["settings"].broker_url or "memory://",
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_schedule={
            "drain": {"task": "casetrack.drain", "schedule": BEAT},
            "sweep_leases": {"task": "casetrack.sweep_leases", "schedule": LEASES},
        },
    )
    made.task(name="casetrack.drain")(_drain)
    made.task(name="casetrack.sweep_leases")(queue.sweep_leases)
    return made


def _drain() -> int:
    """Sweep deadlines and run due jobs, as the embedded worker does."""
    return sweeping.sweep() + worker.drain()


def __getattr__(name: str) -> Any:
    """Make the application when Celery's command line asks for it."""
    if name not in {"app", "celery"}:
        raise AttributeError(name)
    jobs.load()
    globals()["app"] = globals()["celery"] = make_celery(create_app())
    return globals()[name]
