"""Running numbers of documents and cases."""

from __future__ import annotations

import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, references


class Serial(Model):
    """The last number given in one series of one agency in one year."""

    __tablename__ = "serial"

    agency_id: Mapped[uuid.UUID] = mapped_column(
        references("agency.id"), primary_key=True
    )
    series: Mapped[str] = mapped_column(String(80), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
