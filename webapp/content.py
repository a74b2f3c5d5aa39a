"""Bytes in and out: uploads are checked as they stream, downloads never active."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import IO, Any
from urllib.parse import quote, unquote
from uuid import UUID

from flask import Response, request

from engine.commands.acts import perform
from engine.commands.errors import UnreadableFile
from storage import media
from storage.models import StoredObject
from storage.objects import ObjectMissing, Stored
from storage.objects.base import BLOCK, blocks_of
from storage.transaction import Transaction
from webapp.auth.current import current_actor
from webapp.database import transaction
from webapp.objects import has_room, objects
from webapp.refusals import Empty, NoSpace, NotThisMedium, TooLarge, Unavailable
from webapp.settings import settings

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

#: Which bytes a file of each type has, and where they begin.
MAGIC: dict[str, tuple[tuple[int, bytes], ...]] = {
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/heic": ((4, b"ftypheic"), (4, b"ftypheix"), (4, b"ftypmif1")),
    "audio/wav": ((0, b"RIFF"),),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "audio/mp4": ((4, b"ftypM4A"),),
    "audio/ogg": ((0, b"OggS"),),
    "audio/flac": ((0, b"fLaC"),),
    "video/mp4": ((4, b"ftyp"),),
    "video/quicktime": ((4, b"ftypqt"), (4, b"moov")),
    "video/x-msvideo": ((0, b"RIFF"),),
    "video/x-matroska": ((0, b"\x1a\x45\xdf\xa3"),),
    "video/webm": ((0, b"\x1a\x45\xdf\xa3"),),
    "video/mp2t": ((0, b"\x47"),),
    "video/mpeg": ((0, b"\x00\x00\x01\xba"), (0, b"\x00\x00\x01\xb3")),
}

#: What kinds of file each medium may be.
KINDS = {
    "photo": ("image",),
    "audio": ("audio", "video"),
    "video": ("video",),
    "room_video": ("video",),
}

#: Types whose end can be told: a file that was cut off is refused.
WHOLE = frozenset(
    {
        "image/jpeg",
        "image/png",
        "audio/wav",
        "audio/mp4",
        "video/mp4",
        "video/quicktime",
    }
)

#: So many bytes decide what a file is.
HEAD = 16


def sniff(head: bytes, medium: str) -> str:
    """Return the media type of a file that begins with *head*.

    Raises:
        Empty: there is nothing.
        NotThisMedium: it is no file that a recording of *medium* can be.
    """
    if not head:
        raise Empty
    for media_type, marks in MAGIC.items():
        if media_type.split("/")[0] not in KINDS[medium]:
            continue
        if any(head[at : at + len(mark)] == mark for at, mark in marks):
            return media_type
    raise NotThisMedium(medium)


def receive(medium: str) -> tuple[Stored, str]:
    """Store the body of this request as a recording; returns it and its type.

    Raises:
        NoSpace: the disk is almost full.
        TooLarge: it exceeds the installation's limit.
        Empty: there is nothing.
        NotThisMedium: it is no file that a recording of *medium* can be.
        UnreadableFile: it was cut off.
    """
    limit = settings().upload_limit
    if not has_room(settings()):
        raise NoSpace
    if (request.content_length or 0) > limit:
        raise TooLarge(limit)
    request.max_content_length = limit
    return keep(blocks_of(request.stream), medium, limit)


def keep(blocks: Iterable[bytes], medium: str, limit: int) -> tuple[Stored, str]:
    """Store *blocks*, at most *limit* bytes, as a recording of *medium*."""
    stream = iter(blocks)
    head = b""
    for block in stream:
        head += block
        if len(head) >= HEAD:
            break
    media_type = sniff(head, medium)
    check = _whole if media_type in WHOLE else None
    return objects().put(_limited(head, stream, limit), check), media_type


def _whole(staged: IO[bytes], size: int) -> None:
    """Refuse a file that is cut off; raises UnreadableFile."""
    try:
        media.media_type(staged, size)
    except media.NotWhole as error:
        raise UnreadableFile(str(error), None) from error


def deposit(
    recording_id: UUID, stored: Stored, media_type: str, file_name: str | None
) -> dict[str, Any]:
    """Bind a declared recording to bytes that are in the store."""
    actor = current_actor()
    params = {
        "recording_id": recording_id,
        "sha256": stored.sha256,
        "file_name": unquote(file_name) if file_name else str(recording_id),
    }
    with transaction() as tx:
        remember(tx, stored, media_type)
        return perform(tx, "recordings.deposit", actor=actor, params=params)


def remember(tx: Transaction, stored: Stored, media_type: str) -> None:
    """Note that the store has these bytes; the same bytes are noted once."""
    if tx.session.get(StoredObject, stored.sha256) is None:
        tx.add(
            StoredObject(
                sha256=stored.sha256,
                sm3=stored.sm3,
                size=stored.size,
                media_type=media_type,
                stored_at=tx.now,
            )
        )
        tx.session.flush()


def _limited(head: bytes, rest: Iterator[bytes], limit: int) -> Iterator[bytes]:
    size = len(head)
    yield head
    for block in rest:
        size += len(block)
        if size > limit:
            raise TooLarge(limit)
        yield block


def send(
    sha256: str, name: str, media_type: str, *, size: int | None = None
) -> Response:
    """Stream an object; never as something that a browser would run.

    Raises:
        Unavailable: the store does not have it.
    """
    try:
        stream = objects().open(sha256)
    except ObjectMissing:
        raise Unavailable(sha256) from None

    def blocks() -> Iterator[bytes]:
        with stream:
            while block := stream.read(BLOCK):
                yield block

    response = Response(blocks(), mimetype=media_type)
    inline = media_type.partition("/")[0] in {"image", "audio", "video"}
    kept = quote(PurePath(name).name, safe="")
    response.headers["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{kept}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["ETag"] = f'"{sha256}"'
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return response
