"""Passwords: how they are kept and checked."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from webapp.auth.refusals import WeakPassword

#: Shortest password that is accepted, in characters.
LEAST = 10

_hasher = PasswordHasher()
#: Checked when nobody has the login, so that both answers take as long.
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return what is kept of a password; raises WeakPassword."""
    if len(password) < LEAST or len(set(password)) < LEAST // 2:
        raise WeakPassword(LEAST)
    return _hasher.hash(password)


def is_password(kept: str, password: str) -> bool:
    """Say whether *password* is the one kept; an empty *kept* never is."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(kept)
