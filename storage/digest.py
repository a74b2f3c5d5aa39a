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
    if value is None or isinstance(value, bool | int | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    message = f"no canonical form for {type(value).__name__}"
    raise TypeError(message)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical form of *value*."""
    return sha256(canonical(value))
