"""Texts that do not fit their column are refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import String, event, inspect
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import Model


class TooLong(ValueError):
    """A text is longer than its column; SQLite alone would not say so."""

    def __init__(self, column: str, most: int) -> None:
        super().__init__(column, most)
        self.column, self.most = column, most


def limit(models: Iterable[type[Model]]) -> None:
    """Watch every text of *models*; setting one that is too long raises TooLong."""
    for model in models:
        for attribute in inspect(model).column_attrs:
            kind = attribute.columns[0].type
            # Words of the vocabulary are short by themselves.
            if type(kind) is String and kind.length is not None:
                watched: InstrumentedAttribute[str] = getattr(model, attribute.key)
                event.listen(watched, "set", _check(attribute.key, kind.length))


def _check(column: str, most: int) -> Callable[[object, object, object, object], None]:
    def check(_row: object, value: object, _old: object, _initiator: object) -> None:
        if isinstance(value, str) and len(value) > most:
            raise TooLong(column, most)

    return check
