"""Everything on one machine: started, kept running, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from webapp import supervisor
from webapp.config import read_settings

ROOT = Path(__file__).parents[3]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def _wait(condition, seconds=20):
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < until, "it took too long"
        pause.wait(0.05)


def _alive(pid):
    try:
        return (
            "Z" not in Path(f"/proc/{pid}/stat").read_text("ascii").split(") ")[1][:1]
        )
    except FileNotFoundError:
        return False


def test_a_dead_child_is_started_again():
    """A child that dies comes back after a wait, which doubles while it keeps dying."""
    child = supervisor.Child("sample", [sys.executable, "-c", "raise SystemExit(3)"])
    waits = []
    for moment in range(0, 1000, 100):
        child.tend(moment)
        if child.process is not None:
            child.process.wait()
            child.tend(moment + 1)
            waits.append(child.wait)

    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == supervisor.LONGEST_WAIT


def test_children_do_not_outlive_the_supervisor():
    """Even killed outright, the supervisor leaves no orphan behind."""
    source = (
        "import sys, time; from webapp.supervisor import spawn;"
        f"print(spawn({SLEEPER!r}).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=ROOT
    )
    child = int(parent.stdout.readline())
    was_alive = _alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    _wait(lambda: not _alive(child))

    assert was_alive


def test_a_taken_port_is_one_sentence(tmp_path):
    """Where the port is taken nothing starts, and the sentence names another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "webapp.supervisor"],
            env={**os.environ, "CASE_PORT": str(port), "CASE_VAR_DIR": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        f"Port {port} on 127.0.0.1 is not free:"
        f" choose another with CASE_PORT={port + 1}."
    )


def test_bad_settings_are_sentences(tmp_path):
    """A setting that cannot be used ends the start with its sentence."""
    ended = subprocess.run(
        [sys.executable, "-m", "webapp.supervisor"],
        env={**os.environ, "CASE_PROT": "1", "CASE_VAR_DIR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "CASE_PROT is not a setting; see docs/operations.md."
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_children_listen_where_they_are_told(host):
    """Web binds to the address asked for; as many workers start as are asked for."""
    settings = read_settings({}, host=host, port=8099, worker_processes=2)

    web, *workers = supervisor.children(settings)

    assert f"{'[::1]' if host == '::1' else host}:8099" in web.command
    assert [child.name for child in workers] == ["worker 1", "worker 2"]


def test_everything_starts_and_ends(tmp_path):
    """The real servers answer, and end together when asked to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "CASE_PORT": str(port),
        "CASE_VAR_DIR": str(tmp_path),
        "CASE_LOG_LEVEL": "WARNING",
    }
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        env=environ,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "webapp.supervisor"],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    first = running.stdout.readline()
    settings = read_settings({}, port=port)
    answered = supervisor.answers(settings)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=40)

    assert first.startswith(f"Casetrack runs at http://127.0.0.1:{port}/")
    assert answered
    assert running.returncode == 0
    assert supervisor.is_free("127.0.0.1", port)
