"""Canonical JSON and the digests of what is kept."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import orjson

#: SM3 is a national standard (GB/T 32905); it is left out where OpenSSL lacks it.
HAS_SM3 = "sm3" in hashlib.algorithms_available


def canonical(value: object) -> bytes:
    """Return the one spelling of *value*: UTF-8 JSON, sorted keys, no spaces.

    Raises:
        TypeError: for floats and anything else that has no exact spelling.
    """
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def plain(value: Any) -> Any:
    """Return *value* in JSON's own types; moments become ISO text."""
    kind = type(value)
    # Nearly all that is kept is one of these; the rest takes longer.
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is dict:
        return {
            key if type(key) is str else str(key): item
            if type(item) is str
            else plain(item)
            for key, item in value.items()
        }
    if kind is list or kind is tuple:
        return [item if type(item) is str else plain(item) for item in value]
    return _plain_of_others(value)


def _plain_of_others(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    message = f"no canonical form for {type(value).__name__}"
    raise TypeError(message)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical form of *value*."""
    return sha256(canonical(value))
