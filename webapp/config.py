"""Settings from the environment: read once, checked at start, then frozen."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Every variable of ours begins with this.
PREFIX = "CASE_"

LOCALES = ("zh_Hans", "en")
STORES = ("local", "s3", "memory")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadConfiguration(Exception):
    """The settings cannot be used; every problem is one sentence."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep the sentences, one for each problem."""
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(self.problems)


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    msg = "must be 1 or 0"
    raise ValueError(msg)


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        msg = f"must be a whole number from {least} to {most}"
        try:
            number = int(text)
        except ValueError:
            raise ValueError(msg) from None
        if not least <= number <= most:
            raise ValueError(msg)
        return number

    return read


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            msg = f"must be one of {', '.join(allowed)}"
            raise ValueError(msg)
        return text

    return read


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_number(1, 100_000)(text))


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text)
    if not path.is_file():
        msg = "must name a file that is there"
        raise ValueError(msg)
    return path


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    msg = "must be an instant with its offset, such as 2026-03-02T09:00:00+08:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(msg) from None
    if instant.tzinfo is None:
        raise ValueError(msg)
    return instant


def _setting(default: Any, read: Callable[[str], Any] = str) -> Any:
    """Declare a setting with its default and how its text is read."""
    return field(default=default, metadata={"read": read})


def _secret() -> Any:
    """Declare a setting that is never printed."""
    return field(default="", repr=False, metadata={"read": str})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation may decide; nothing else is read from outside."""

    #: Where keys, uploads and the embedded database live.
    var_dir: Path = _setting(Path("var"), Path)
    #: SQLAlchemy address of the database.
    database_url: str = field(
        default="sqlite:///var/casetrack.db", repr=False, metadata={"read": str}
    )
    #: Which object store holds the bytes of recordings and documents.
    object_store: str = _setting("local", _choice(*STORES))
    object_dir: Path = _setting(Path("var/objects"), Path)
    s3_endpoint: str = _setting("")
    s3_bucket: str = _setting("")
    s3_region: str = _setting("us-east-1")
    s3_access_key: str = _secret()
    s3_secret_key: str = _secret()
    #: The key that signs sessions; empty: read from the file.
    secret_key: str = _secret()
    secret_key_file: Path = _setting(Path("var/secret_key"), Path)
    #: Celery's broker; empty: the embedded worker polls by itself.
    broker_url: str = _secret()
    host: str = _setting("127.0.0.1")
    port: int = _setting(8000, _number(1, 65535))
    web_processes: int = _setting(1, _number(1, 64))
    web_threads: int = _setting(8, _number(1, 256))
    worker_processes: int = _setting(1, _number(0, 64))
    #: The address people type; an https one makes cookies secure.
    public_url: str = _setting("")
    #: Plain http is allowed beyond this machine, on a closed network.
    private_network: bool = _setting(False, _flag)
    #: How many reverse proxies in front are trusted for the client's address.
    proxies: int = _setting(0, _number(0, 5))
    locale: str = _setting("zh_Hans", _choice(*LOCALES))
    #: A session ends after so long without a request.
    session_idle: timedelta = _setting(timedelta(hours=8), _minutes)
    #: A session ends so long after the login, whatever happens.
    session_lifetime: timedelta = _setting(timedelta(hours=24), _minutes)
    #: So many wrong passwords in a row lock an account ...
    login_failures: int = _setting(5, _number(1, 100))
    #: ... for so long.
    lockout: timedelta = _setting(timedelta(minutes=15), _minutes)
    #: Largest recording, in MiB.
    upload_limit_mib: int = _setting(8192, _number(1, 1_000_000))
    #: Largest request that is not a recording, in KiB.
    request_limit_kib: int = _setting(2048, _number(16, 1_000_000))
    log_level: str = _setting("INFO", _choice("DEBUG", "INFO", "WARNING", "ERROR"))
    #: Demonstration: people with known passwords, and a clock that may be set.
    demo: bool = _setting(False, _flag)
    #: A rehearsal on real law: the clock may be set, and every page says so.
    rehearsal: bool = _setting(False, _flag)
    #: The instant at which the clock starts; only for demonstrations and rehearsals.
    clock: datetime | None = _setting(None, _instant)
    #: Years and days that this installation adds to the shipped calendar.
    calendar_file: Path | None = _setting(None, _file)

    @property
    def is_loopback(self) -> bool:
        """Say whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def has_secure_cookies(self) -> bool:
        """Say whether browsers may send our cookies over https only."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def address(self) -> str:
        """Return the address to type into a browser."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def upload_limit(self) -> int:
        """Return the largest recording in bytes."""
        return self.upload_limit_mib * 1024 * 1024

    @property
    def request_limit(self) -> int:
        """Return the largest ordinary request in bytes."""
        return self.request_limit_kib * 1024


def read_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Return the settings that *environ* describes, *overrides* winning.

    Raises:
        BadConfiguration: with one sentence for every problem found.
    """
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        declared = known.get(variable.removeprefix(PREFIX).lower())
        if declared is None:
            problems.append(f"{variable} is not a setting; see docs/operations.md.")
            continue
        try:
            values[declared.name] = declared.metadata["read"](text)
        except ValueError as error:
            problems.append(f"{variable} {error}; it is {text!r}.")
    problems += [f"{name} is not a setting." for name in overrides if name not in known]
    if not problems:
        settings = Settings(**_rooted({**values, **overrides}))
        problems += _contradictions(settings)
        if "secret_key_file" in values and not settings.secret_key_file.is_file():
            # A key made on the spot would differ from machine to machine.
            problems.append("CASE_SECRET_KEY_FILE must name a file that exists.")
    if problems:
        raise BadConfiguration(tuple(problems))
    return settings


def _rooted(values: dict[str, Any]) -> dict[str, Any]:
    """Let the places that were not given follow `var_dir`."""
    var = Path(values.get("var_dir", _default("var_dir")))
    return {
        "database_url": f"sqlite:///{var / 'casetrack.db'}",
        "object_dir": var / "objects",
        "secret_key_file": var / "secret_key",
        **values,
    }


def _default(name: str) -> Any:
    found = next(f.default for f in fields(Settings) if f.name == name)
    return None if found is MISSING else found


def _contradictions(settings: Settings) -> list[str]:
    """Return a sentence for each pair of settings that cannot both hold."""
    found = []
    if not settings.database_url.startswith(("sqlite:", "postgresql")):
        found.append("CASE_DATABASE_URL must begin with sqlite: or postgresql.")
    if settings.object_store == "s3":
        found += [
            f"CASE_{name.upper()} is needed because CASE_OBJECT_STORE is s3."
            for name in ("s3_bucket", "s3_access_key", "s3_secret_key")
            if not getattr(settings, name)
        ]
    if settings.public_url and urlsplit(settings.public_url).scheme not in {
        "http",
        "https",
    }:
        found.append("CASE_PUBLIC_URL must begin with http:// or https://.")
    exposed = not (
        settings.is_loopback or settings.has_secure_cookies or settings.private_network
    )
    if exposed:
        found.append(
            "CASE_HOST lets other machines in: set CASE_PUBLIC_URL to an https address,"
            " or CASE_PRIVATE_NETWORK=1 on a closed network."
        )
    if settings.clock is not None and not (settings.demo or settings.rehearsal):
        found.append(
            "CASE_CLOCK may be set only together with CASE_DEMO=1 or CASE_REHEARSAL=1."
        )
    if settings.session_idle > settings.session_lifetime:
        found.append("CASE_SESSION_IDLE must not exceed CASE_SESSION_LIFETIME.")
    if settings.secret_key and len(settings.secret_key) < 32:  # noqa: PLR2004 - named in the sentence
        found.append("CASE_SECRET_KEY must have at least 32 characters.")
    return found


def secret_key(settings: Settings) -> str:
    """Return the key that signs sessions, making the file when it is missing."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.secret_key_file
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was first: its key holds
            os.link(fresh, path)  # a link appears whole or not at all
        fresh.unlink()
    return path.read_text("ascii").strip()
