"""Everything on one machine: starts web and worker, and starts them again.

``python -m webapp.supervisor`` needs Linux: the kernel ends the children should
the supervisor itself be killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import click

from webapp.config import BadConfiguration, Settings, read_settings

#: Seconds between two looks at the children.
LOOK = 0.25
#: Seconds until a child that died is started again: the first wait and the longest.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
#: A child that ran for so many seconds starts afresh after its next death.
STEADY = 60.0
#: Seconds that children get to finish what they are doing.
GRACE = 30.0
#: prctl's option: send this signal when the parent dies.
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    start_at: float = field(default=0.0)

    def tend(self, moment: float) -> None:
        """Start the process when it is due; note its death when it died."""
        if self.process is None:
            if moment >= self.start_at:
                self.process = spawn(self.command)
                self.started = moment
            return
        status = self.process.poll()
        if status is None:
            return
        if moment - self.started >= STEADY:
            self.wait = FIRST_WAIT
        click.echo(
            f"{self.name} ended with status {status};"
            f" it starts again in {self.wait:g} s.",
            err=True,
        )
        self.process = None
        self.start_at = moment + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)

    def end(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)


def spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a process that does not outlive this one."""
    return subprocess.Popen(  # noqa: S603 - our own command line
        command,
        process_group=0,  # Ctrl-C reaches only us; we tell the children in order
        preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - only a system call
    )


def _die_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


def children(settings: Settings) -> list[Child]:
    """Return the processes that an installation of one machine needs."""
    bind = f"[{settings.host}]" if ":" in settings.host else settings.host
    web = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{bind}:{settings.port}"),
        *("--worker-class", "gthread"),
        *("--workers", str(settings.web_processes)),
        *("--threads", str(settings.web_threads)),
        # An upload over a slow line must not be taken for a worker that hangs.
        *("--timeout", "120", "--graceful-timeout", "25"),
        "--no-control-socket",
        *("--log-level", "warning"),
    ]
    worker = [sys.executable, "-m", "webapp.worker"]
    count = settings.worker_processes
    return [Child("web", web)] + [
        Child(f"worker {number}", worker) for number in range(1, count + 1)
    ]


def is_free(host: str, port: int) -> bool:
    """Say whether a server may listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(settings: Settings) -> bool:
    """Say whether the web server answers."""
    host = settings.host
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - asked from this machine
        host = "127.0.0.1"
    connection = HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200  # noqa: PLR2004 - HTTP's OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def supervise(settings: Settings, stop: threading.Event) -> None:
    """Keep every child running until *stop* is set; then end them all."""
    kept = children(settings)
    announced = False
    try:
        while not stop.is_set():
            for child in kept:
                child.tend(time.monotonic())
            if not announced and answers(settings):
                announced = True
                _announce(settings)
            stop.wait(LOOK)
    finally:
        _end(kept)


def _announce(settings: Settings) -> None:
    logins = settings.var_dir / "logins.txt"
    if logins.is_file():
        click.echo(logins.read_text("utf-8").partition("\n\n")[0])
        click.echo(f"  Everybody else: {logins}")
    click.echo(f"Casetrack runs at {settings.address}/ (Ctrl-C stops it).")


def _end(kept: Sequence[Child]) -> None:
    for child in kept:
        child.end()
    until = time.monotonic() + GRACE
    for child in kept:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def main() -> None:
    """Run everything until Ctrl-C."""
    try:
        settings = read_settings(os.environ)
    except BadConfiguration as problem:
        sys.exit(str(problem))
    if not is_free(settings.host, settings.port):
        sys.exit(
            f"Port {settings.port} on {settings.host} is not free:"
            f" choose another with CASE_PORT={settings.port + 1}."
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    supervise(settings, stop)


if __name__ == "__main__":
    main()
