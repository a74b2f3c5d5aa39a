"""People who sign in, the posts they hold, and the tokens of machines."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.database import Model, new_id, references
from storage.vocabulary import Post


class Person(Model):
    """Somebody of an agency, with a sign-in."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(references("unit.id"))
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    certificate: Mapped[str | None] = mapped_column(String(60))  #: 执法证号
    certificate_valid_to: Mapped[date | None]
    legal_qualified: Mapped[bool] = mapped_column(default=False)  #: 法律职业资格
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hans")
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=0)  #: raised to end all sessions

    posts: Mapped[list[PersonPost]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )


class PersonPost(Model):
    """A post that somebody holds in the agency."""

    __tablename__ = "person_post"

    person_id: Mapped[uuid.UUID] = mapped_column(
        references("person.id"), primary_key=True
    )
    post: Mapped[Post] = mapped_column(primary_key=True)


class ApiToken(Model):
    """A machine's key to the API; only its digest is kept."""

    __tablename__ = "api_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(references("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
