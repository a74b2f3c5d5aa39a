"""What every test can rely on: no leaked settings, sample sizes, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """Return a SQLite file with tables, law and people, made once, to be copied."""
    from tests import factories  # noqa: PLC0415 - only who asks pays for it

    path = tmp_path_factory.mktemp("furnished") / "office.db"
    made = factories.connect(f"sqlite:///{path}")
    factories.furnish(made)
    made.dispose()  # closing the last connection folds the log into the file
    return path


@pytest.fixture(scope="session")
def rent(furnished, tmp_path_factory):
    """Return a function that opens an authority at work on a SQLite file of its own."""
    from tests import factories  # noqa: PLC0415 - as above

    @contextmanager
    def open_office():
        folder = tmp_path_factory.mktemp("office")
        made = factories.connect(f"sqlite:///{shutil.copy(furnished, folder)}")
        yield factories.Office(made)
        made.dispose()

    return open_office


@pytest.fixture
def office(rent):
    """Return an authority at work, of this test alone."""
    with rent() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_office(rent):
    """Return an authority at work, for tests of one module that only look at it."""
    with rent() as opened:
        yield opened


@pytest.fixture(scope="session")
def server():
    """Return a PostgreSQL server of our own, thrown away in the end."""
    from tests import postgres  # noqa: PLC0415 - as above

    with postgres.cluster() as started:
        yield started


@pytest.fixture(scope="session")
def furnished_on_server(server):
    """Return a database on the server with tables, law and people, to be copied."""
    from tests import factories  # noqa: PLC0415 - as above

    name = server.create()
    made = factories.connect(server.url(name))
    factories.furnish(made)
    made.dispose()
    return name


@pytest.fixture
def office_on_postgres(server, furnished_on_server):
    """Return an authority at work on a PostgreSQL database of this test alone."""
    from tests import factories  # noqa: PLC0415 - as above

    name = server.create(furnished_on_server)
    made = factories.connect(server.url(name))
    yield factories.Office(made)
    made.dispose()
    server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_office(request):
    """Return an authority at work, on SQLite and then on PostgreSQL."""
    kind = "office" if request.param == "sqlite" else "office_on_postgres"
    return request.getfixturevalue(kind)
