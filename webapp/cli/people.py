"""The people of a demonstration."""

from __future__ import annotations

import secrets
import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.database import new_id
from storage.models import Agency, Person, PersonPost, Unit
from storage.transaction import Transaction
from storage.vocabulary import Post
from webapp.auth.passwords import hash_password
from webapp.config import Settings

PEOPLE = Path(__file__).with_name("people.toml")
#: The password of every demonstration login on a machine that only it can reach.
LOCAL_PASSWORD = "casetrack-demo"  # noqa: S105 - printed at set-up, for all to read


def is_empty(tx: Transaction) -> bool:
    """Say whether nobody can sign in yet."""
    return tx.session.scalar(select(Person.id).limit(1)) is None


def password_for(settings: Settings) -> str:
    """Return the demonstration's password: one to remember only on a loopback."""
    return LOCAL_PASSWORD if settings.is_loopback else secrets.token_urlsafe(12)


def add_people(tx: Transaction, password: str) -> list[Person]:
    """Add five authorities and their people, all with one password."""
    kept = hash_password(password)  # once: hashing is slow on purpose
    added = []
    for told in _told():
        agency = Agency(
            id=new_id(),
            issuer=told["issuer"],
            name=told["name"],
            letterhead=told["letterhead"],
        )
        units = {
            name: Unit(id=new_id(), agency_id=agency.id, name=name)
            for name in told["units"]
        }
        tx.add(agency)
        tx.session.flush()
        tx.add(*units.values())
        tx.session.flush()
        for one in told["person"]:
            person = _person(one, agency, units[one["unit"]], kept)
            tx.add(person)
            added.append(person)
    tx.session.flush()
    return added


def _person(told: dict[str, Any], agency: Agency, unit: Unit, kept: str) -> Person:
    return Person(
        id=new_id(),
        agency_id=agency.id,
        unit_id=unit.id,
        login=told["login"],
        name=told["name"],
        title=told["title"],
        password_hash=kept,
        certificate=told.get("certificate"),
        certificate_valid_to=told.get("certificate_valid_to"),
        legal_qualified=told.get("legal_qualified", False),
        posts=[PersonPost(post=Post(post)) for post in told["posts"]],
    )


def describe(password: str) -> str:
    """Return the logins as a text: those to begin with, a blank line, then all."""
    lines = [f"Demonstration logins to begin with; the password of all is {password}"]
    told = _told()
    seen: set[str] = set()
    for one in told[0]["person"]:
        if not seen.issuperset(one["posts"]):
            seen.update(one["posts"])
            lines.append(f"  {one['login']:<18} {one['title']} {one['name']}")
    lines += ["", "Everybody:"]
    for agency in told:
        lines.append(f"  {agency['name']}")
        lines += [
            f"    {one['login']:<18} {one['title']} {one['name']}"
            for one in agency["person"]
        ]
    return "\n".join(lines) + "\n"


def _told() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(PEOPLE.read_text("utf-8"))["agency"]
    return found
