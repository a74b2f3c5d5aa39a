"""The accounts of people: logins, passwords, locks and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from engine.errors import NotFound
from storage.database import new_id
from storage.digest import sha256
from storage.models import ApiToken, Person, PersonPost
from storage.transaction import Transaction
from storage.vocabulary import Post
from webapp.auth.passwords import hash_password, is_password
from webapp.auth.refusals import AccountLocked, LoginTaken, WrongCredentials
from webapp.clock import now
from webapp.database import session, transaction
from webapp.logs import log
from webapp.settings import settings


def check_login(login: str, password: str) -> Person:
    """Return who signs in.

    Raises:
        AccountLocked: too many wrong passwords in a row; the lock lapses by itself.
        WrongCredentials: name and password do not belong together.
    """
    person = session().scalar(select(Person).where(Person.login == login))
    kept = person.password_hash if person is not None and person.active else ""
    # The password is checked even when the account is locked: both take as long.
    right = is_password(kept, password)
    if person is None:
        log.warning("login_refused")
        raise WrongCredentials
    if person.locked_until is not None and person.locked_until > now():
        log.warning("login_locked")
        raise AccountLocked(person.locked_until)
    if not right:
        _count_failure(person.id)
        raise WrongCredentials
    if person.failed_logins or person.locked_until is not None:
        _set(person.id, failed_logins=0, locked_until=None)
    log.info("login")
    return person


def _count_failure(person_id: UUID) -> None:
    """Count a wrong password, and lock the account when there were too many."""
    limits = settings()
    log.warning("login_refused")
    with transaction() as tx:
        failures = tx.session.scalar(
            update(Person)
            .where(Person.id == person_id)
            .values(failed_logins=Person.failed_logins + 1)
            .returning(Person.failed_logins)
        )
        if (failures or 0) >= limits.login_failures:
            tx.session.execute(
                update(Person)
                .where(Person.id == person_id)
                .values(failed_logins=0, locked_until=tx.now + limits.lockout)
            )


def _set(person_id: UUID, **values: object) -> None:
    with transaction() as tx:
        tx.session.execute(
            update(Person).where(Person.id == person_id).values(**values)
        )


def end_sessions(person_id: UUID) -> None:
    """End every session of a person, wherever it was begun."""
    with transaction() as tx:
        tx.session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(session_epoch=Person.session_epoch + 1)
        )


def create_person(
    tx: Transaction,
    *,
    login: str,
    name: str,
    password: str,
    agency_id: UUID,
    unit_id: UUID | None = None,
    posts: Iterable[Post] = (),
    title: str = "",
    certificate: str | None = None,
    certificate_valid_to: date | None = None,
    legal_qualified: bool = False,
) -> Person:
    """Add somebody who may sign in; raises LoginTaken or WeakPassword."""
    if tx.session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise LoginTaken(login)
    person = Person(
        id=new_id(),
        agency_id=agency_id,
        unit_id=unit_id,
        login=login,
        name=name,
        title=title,
        password_hash=hash_password(password),
        certificate=certificate,
        certificate_valid_to=certificate_valid_to,
        legal_qualified=legal_qualified,
        posts=[PersonPost(post=post) for post in sorted(set(posts))],
    )
    tx.add(person)
    return person


def set_password(tx: Transaction, login: str, password: str) -> None:
    """Give somebody a new password and end their sessions.

    Raises:
        NotFound: nobody has this login.
        WeakPassword: it is too short or too uniform.
    """
    person = tx.session.scalar(select(Person).where(Person.login == login))
    if person is None:
        raise NotFound("person", login)
    person.password_hash = hash_password(password)
    person.session_epoch += 1
    person.failed_logins = 0
    person.locked_until = None


def deactivate(tx: Transaction, login: str) -> None:
    """Let somebody sign in no more and end their sessions; raises NotFound."""
    person = tx.session.scalar(select(Person).where(Person.login == login))
    if person is None:
        raise NotFound("person", login)
    person.active = False
    person.session_epoch += 1


def create_token(
    tx: Transaction, *, person_id: UUID, name: str, expires_at: datetime | None
) -> str:
    """Return a new bearer token; it is shown this once, only its digest is kept."""
    token = f"ct_{secrets.token_urlsafe(32)}"
    tx.add(
        ApiToken(
            id=new_id(),
            person_id=person_id,
            name=name,
            digest=sha256(token.encode()),
            created_at=tx.now,
            expires_at=expires_at,
        )
    )
    return token
