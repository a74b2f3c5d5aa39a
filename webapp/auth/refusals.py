"""Why a request is turned away before any command is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class SignInNeeded(Refusal):
    """Nobody is signed in, or the session has ended."""

    code: ClassVar[str] = "sign_in_needed"


@dataclass(eq=False)
class PostNeeded(Refusal):
    """The person holds none of the posts that may do this."""

    posts: tuple[str, ...]
    code: ClassVar[str] = "post_needed"


@dataclass(eq=False)
class WrongCredentials(Refusal):
    """The name and the password do not belong together."""

    code: ClassVar[str] = "wrong_credentials"


@dataclass(eq=False)
class AccountLocked(Refusal):
    """Too many wrong passwords in a row; the lock lapses by itself."""

    until: datetime
    code: ClassVar[str] = "account_locked"


@dataclass(eq=False)
class FormExpired(Refusal):
    """A request that changes something lacks the session's form token."""

    code: ClassVar[str] = "form_expired"


@dataclass(eq=False)
class WeakPassword(Refusal):
    """A new password is too short or too common."""

    least: int
    code: ClassVar[str] = "weak_password"


@dataclass(eq=False)
class LoginTaken(Refusal):
    """Somebody already signs in by this name."""

    login: str
    code: ClassVar[str] = "login_taken"


@dataclass(eq=False)
class AgencyTaken(Refusal):
    """An authority of this name exists under another rule pack."""

    name: str
    issuer: str
    code: ClassVar[str] = "agency_taken"
