"""The command line: every verb, its refusals, its exit codes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text, update

from engine.commands.pinned import calendar_now
from storage.models import Agency, Event, Job, Person
from storage.vocabulary import JobStatus
from tests.webapp.conftest import PASSWORD
from webapp import create_app, database
from webapp.auth import accounts
from webapp.cli.people import LOCAL_PASSWORD
from webapp.cli.setup import PROCESSES

#: How many diagrams are shipped.
DRAWN = len([*PROCESSES.glob("*/*.bpmn")])

#: An address that lets other machines in.
EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is the point


def _run(app, *words, **options):
    return app.test_cli_runner().invoke(args=list(words), **options)


@pytest.fixture
def fresh(tmp_path):
    """Return an application without a database."""
    app = create_app(testing=True, var_dir=tmp_path)
    yield app
    app.extensions["engine"].dispose()


def test_setup_makes_everything_and_again_nothing(fresh, tmp_path):
    """A fresh folder becomes an installation one can sign in to; again is harmless."""
    first = _run(fresh, "setup")
    second = _run(fresh, "setup")
    with fresh.app_context():
        person = accounts.check_login("zhou.lan@pds", LOCAL_PASSWORD)
        people = database.session().query(Person).count()

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert " requirement sets are new" in first.output
    assert " 0 requirement sets are new" not in first.output
    assert " 0 requirement sets are new" in second.output
    assert "zhou.lan@pds" in (tmp_path / "logins.txt").read_text("utf-8")
    assert person.name == "周岚"
    assert people == 91
    assert (tmp_path / "logins.txt").stat().st_mode & 0o777 == 0o600


def test_an_exposed_demonstration_has_its_own_password(tmp_path):
    """Where other machines come in, the demonstration's password is made up."""
    app = create_app(
        testing=True, var_dir=tmp_path, host=EVERYWHERE, private_network=True
    )
    output = _run(app, "setup").output
    app.extensions["engine"].dispose()

    assert "Demonstration logins" in output
    assert LOCAL_PASSWORD not in output


def test_the_database_is_checked(fresh):
    """A database at no revision is refused with the way out; upgraded, it agrees."""
    before = _run(fresh, "db", "check")
    _run(fresh, "db", "upgrade")
    after = _run(fresh, "db", "check")

    assert before.exit_code == 1
    assert "flask db upgrade" in before.output
    assert after.exit_code == 0, after.output


def test_people_are_added_and_changed(staffed):
    """Somebody is added, listed, given a password, a token, and let go."""
    made = _run(
        staffed,
        *("users", "create", "li.si", "李四"),
        *("--agency", "平顶山市卫生健康委员会", "--unit", "法规科"),
        *("--post", "officer", "--post", "supervisor", "--password", PASSWORD),
    )
    again = _run(
        staffed,
        *("users", "create", "li.si", "李四", "--agency", "平顶山市卫生健康委员会"),
        *("--password", PASSWORD),
    )
    listed = _run(staffed, "users", "list").output
    weak = _run(staffed, "users", "password", "li.si", "--password", "short")
    token = _run(staffed, "users", "token", "li.si", "scales")
    gone = _run(staffed, "users", "deactivate", "li.si")

    assert made.exit_code == 0, made.output
    assert "li.si\t李四\t平顶山市卫生健康委员会\tofficer,supervisor\tactive" in listed
    assert again.exit_code == 1
    assert "login_taken" in again.output
    assert weak.exit_code == 1
    assert "weak_password" in weak.output
    assert token.output.startswith("ct_")
    assert gone.exit_code == 0


def test_authorities_are_added_once(published):
    """One is added under its pack; again, units and print are; never two."""
    name = "清远市清新区卫生健康局"
    made = _run(published, "agencies", "create", "qingyuan", name, "--unit", "法制科")
    again = _run(
        published,
        *("agencies", "create", "qingyuan", name, "--unit", "法制科"),
        *("--unit", "办公室", "--print", "prefix", "清新"),
    )
    other = _run(published, "agencies", "create", "shanghai", name)
    person = _run(
        published,
        *("users", "create", "li.si", "李四", "--agency", name, "--unit", "办公室"),
        *("--certificate", "粤R-9", "--valid-to", "2028-12-31", "--legal-qualified"),
        *("--password", PASSWORD),
    )
    listed = _run(published, "agencies", "list").output
    with published.app_context():
        query = select(Agency).where(Agency.name == name)
        letterhead = database.session().scalars(query).one().letterhead
        added = database.session().scalars(
            select(Person).where(Person.login == "li.si")
        )
        certified = added.one()

    assert (made.exit_code, again.exit_code) == (0, 0), again.output
    assert other.exit_code == 1
    assert "agency_taken" in other.output
    assert person.exit_code == 0, person.output
    assert f"qingyuan\t{name}\t办公室,法制科" in listed
    assert letterhead == {"prefix": "清新"}
    assert certified.certificate_valid_to == date(2028, 12, 31)
    assert certified.legal_qualified


@pytest.mark.parametrize(
    "words",
    [
        ("agencies", "create", "nowhere", "某局"),
        ("users", "create", "x", "y", "--agency", "nowhere", "--password", PASSWORD),
        ("users", "password", "nobody", "--password", PASSWORD),
        ("users", "token", "nobody", "scales"),
        ("cases", "show", "nothing"),
        ("events", "verify", "--case", "nothing"),
        ("processes", "export", "nothing", "out"),
        ("jobs", "revive", "00000000-0000-0000-0000-000000000000"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_does_not_exist_is_one_sentence(staffed, words):
    """A wrong name ends with status 1 and a sentence, never with a traceback."""
    ended = _run(staffed, *words)

    assert ended.exit_code == 1
    assert ended.output.startswith("Error: ")
    assert "Traceback" not in ended.output


def test_processes_are_linted_published_and_exported(published, tmp_path):
    """Unchanged files change nothing, and come back byte for byte."""
    linted = _run(published, "processes", "lint")
    again = _run(published, "processes", "publish")
    listed = _run(published, "processes", "list")
    exported = _run(published, "processes", "export", "service", str(tmp_path / "out"))
    written = (tmp_path / "out" / "service" / "service.bpmn").read_bytes()

    assert linted.output == f"No errors in {DRAWN} processes.\n"
    assert again.output == "0 requirement sets are new.\n"
    assert "penalty\t1\t" in listed.output
    assert exported.exit_code == 0, exported.output
    assert written == (PROCESSES / "service" / "service.bpmn").read_bytes()


def test_lint_publishes_nothing(staffed):
    """Checking the shipped files publishes nothing."""
    linted = _run(staffed, "processes", "lint")
    listed = _run(staffed, "processes", "list")

    assert linted.output == f"No errors in {DRAWN} processes.\n"
    assert listed.output == ""


def test_a_flipped_byte_breaks_its_chain(published):
    """A chain whose event was changed behind our back is named."""
    whole = _run(published, "events", "verify")
    with published.app_context(), database.engine().connect() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS event_no_update"))
        connection.execute(
            update(Event).where(Event.seq == 2).values(payload={"facts": {}})
        )
        connection.commit()
    broken = _run(published, "events", "verify")

    assert whole.output == "1 chains are whole.\n"
    assert broken.exit_code == 1
    assert "\t2\tdigest" in broken.output


def test_dead_jobs_are_seen_and_revived(staffed):
    """An operator sees why a job died, and lets it be tried again."""
    with staffed.app_context(), database.transaction() as tx:
        job = tx.enqueue("sample", "one", {})
        job.status, job.last_error = JobStatus.DEAD, "Tampered at verify:1"
        job_id = str(job.id)

    seen = _run(staffed, "jobs", "list")
    revived = _run(staffed, "jobs", "revive", job_id)
    with staffed.app_context():
        status = database.session().scalar(select(Job.status))

    assert f"{job_id}\tsample\tTampered at verify:1" in seen.output
    assert revived.exit_code == 0
    assert status is JobStatus.READY


def test_the_doctor_finds_what_is_missing(fresh):
    """Before the set-up the doctor says BAD, and its status says so to scripts."""
    ill = _run(fresh, "doctor")
    _run(fresh, "setup")
    well = _run(fresh, "doctor")

    assert ill.exit_code == 1
    assert "BAD  migrations" in ill.output
    assert well.exit_code == 0, well.output


@pytest.mark.parametrize(
    "words",
    [
        ("cases", "list"),
        ("tasks", "list"),
        ("deadlines", "list"),
        ("deadlines", "sweep"),
        ("config", "check"),
        ("jobs", "list"),
    ],
    ids=" ".join,
)
def test_every_reading_verb_works_on_an_empty_installation(staffed, words):
    """Looking never fails, also where there is nothing yet."""
    ended = _run(staffed, *words)

    assert ended.exit_code == 0, ended.output


def test_the_settings_are_shown_without_secrets(staffed):
    """What an operator may paste into a report holds no key."""
    output = _run(staffed, "config", "check").output

    assert "CASE_SECRET_KEY=(not shown)" in output
    assert "CASE_PORT=8000" in output


def test_an_installation_has_its_own_days(tmp_path):
    """What CASE_CALENDAR_FILE adds is published behind the shipped calendar."""
    own = tmp_path / "own.toml"
    day = "[[day]]\ndate = 2026-11-23\nworking = false\nname = 'x'\nnotice = 'n'\n"
    own.write_text(day, "utf-8")
    made = create_app(testing=True, var_dir=tmp_path, calendar_file=own)
    result = _run(made, "setup")
    with made.app_context():
        known = calendar_now(database.session().connection())
    made.extensions["engine"].dispose()

    assert result.exit_code == 0, result.output
    assert known.is_working_day(date(2026, 11, 23)) is False
    assert known.is_working_day(date(2026, 11, 24)) is True


def test_a_day_that_cannot_be_is_not_published(tmp_path):
    """A file with a day of a year that is not known publishes nothing."""
    own = tmp_path / "own.toml"
    day = "[[day]]\ndate = 2036-11-23\nworking = false\nname = 'x'\nnotice = 'n'\n"
    own.write_text(day, "utf-8")
    made = create_app(testing=True, var_dir=tmp_path, calendar_file=own)
    result = _run(made, "setup")
    made.extensions["engine"].dispose()

    assert result.exit_code != 0
    assert "2036-11-23" in result.output
