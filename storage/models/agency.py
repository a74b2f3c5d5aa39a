"""Agencies and their units."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references


class Agency(Model):
    """An authority that issues acts in its own name (行政机关)."""

    __tablename__ = "agency"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str] = mapped_column(String(40))  #: whose rule pack applies
    name: Mapped[str] = mapped_column(String(200), unique=True)
    #: What its documents print: number prefix, government, court, bank account.
    letterhead: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Unit(Model):
    """A section of an agency (科室)."""

    __tablename__ = "unit"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
