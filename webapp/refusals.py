"""Why the web itself turns a request away, whatever it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class BadRequest(Refusal):
    """The request cannot be read."""

    code: ClassVar[str] = "bad_request"


@dataclass(eq=False)
class PageNotFound(Refusal):
    """There is nothing at this address."""

    code: ClassVar[str] = "page_not_found"


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """This address does not take such a request."""

    code: ClassVar[str] = "method_not_allowed"


@dataclass(eq=False)
class TooLarge(Refusal):
    """More bytes were sent than are accepted here."""

    limit: int  #: bytes
    code: ClassVar[str] = "too_large"


@dataclass(eq=False)
class UnsupportedMediaType(Refusal):
    """The body is of a type that is not read here."""

    code: ClassVar[str] = "unsupported_media_type"


@dataclass(eq=False)
class CursorInvalid(Refusal):
    """What names a part of a list was not given by that list."""

    code: ClassVar[str] = "cursor_invalid"


@dataclass(eq=False)
class TooManyRequests(Refusal):
    """Requests come faster than they are answered."""

    code: ClassVar[str] = "too_many_requests"


@dataclass(eq=False)
class Broken(Refusal):
    """The product failed; the log says where, under the request's number."""

    request_id: str
    code: ClassVar[str] = "broken"


@dataclass(eq=False)
class DatabaseBusy(Refusal):
    """The database could not be reached or was locked for too long."""

    code: ClassVar[str] = "database_busy"


@dataclass(eq=False)
class Empty(Refusal):
    """Nothing was uploaded."""

    code: ClassVar[str] = "empty_upload"


@dataclass(eq=False)
class NotThisMedium(Refusal):
    """The bytes are of no kind that a recording of this medium can be."""

    medium: str
    code: ClassVar[str] = "not_this_medium"


@dataclass(eq=False)
class Unavailable(Refusal):
    """The object store does not have bytes that it should have."""

    sha256: str
    code: ClassVar[str] = "object_unavailable"


@dataclass(eq=False)
class NoSpace(Refusal):
    """The disk is too full to take uploads safely."""

    code: ClassVar[str] = "no_space"


#: What werkzeug's statuses are called here.
OF_STATUS: dict[HTTPStatus, type[Refusal]] = {
    HTTPStatus.NOT_FOUND: PageNotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaType,
    HTTPStatus.TOO_MANY_REQUESTS: TooManyRequests,
}
