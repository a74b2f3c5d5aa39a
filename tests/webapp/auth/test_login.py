"""Signing in: rotation, lockout, lapse, ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.models import Person
from tests.webapp.conftest import PASSWORD
from webapp import clock, database
from webapp.auth import accounts, passwords
from webapp.auth.refusals import AccountLocked, WeakPassword, WrongCredentials

ME = "/api/v1/users/me"
LOGIN = "zhou.lan@pds"


def test_a_person_signs_in(sign_in):
    """The right password begins a session in which one is oneself."""
    browser = sign_in(LOGIN)

    answer = browser.get(ME)

    assert browser.answer.status_code == 302
    assert answer.json["login"] == LOGIN
    assert answer.json["posts"] == ["officer"]


def test_without_a_session_nothing_is_told(staffed):
    """Nobody signed in: the API says so, a page leads to the login."""
    client = staffed.test_client()

    assert client.get(ME).status_code == 401
    assert client.get(ME).json["code"] == "sign_in_needed"


def test_a_session_is_made_afresh(sign_in):
    """What was in the session before the login does not survive it."""
    browser = sign_in(LOGIN)
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    browser.client.post("/logout", headers={"X-CSRF-Token": browser.token})
    page = browser.client.get("/login").get_data(as_text=True)

    with browser.client.session_transaction() as session:
        kept = dict(session)

    assert page
    assert "planted" not in kept
    assert "person" not in kept
    assert kept["csrf"] != browser.token


def test_wrong_passwords_lock_and_the_lock_lapses(staffed):
    """After five failures even the right password waits; after the lock it works."""
    with staffed.app_context():
        for _ in range(5):
            with pytest.raises(WrongCredentials):
                accounts.check_login(LOGIN, "wrong")
        with pytest.raises(AccountLocked) as locked:
            accounts.check_login(LOGIN, PASSWORD)
        with clock.standing_at(locked.value.until + timedelta(seconds=1)):
            login = accounts.check_login(LOGIN, PASSWORD).login

    assert login == LOGIN


def test_a_success_forgets_failures(staffed):
    """Failures count in a row: a login between them starts over."""
    with staffed.app_context():
        for password in ["wrong"] * 4:
            with pytest.raises(WrongCredentials):
                accounts.check_login(LOGIN, password)
        accounts.check_login(LOGIN, PASSWORD)
        for password in ["wrong"] * 4:
            with pytest.raises(WrongCredentials):
                accounts.check_login(LOGIN, password)

        assert accounts.check_login(LOGIN, PASSWORD).login == LOGIN


@pytest.mark.parametrize("login", ["nobody", LOGIN], ids=["unknown", "known"])
def test_both_failures_read_alike(staffed, login):
    """The answer does not tell whether the name exists."""
    client = staffed.test_client()
    client.get("/login")
    with client.session_transaction() as session:
        token = session["csrf"]

    answer = client.post(
        "/login", data={"name": login, "password": "wrong", "csrf_token": token}
    )

    assert answer.status_code == 401
    with staffed.app_context(), pytest.raises(WrongCredentials):
        accounts.check_login(login, "wrong")


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (timedelta(hours=7, minutes=59), 200),
        (timedelta(hours=8, minutes=1), 401),
    ],
    ids=["rested", "lapsed"],
)
def test_a_session_lapses_by_rest(sign_in, rest, status):
    """Eight hours without a request end a session."""
    browser = sign_in(LOGIN)

    with clock.standing_at(clock.now() + rest):
        answer = browser.get(ME)

    assert answer.status_code == status


def test_a_session_lapses_by_age(sign_in):
    """Somebody who never rests signs in again after a day."""
    browser = sign_in(LOGIN)
    began = clock.now()

    statuses = []
    for hours in (6, 12, 18, 23, 25):
        with clock.standing_at(began + timedelta(hours=hours)):
            statuses.append(browser.get(ME).status_code)

    assert statuses == [200, 200, 200, 200, 401]


@pytest.mark.parametrize("how", ["password", "deactivate", "end_sessions"])
def test_sessions_end_everywhere(staffed, sign_in, how):
    """A new password, a deactivation or a wish ends the sessions of all machines."""
    browsers = [sign_in(LOGIN), sign_in(LOGIN)]
    with staffed.app_context():
        person = database.session().scalar(select(Person).where(Person.login == LOGIN))
        person_id = person.id
        if how == "end_sessions":
            accounts.end_sessions(person_id)
        else:
            with database.transaction() as tx:
                if how == "password":
                    accounts.set_password(tx, LOGIN, "another-long-one")
                else:
                    accounts.deactivate(tx, LOGIN)

    assert [browser.get(ME).status_code for browser in browsers] == [401, 401]


def test_a_bearer_token_is_a_person(staffed, person_id):
    """A token acts as its person, without a form token, until it lapses."""
    with staffed.app_context(), database.transaction() as tx:
        token = accounts.create_token(
            tx,
            person_id=person_id(LOGIN),
            name="scales",
            expires_at=tx.now + timedelta(days=1),
        )
    client = staffed.test_client()
    headers = {"Authorization": f"Bearer {token}"}

    now = client.get(ME, headers=headers)
    with clock.standing_at(clock.now() + timedelta(days=2)):
        later = client.get(ME, headers=headers)
    wrong = client.get(ME, headers={"Authorization": "Bearer ct_guess"})

    assert (now.status_code, now.json["login"]) == (200, LOGIN)
    assert (later.status_code, wrong.status_code) == (401, 401)


def test_a_token_never_borrows_a_session(sign_in):
    """A request with a bad token is nobody's, even in a signed-in browser."""
    browser = sign_in(LOGIN)

    answer = browser.get(ME, headers={"Authorization": "Bearer ct_guess"})

    assert answer.status_code == 401


@pytest.mark.parametrize("token", [None, "", "guess"])
def test_a_change_needs_the_form_token(sign_in, token):
    """A request from a foreign page is refused, whatever cookie it brings."""
    browser = sign_in(LOGIN)
    headers = {} if token is None else {"X-CSRF-Token": token}

    answer = browser.client.post("/api/v1/cases", json={}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "form_expired")


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/cases?x=1", "/cases?x=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_the_login_leads_only_to_our_pages(staffed, wanted, target):
    """After the login one lands on the page asked for, never elsewhere."""
    client = staffed.test_client()
    client.get("/login")
    with client.session_transaction() as session:
        token = session["csrf"]

    answer = client.post(
        "/login",
        data={
            "name": LOGIN,
            "password": PASSWORD,
            "csrf_token": token,
            "next": wanted,
        },
    )

    assert answer.headers["Location"] == target


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "ababababab"])
def test_weak_passwords_are_refused(password):
    """Short or monotonous passwords are not kept."""
    with pytest.raises(WeakPassword):
        passwords.hash_password(password)


def test_an_account_without_a_password_cannot_sign_in():
    """An empty hash fits no password, not even the empty one."""
    assert not passwords.is_password("", "")
    assert not passwords.is_password("", PASSWORD)
