"""What a file is, by its bytes: whole and of a known kind, or refused."""

from __future__ import annotations

import struct
from typing import IO

from PIL import Image, UnidentifiedImageError

#: Image formats that are accepted, with their media types.
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png"}

#: A picture with more pixels than this is taken for an attack (a bomb).
MOST_PIXELS = 120_000_000

# Pillow's own limit would end in an exception of another kind than our refusal.
Image.MAX_IMAGE_PIXELS = None


class NotWhole(ValueError):
    """The file is empty, cut off, or of no accepted kind."""


def media_type(stream: IO[bytes], size: int) -> str:
    """Return the media type of a whole file; raises NotWhole with the reason code."""
    if size == 0:
        raise NotWhole("empty")
    head = stream.read(16)
    stream.seek(0)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _image(stream)
    if head[4:8] == b"ftyp":
        return _iso_media(stream, size, head[8:12])
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        if struct.unpack("<I", head[4:8])[0] + 8 > size:
            raise NotWhole("cut_off")
        return "audio/wav"
    raise NotWhole("unknown_kind")


def _image(stream: IO[bytes]) -> str:
    try:
        with Image.open(stream) as image:
            fits = image.width * image.height <= MOST_PIXELS
            if fits:
                image.load()
            kind = IMAGES[image.format or ""]
    except (UnidentifiedImageError, KeyError, SyntaxError, ValueError) as error:
        raise NotWhole("unknown_kind") from error
    except OSError as error:
        raise NotWhole("cut_off") from error
    if not fits:
        raise NotWhole("too_large")
    return kind


def _iso_media(stream: IO[bytes], size: int, brand: bytes) -> str:
    """Walk the boxes of an MP4: they must fill the file and hold a film's index."""
    position, kinds = 0, set[bytes]()
    while position < size:
        stream.seek(position)
        header = stream.read(16)
        if len(header) < 8:  # noqa: PLR2004  # a box begins with length and kind
            raise NotWhole("cut_off")
        length, kind = struct.unpack(">I4s", header[:8])
        if length == 1:
            length = struct.unpack(">Q", header[8:16])[0]
        elif length == 0:
            length = size - position
        if length < 8 or position + length > size:  # noqa: PLR2004  # as above
            raise NotWhole("cut_off")
        kinds.add(kind)
        position += length
    if not {b"moov", b"mdat"} <= kinds:
        raise NotWhole("cut_off")
    if brand.startswith(b"M4A"):
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"
