"""The worker: drains job rows and sweeps deadlines; ``python -m webapp.worker``."""

from __future__ import annotations

import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable

from flask import Flask

from engine.errors import CaseError
from webapp import create_app, jobs, memory, queue, sweeping
from webapp.config import BadConfiguration
from webapp.logs import log

#: Seconds between two looks at the table when nothing is waiting.
PAUSE = 1.0
#: Seconds between two searches for jobs whose worker died.
LEASE_SWEEP = 60.0
#: So many jobs are leased at a time.
BATCH = 10


def drain(go_on: Callable[[], bool] = lambda: True) -> int:
    """Run due jobs until there are none, or *go_on* says no; returns how many."""
    ran = 0
    while go_on() and (claimed := queue.claim(BATCH)):
        for job in claimed:
            run(job)
            ran += 1
    return ran


def run(job: queue.Claimed) -> None:
    """Run one leased job and write down how it ended."""
    began = time.perf_counter()
    try:
        jobs.KINDS[job.kind](job.payload)
    except Exception as error:  # noqa: BLE001 - whatever it was, the row must say so
        facts = {"kind": job.kind, "job_id": str(job.id), "attempts": job.attempts}
        log.error("job_failed", exc_info=error, extra={"facts": facts})
        queue.fail(job, _reason(error))
        return
    queue.finish(job)
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    facts = {"kind": job.kind, "milliseconds": milliseconds}
    log.info("job_done", extra={"facts": facts})


def _reason(error: Exception) -> str:
    """Return a failure's kind and place; its text might name a party."""
    kind = error.code if isinstance(error, CaseError) else type(error).__name__
    places = traceback.extract_tb(error.__traceback__)
    return f"{kind} at {places[-1].name}:{places[-1].lineno}" if places else kind


def work(app: Flask, stop: threading.Event) -> None:
    """Work until *stop* is set; a job that has begun is finished first."""
    leases_at = 0.0
    while not stop.is_set():
        ran = 0
        try:
            with app.app_context():
                ran = sweeping.sweep(lambda: not stop.is_set())
                ran += drain(lambda: not stop.is_set())
                if time.monotonic() >= leases_at:
                    queue.sweep_leases()
                    leases_at = time.monotonic() + LEASE_SWEEP
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.error("worker_stumbled", exc_info=error)
        if not ran:
            stop.wait(PAUSE)


def main() -> None:
    """Work until the process is asked to end."""
    try:
        app = create_app()
    except BadConfiguration as problem:
        sys.exit(str(problem))
    jobs.load()
    memory.settle()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("worker_started")
    work(app, stop)
    log.info("worker_stopped")


if __name__ == "__main__":
    main()
