"""One command, one transaction: what is locked, added, logged and queued in it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Connection,
    String,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.chain import GENESIS, seal
from storage.database import Model, new_id, together
from storage.digest import plain
from storage.models import Case, Event, Job, Serial
from storage.prepared import Prepared, Sent
from storage.vocabulary import JobStatus
from storage.writing import Rows, is_plain, write, write_changes, write_rows

#: What names a series of numbers.
_SERIES = ("agency_id", "series", "year")

#: Statements are built once: to build one costs more than to carry it out.
_NEXT = {
    # One statement: two commands may begin the same series at once.
    name: Prepared(
        dialect.insert(Serial)
        .on_conflict_do_update(
            index_elements=[*_SERIES], set_={"last": Serial.last + 1}
        )
        .returning(Serial.last),
        (*_SERIES, "last"),
    )
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
_REPLAYED = Prepared(
    select(Event.payload).where(Event.command_id == bindparam("command"))
)
_ALONE = Prepared(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(bindparam("command", type_=String), 0)
        )
    )
)


#: A statement that a command begins with, and its values.
Early = tuple[Prepared, Mapping[str, Any]]


@dataclass
class Transaction:
    """A unit of work at one moment; commands get it and never open their own."""

    _session: Session
    now: datetime
    command_id: str | None = None
    _joined: bool = True
    #: What is done once this is durable.
    follow_ups: list[Callable[[], None]] = field(default_factory=list)
    _watched: list[Model] = field(default_factory=list)
    _later: list[tuple[Prepared, Mapping[str, Any]]] = field(default_factory=list)
    _early: dict[Prepared, tuple[Mapping[str, Any], Sent]] = field(default_factory=dict)
    _rows: Rows = field(default_factory=lambda: defaultdict(list))

    @property
    def session(self) -> Session:
        """The session of this transaction, for what no prepared statement does."""
        if not self._joined:
            self._joined = True
            self._session.connection(bind_arguments={"bind": self.connection})
        return self._session

    def unflushed(self) -> AbstractContextManager[Session]:
        """Let reads in the body pass over what is pending."""
        return self._session.no_autoflush

    def insert(self, model: type[Model], **values: object) -> dict[str, Any]:
        """Put a row that is no object into this transaction.

        Returns it; it may be changed until it is sent, and is empty from then on.
        """
        self._rows[model].append(values)
        return values

    def watch(self, *rows: Model) -> None:
        """Write what the command changes in *rows*, which are in no session."""
        self._watched += rows

    def later(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Carry out *statement* with what else is pending."""
        self._later.append((statement, values))

    def flush(self) -> None:
        """Send what is pending, so that the statements that follow find it."""
        self._send_later()
        for update in write_changes(self.connection, self._watched, again=True):
            update.check()
        write_rows(self.connection, self._rows)
        self.session.flush()

    def write(self) -> None:
        """Send what is pending at the end of the command, in the least statements.

        Raises:
            StaleDataError: a changed row is no longer there.
        """
        if not is_plain(self._session):
            self.session.flush()
        with together(self.connection):
            self._send_later()
            sent = write_changes(self.connection, self._watched)
            sent += write(self._session, self.connection)
            write_rows(self.connection, self._rows)
        for update in sent:
            update.check()

    def _send_later(self) -> None:
        for statement, values in self._later:
            statement.send(self.connection, [values]).close()
        self._later.clear()

    def add(self, *rows: Model) -> None:
        """Put new rows into this transaction."""
        self._session.add_all(rows)

    @cached_property
    def connection(self) -> Connection:
        """The connection that this transaction runs on."""
        return self._session.connection()

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Return what *statement* finds, as plain rows; pending changes count."""
        if self._session.autoflush:
            self.flush()
        return statement.rows(self.connection, **values)

    def run(self, statement: Prepared, given: Sequence[Mapping[str, Any]]) -> int:
        """Carry out *statement* with each of the values; pending changes come first.

        Returns how many rows it touched.
        """
        if self._session.autoflush:
            self.flush()
        return statement.run(self.connection, given)

    def lock_case(self, case_id: uuid.UUID) -> Case | None:
        """Return the case locked against everybody else; None if there is none."""
        return self.session.scalar(
            select(Case)
            .where(Case.id == case_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def early(self, statement: Prepared, **values: object) -> Sent:
        """Return what *statement* finds at the beginning of a command.

        It may have been asked already, together with whether the command was
        carried out before; nothing may be pending.
        """
        asked, sent = self._early.pop(statement, (None, None))
        if sent is not None and asked == values:
            return sent
        return statement.send(self.connection, [values])

    def _alone(self, name: str) -> None:
        """Let nobody else in who asks for the same name; SQLite has one writer."""
        if self.connection.dialect.name == "postgresql":
            _ALONE.send(self.connection, [{"command": name}])

    def replay(self, early: Iterable[Early] = ()) -> Mapping[str, Any] | None:
        """Return the result of this same command if it was carried out before.

        What the command asks first, *early*, travels along and waits for it.
        """
        if self.command_id is None:
            return None
        asked = [{"command": self.command_id}]
        with together(self.connection):
            # The same command, sent again while the first is under way, waits.
            self._alone(self.command_id)
            sent = _REPLAYED.send(self.connection, asked)
            for statement, values in early:
                ahead = statement.send(self.connection, [values])
                self._early[statement] = (values, ahead)
        found = sent.rows()
        result: Mapping[str, Any] | None = found[0].payload["result"] if found else None
        return result

    def log(
        self,
        tag: str,
        case: Case,
        *,
        by: uuid.UUID | None,
        subject: uuid.UUID | None = None,
        acted_at: datetime | None = None,
        facts: Mapping[str, Any] | None = None,
        result: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one event to the chain of *case*."""
        event = _event(
            self,
            tag,
            case.id,
            seq=case.event_seq + 1,
            previous=case.event_digest,
            by=by,
            subject=subject,
            acted_at=acted_at,
            facts=facts,
            result=result,
        )
        case.event_seq, case.event_digest = event["seq"], event["digest"]
        self.insert(Event, **event)

    def log_apart(
        self,
        tag: str,
        stream_id: uuid.UUID,
        *,
        by: uuid.UUID | None,
        subject: uuid.UUID | None = None,
        facts: Mapping[str, Any] | None = None,
        result: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one event that belongs to no case to the chain of *stream_id*."""
        self.flush()
        self._alone(f"stream {stream_id}")
        last = self.session.execute(
            select(Event.seq, Event.digest)
            .where(Event.stream_id == stream_id)
            .order_by(Event.seq.desc())
            .limit(1)
        ).first()
        event = _event(
            self,
            tag,
            stream_id,
            seq=last.seq + 1 if last else 1,
            previous=last.digest if last else GENESIS,
            by=by,
            subject=subject,
            acted_at=None,
            facts=facts,
            result=result,
        )
        self.insert(Event, **event)

    def enqueue(
        self,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        due_at: datetime | None = None,
    ) -> Job:
        """Queue work that is done after, and only if, this transaction commits."""
        job = Job(
            id=new_id(),
            kind=kind,
            key=f"{kind}:{key}",
            payload=dict(payload),
            status=JobStatus.READY,
            due_at=due_at or self.now,
        )
        self.session.add(job)
        return job

    def next_serial(self, agency_id: uuid.UUID, series: str, year: int) -> int:
        """Return the next number of a series; gaps arise only by rollback."""
        statement = _NEXT[self.connection.dialect.name]
        found = self.rows(
            statement, agency_id=agency_id, series=series, year=year, last=1
        )
        return int(found[0].last)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do *action* once this transaction is durable."""
        self.follow_ups.append(action)


def _event(  # an event simply has these facts
    tx: Transaction,
    tag: str,
    stream_id: uuid.UUID,
    *,
    seq: int,
    previous: str,
    by: uuid.UUID | None,
    subject: uuid.UUID | None,
    acted_at: datetime | None,
    facts: Mapping[str, Any] | None,
    result: Mapping[str, Any] | None,
) -> dict[str, Any]:
    payload = plain({"facts": facts or {}, "result": result or {}})
    body: dict[str, Any] = {
        "id": new_id(),
        "stream_id": stream_id,
        "seq": seq,
        "tag": str(tag),
        "subject_id": subject,
        "actor_id": by,
        "acted_at": acted_at or tx.now,
        "recorded_at": tx.now,
        "command_id": tx.command_id,
        "payload": payload,
    }
    body["digest"] = seal(previous, sealed(body))
    body["previous"] = previous
    return body


def sealed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's fields as its digest sees them: moments in UTC text."""
    return {
        name: value.astimezone(UTC).isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in body.items()
    }


@contextmanager
def transaction(
    session: Session, now: datetime, command_id: str | None = None
) -> Iterator[Transaction]:
    """Open a write transaction; commit at the end, roll back on any exception."""
    # What was only read before does not belong to the command, and may be outdated.
    session.rollback()
    session.expire_all()
    # The session joins when it is asked for: most of what it does a command needs not.
    tx = Transaction(session, now, command_id, _joined=False)
    with session.get_bind().engine.connect() as connection:
        tx.connection = connection.execution_options(writes=True)
        try:
            connection.begin()
            yield tx
            tx.write()
            connection.commit()
        except BaseException:
            session.rollback()
            connection.rollback()  # a COMMIT that failed leaves it open
            raise
        if session.in_transaction():
            session.commit()  # it lets go of the connection; all is durable
    for action in tx.follow_ups:
        action()


def count_of(session: Session, model: type[Model]) -> int:
    """Return how many rows a table has; for small tables only."""
    return session.scalar(select(func.count()).select_from(model)) or 0
