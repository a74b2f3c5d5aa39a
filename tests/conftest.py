"""What every test can rely on: no leaked settings, sample sizes, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for _name in [name for name in os.environ if name.startswith("CASE_")]:
    del os.environ[_name]

#: One made-up example may restart a whole case; only the number is bounded.
_SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("sample", max_examples=25, derandomize=True, **_SLOW)
settings.register_profile("all", max_examples=500, **_SLOW)


def _missing() -> Iterator[tuple[str, str]]:
    """Yield each marker whose tools this machine lacks, and what to install."""
    if shutil.which("chromium") is None:
        yield "browser", "chromium fonts-noto-cjk"
    servers = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if shutil.which("initdb") is None and not any(servers):
        yield "postgres", "postgresql"


MISSING = dict(_missing())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --all, which runs generated cases exhaustively."""
    parser.addoption(
        "--all", action="store_true", help="every generated case, not a sample"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis makes."""
    settings.load_profile("all" if config.getoption("--all") else "sample")


def pytest_report_header() -> list[str]:
    """Say in a line what is left out, and what would bring it back."""
    verb = "fail" if os.environ.get("CI") else "are left out"
    return [
        f"notice: tests marked {marker} {verb}: apt-get install {packages}"
        for marker, packages in MISSING.items()
    ]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what this machine cannot run, unless CI asks for everything."""
    if os.environ.get("CI"):
        return
    left_out = [item for item in items if _lacks(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail, with what to install, where CI lacks a tool."""
    if marker := _lacks(item):
        pytest.fail(f"needs Debian packages: {MISSING[marker]}", pytrace=False)


def _lacks(item: pytest.Item) -> str | None:
    return next((name for name in MISSING if item.get_closest_marker(name)), None)


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Return a function of two numbers: cases in the sample, cases in all."""
    everything = request.config.getoption("--all")
    return lambda sample, exhaustive: exhaustive if everything else sample


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Start the system's Chromium; none is downloaded."""
    return {
        "executable_path": shutil.which("chromium"),
        # Root in a container has no user namespaces to build the sandbox from.
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }
