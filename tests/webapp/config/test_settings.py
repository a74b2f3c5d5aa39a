"""Settings: read once, each problem one sentence."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from webapp.cli.setup import PROCESSES
from webapp.config import BadConfiguration, read_settings, secret_key

#: An address that lets other machines in.
EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is the point


def test_an_empty_environment_is_an_installation_of_one_machine():
    """Without any variable: SQLite, local store, this machine only."""
    settings = read_settings({})

    assert settings.database_url == "sqlite:///var/casetrack.db"
    assert settings.object_dir == Path("var/objects")
    assert settings.is_loopback
    assert settings.session_idle == timedelta(hours=8)


def test_places_follow_the_folder():
    """Where only the folder is given, database, store and key lie in it."""
    settings = read_settings({"CASE_VAR_DIR": "/srv/case"})

    assert settings.database_url == "sqlite:////srv/case/casetrack.db"
    assert settings.object_dir == Path("/srv/case/objects")
    assert settings.secret_key_file == Path("/srv/case/secret_key")


def test_every_problem_is_told_at_once():
    """Three mistakes give three sentences, each naming its variable."""
    environ = {"CASE_PORT": "0", "CASE_LOCALE": "fr", "CASE_DATABSE_URL": "x"}

    with pytest.raises(BadConfiguration) as refused:
        read_settings(environ)

    named = [sentence.split()[0] for sentence in refused.value.problems]
    assert named == ["CASE_DATABSE_URL", "CASE_LOCALE", "CASE_PORT"]
    assert all(sentence.endswith(".") for sentence in refused.value.problems)


@pytest.mark.parametrize(
    "environ",
    [
        {"CASE_HOST": EVERYWHERE},
        {"CASE_OBJECT_STORE": "s3"},
        {"CASE_CLOCK": "2026-03-02T09:00:00+08:00"},
        {"CASE_CLOCK": "2026-03-02T09:00:00", "CASE_DEMO": "1"},
        {"CASE_CALENDAR_FILE": "/nowhere/calendar.toml"},
        {"CASE_SECRET_KEY": "short"},
        {"CASE_SECRET_KEY_FILE": "/nowhere/key"},
        {"CASE_DATABASE_URL": "mysql://somewhere"},
        {"CASE_PUBLIC_URL": "ftp://somewhere"},
        {"CASE_SESSION_IDLE": "1441"},
        {"CASE_PRIVATE_NETWORK": "perhaps"},
    ],
    ids=",".join,
)
def test_what_cannot_work_is_refused(environ):
    """Settings that contradict each other, or the law of the house, do not start."""
    with pytest.raises(BadConfiguration):
        read_settings(environ)


@pytest.mark.parametrize(
    "environ",
    [
        {"CASE_HOST": EVERYWHERE, "CASE_PRIVATE_NETWORK": "1"},
        {"CASE_HOST": EVERYWHERE, "CASE_PUBLIC_URL": "https://case.example.cn"},
        {"CASE_CLOCK": "2026-03-02T09:00:00+08:00", "CASE_DEMO": "1"},
        {"CASE_CLOCK": "2026-03-02T09:00:00+08:00", "CASE_REHEARSAL": "1"},
        {"CASE_CALENDAR_FILE": str(PROCESSES / "calendars" / "cn.toml")},
    ],
    ids=",".join,
)
def test_what_is_meant_is_accepted(environ):
    """Listening beyond the machine works when somebody said that it is meant."""
    assert read_settings(environ) is not None


def test_secrets_are_never_printed():
    """What a log or a traceback shows of the settings holds no secret."""
    settings = read_settings(
        {
            "CASE_SECRET_KEY": "k" * 32,
            "CASE_S3_SECRET_KEY": "hidden-secret",
            "CASE_DATABASE_URL": "postgresql://u:hidden-word@host/db",
        }
    )

    assert "kkkk" not in repr(settings)
    assert "hidden" not in repr(settings)


def test_the_key_is_made_once(tmp_path):
    """The first start makes the key, readable by its owner only; later ones read it."""
    settings = read_settings({}, var_dir=tmp_path)

    first = secret_key(settings)

    assert secret_key(settings) == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
