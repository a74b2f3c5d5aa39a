"""An authority at work, without any way in: people, law, cases, one database."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

import engine.commands
from engine.actor import Actor
from engine.commands import definitions, firing
from engine.commands.acts import Result, perform
from engine.commands.people import as_actor
from forms import registry, submission  # noqa: F401 - registers its acts
from storage import chain
from storage.database import configure, engine_options, new_id
from storage.digest import sha256
from storage.models import (
    Agency,
    Deadline,
    Event,
    Person,
    PersonPost,
    StoredObject,
    Unit,
)
from storage.transaction import Transaction, sealed, transaction
from storage.vocabulary import DeadlineStatus, Post
from tests.case_file import MONDAY, CaseFile
from tests.engine.bpmn.drawing import wrap

ROOT = Path(__file__).parents[1]
PROCESSES = ROOT / "processes"

for _module in pkgutil.iter_modules(engine.commands.__path__):
    importlib.import_module(f"{engine.commands.__name__}.{_module.name}")

_CALENDAR = "calendars/cn.toml"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

#: A short process of these tests' own: wait for an answer, then settle in time.
TRIAL = wrap(
    """<startEvent id="start"/><endEvent id="end"/>
    <userTask id="ask" name="ask" rec:activity="penalty.investigation"
      rec:capacity="handler"><extensionElements>
      <rec:input fact="checked_at" required="false"/></extensionElements></userTask>
    <eventBasedGateway id="wait"/>
    <intermediateCatchEvent id="answered" rec:activity="penalty.defense_receipt"
      rec:capacity="handler"><extensionElements>
      <rec:deadline code="defense" meet="complete"/></extensionElements>
      <messageEventDefinition/></intermediateCatchEvent>
    <intermediateCatchEvent id="lapsed"><extensionElements>
      <rec:deadline code="defense" start="open" from="checked_at" fires="true"/>
      </extensionElements>
      <timerEventDefinition/></intermediateCatchEvent>
    <exclusiveGateway id="heard"/>
    <userTask id="settle" name="settle" rec:activity="penalty.investigation"
      rec:capacity="handler"><extensionElements>
      <rec:input fact="served_at" required="false"/>
      <rec:deadline code="decision" start="open"/>
      <rec:deadline code="decision" meet="complete"/>
      <rec:deadline code="payment" start="complete" from="served_at"/>
      </extensionElements></userTask>
    <sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <sequenceFlow id="f2" sourceRef="ask" targetRef="wait"/>
    <sequenceFlow id="f3" sourceRef="wait" targetRef="answered"/>
    <sequenceFlow id="f4" sourceRef="wait" targetRef="lapsed"/>
    <sequenceFlow id="f5" sourceRef="answered" targetRef="heard"/>
    <sequenceFlow id="f6" sourceRef="lapsed" targetRef="heard"/>
    <sequenceFlow id="f7" sourceRef="heard" targetRef="settle"/>
    <sequenceFlow id="f8" sourceRef="settle" targetRef="end"/>""",
    "trial",
).decode()

#: Everybody of the authority: login, name, posts.
PEOPLE: tuple[tuple[str, str, tuple[Post, ...]], ...] = (
    ("zhou", "周岚", (Post.OFFICER,)),
    ("he", "何志远", (Post.OFFICER,)),
    ("zhang", "张静", (Post.OFFICER,)),
    ("hemin", "贺敏", (Post.OFFICER,)),
    ("ding", "丁卉", (Post.OFFICER,)),
    ("qin", "秦卫东", (Post.UNIT_HEAD,)),
    ("guo", "郭峰", (Post.UNIT_HEAD, Post.OFFICER)),
    ("fang", "方立新", (Post.DEPUTY_HEAD,)),
    ("sun", "孙丽萍", (Post.DEPUTY_HEAD,)),
    ("ma", "马向阳", (Post.DEPUTY_HEAD,)),
    ("lin", "林建国", (Post.AGENCY_HEAD,)),
    ("yin", "尹静", (Post.LEGAL_REVIEWER,)),
    ("liu", "刘敏", (Post.FINANCE,)),
    ("chen", "陈晨", (Post.PUBLISHER,)),
    ("wang", "王芳", (Post.ARCHIVIST, Post.FOOTAGE_CUSTODIAN)),
)

SUSPECT = {
    "role": "suspect",
    "kind": "legal_person",
    "name": "平顶山恒康源健康管理有限公司",
    "legal_representative": "郑启明",
    "address": "平顶山市新华区建设路中段",
}


@cache
def shipped() -> dict[str, str]:
    """Return the shipped diagrams, tables, packs and clauses, and the trial.

    The trial takes steps in no lawful order, so that nothing is proved of orders here.
    """
    files = definitions.read_folder(PROCESSES)
    return {**files, "trial/trial.bpmn": TRIAL, "proof.toml": ""}


def connect(url: str) -> Engine:
    """Return an engine as the product makes it."""
    made = create_engine(url, **engine_options(url))
    configure(made)
    return made


def migrate(made: Engine) -> None:
    """Bring an empty database to the newest revision, triggers included."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    with made.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def furnish(made: Engine, files: Mapping[str, str] | None = None) -> None:
    """Fill an empty database: tables, published law and diagrams, the people."""
    migrate(made)
    codes = [definition.code for definition in registry.all()]
    with Session(made) as session, transaction(session, MONDAY - DAY) as tx:
        published = files or shipped()
        definitions.publish(tx, published, codes)
        # By itself a discussion is called by nothing, so that a case can open in it.
        alone = {p: t for p, t in published.items() if stands_alone(p)}
        definitions.publish(tx, alone, codes)
        _add_people(tx)


def stands_alone(path: str) -> bool:
    """Say whether a file is law, or draws the collective discussion."""
    drawn = path.endswith((".bpmn", ".dmn"))
    return not drawn or path.startswith("collective_discussion/")


def _add_people(tx: Transaction) -> None:
    agency = Agency(
        id=new_id(),
        issuer="pingdingshan",
        name="平顶山市卫生健康委员会",
        letterhead={"prefix": "平", "bank": "示例银行", "account": "0000"},
    )
    unit = Unit(id=new_id(), agency_id=agency.id, name="监督一科")
    tx.add(agency, unit)
    for number, (login, name, posts) in enumerate(PEOPLE, 1):
        person = Person(
            id=new_id(),
            agency_id=agency.id,
            unit_id=unit.id,
            login=login,
            name=name,
            certificate=f"豫D-{number:02}",
            certificate_valid_to=date(2030, 12, 31),
            posts=[PersonPost(post=post) for post in posts],
        )
        tx.add(person)
    tx.session.flush()


class Office:
    """One authority on one database, and the clock on its wall."""

    def __init__(self, made: Engine) -> None:
        self.engine = made
        self.now = MONDAY
        with self.reading() as session:
            self.people: dict[str, UUID] = {
                p.login: p.id for p in session.scalars(select(Person))
            }
            self.agency_id = session.scalars(select(Agency.id)).one()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees what is committed."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def transaction(
        self, *, at: datetime | None = None, command_id: str | None = None
    ) -> Iterator[Transaction]:
        """Open one write transaction at the office's moment, or at *at*."""
        with (
            self.reading() as session,
            transaction(session, at or self.now, command_id) as tx,
        ):
            yield tx

    def actor(self, who: str) -> Actor:
        """Return somebody as commands see them."""
        with self.reading() as session:
            return as_actor(session.get_one(Person, self.people[who]))

    def act(
        self,
        who: str,
        name: str,
        /,
        *,
        at: datetime | None = None,
        command_id: str | None = None,
        **params: Any,
    ) -> Result:
        """Carry out one act as *who*, in a transaction of its own."""
        actor = self.actor(who)
        with self.transaction(at=at, command_id=command_id) as tx:
            return perform(tx, name, actor=actor, params=params)

    def pass_time(self, until: datetime) -> None:
        """Move the clock, letting each warning and each end take effect in its turn."""
        done = set[tuple[UUID, datetime]]()
        while row := self._next_deadline(until, done):
            identifier, moment, act = row
            done.add((identifier, moment))
            self.now = max(self.now, moment)
            with self.transaction() as tx:
                act(tx, identifier)
        self.now = until

    def _next_deadline(
        self, until: datetime, done: set[tuple[UUID, datetime]]
    ) -> tuple[UUID, datetime, Callable[[Transaction, UUID], bool]] | None:
        with self.reading() as session:
            rows = session.execute(
                select(Deadline.id, Deadline.due_at, Deadline.warn_at).where(
                    Deadline.status == DeadlineStatus.RUNNING,
                    Deadline.parked_at.is_(None),
                )
            ).all()
        ends = [(r.id, r.due_at + timedelta(seconds=1), firing.fire) for r in rows]
        ends += [(r.id, r.warn_at, firing.warn) for r in rows if r.warn_at]
        waiting = [each for each in ends if each[1] <= until and each[:2] not in done]
        return min(waiting, key=lambda each: each[1], default=None)

    def keep(self, content: bytes = b"film") -> str:
        """Note bytes as stored, as an upload does; returns their digest."""
        with self.transaction() as tx:
            digest = sha256(content)
            if tx.session.get(StoredObject, digest) is None:
                tx.add(
                    StoredObject(
                        sha256=digest,
                        size=len(content),
                        media_type="video/mp4",
                        stored_at=tx.now,
                    )
                )
        return digest

    def open_case(
        self, who: str = "zhou", process: str = "penalty", **params: Any
    ) -> CaseFile:
        """Open a case, at the office's moment."""
        given = {"cause": "涉嫌无证行医", "parties": [SUSPECT], **params}
        result = self.act(who, "cases.open", process=process, **given)
        return CaseFile(self, UUID(result["case_id"]))


def day_off(day: date, *, working: bool = False) -> str:
    """Return what an installation writes to change one *day* of the calendar."""
    worked = "true" if working else "false"
    return f'[[day]]\ndate = {day}\nworking = {worked}\nname = "n"\nnotice = "n"\n'


def publish_calendar(office: Office, own: str) -> None:
    """Publish the shipped calendar with an installation's *own* days behind it."""
    files = {**shipped(), _CALENDAR: f"{shipped()[_CALENDAR]}\n{own}"}
    with office.transaction() as tx:
        definitions.publish(tx, files, [form.code for form in registry.all()])


def link(event: Event) -> dict[str, Any]:
    """Return an event as its chain is verified."""
    names = (*chain.SEALED, "previous", "digest")
    return sealed({name: getattr(event, name) for name in names})
