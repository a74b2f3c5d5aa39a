"""What a file is: by its bytes, whole, and of a kind that we know."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from pathlib import Path

import pytest
from PIL import Image

from storage import media
from storage.media import NotWhole, media_type

ROOT = Path(__file__).parents[2]


def picture(kind, size=(64, 48)):
    """Return a picture of random noise: nothing of it can be left out."""
    written = io.BytesIO()
    Image.effect_noise(size, 90).save(written, kind)
    return written.getvalue()


def sound():
    """Return a second of sound."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x02" * 8000)
    return written.getvalue()


def film(brand=b"isom"):
    """Return a film: kind, bytes, index."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", brand, 0)
    return head + box(b"mdat", b"film" * 500) + box(b"moov", b"index" * 10)


def box(kind, content):
    """Return one box of a film."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def kind_of(content):
    """Return the media type of bytes."""
    return media_type(io.BytesIO(content), len(content))


def reason_of(content):
    """Return why bytes are refused."""
    with pytest.raises(NotWhole) as refused:
        kind_of(content)
    return str(refused.value)


EXAMPLES = {
    "image/jpeg": picture("JPEG"),
    "image/png": picture("PNG"),
    "audio/wav": sound(),
    "video/mp4": film(),
    "video/quicktime": film(b"qt  "),
    "audio/mp4": film(b"M4A "),
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_whole_files_are_known(kind):
    """Each accepted kind is told by its bytes, whatever its name."""
    assert kind_of(EXAMPLES[kind]) == kind


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_cut_off_files_are_refused(kind, share):
    """A file that ends early is refused, wherever it was cut."""
    content = EXAMPLES[kind]

    assert reason_of(content[: int(len(content) * share)]) == "cut_off"


@pytest.mark.parametrize(
    "kind", [kind for kind in EXAMPLES if not kind.startswith("image")]
)
def test_one_lost_byte_is_noticed(kind):
    """Of sound and film not one byte at the end may be missing."""
    assert reason_of(EXAMPLES[kind][:-1]) == "cut_off"


def test_nothing_is_no_file():
    """An empty file is refused as such."""
    assert reason_of(b"") == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"%PDF-1.7 ...",
        b"PK\x03\x04 a zip or a document",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\x00" * 40,
        b"MZ\x90\x00 a program",
        b"RIFF\x10\x00\x00\x00AVI LIST",
        "照片".encode(),
    ],
)
def test_other_kinds_are_refused(content):
    """What is neither picture nor sound nor film is refused."""
    assert reason_of(content) == "unknown_kind"


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
def test_a_picture_in_name_only(head):
    """The first bytes of a picture do not make one."""
    assert reason_of(head + b"<script>alert(1)</script>" * 9) in {
        "unknown_kind",
        "cut_off",
    }


def test_a_film_without_an_index():
    """A film whose index was never written (the camera lost power) is not whole."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)

    assert reason_of(head + box(b"mdat", b"film" * 100)) == "cut_off"
    assert reason_of(head + box(b"moov", b"index" * 100)) == "cut_off"


def test_long_boxes_are_measured():
    """A box may tell its length in eight bytes, and the last one none at all."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    content = b"film" * 10
    long = struct.pack(">I4sQ", 1, b"mdat", len(content) + 16) + content
    rest = struct.pack(">I4s", 0, b"mdat") + content

    assert kind_of(head + long + box(b"moov", b"index")) == "video/mp4"
    assert kind_of(head + box(b"moov", b"index") + rest) == "video/mp4"


@pytest.mark.parametrize("length", [2, 7, 2**31, 2**32 - 1])
def test_a_film_with_impossible_lengths(length):
    """A length that leads out of the file, or nowhere, ends the reading."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    bad = struct.pack(">I4s", length, b"free")

    assert reason_of(head + bad + box(b"moov", b"i") + box(b"mdat", b"f")) == "cut_off"


def test_a_film_that_goes_round_in_circles():
    """A length of zero in eight bytes is refused, not followed for ever."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)

    assert reason_of(head + struct.pack(">I4sQ", 1, b"free", 0)) == "cut_off"


def test_a_bomb_is_not_unpacked(monkeypatch):
    """A small file that unpacks to more pixels than we take is refused unread."""
    monkeypatch.setattr(media, "MOST_PIXELS", 64 * 47)

    assert reason_of(EXAMPLES["image/png"]) == "too_large"


def test_a_real_bomb():
    """A few kilobytes that claim sixty thousand pixels each way are refused."""
    written = io.BytesIO()
    Image.new("1", (64, 64)).save(written, "PNG")
    content = bytearray(written.getvalue())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))

    assert reason_of(bytes(content)) == "too_large"


def test_a_bomb_of_words():
    """A picture whose remark unpacks to megabytes of text is refused."""
    remark = b"Comment\x00\x00" + zlib.compress(b" " * 8_000_000)
    chunk = struct.pack(">I4s", len(remark), b"zTXt") + remark
    chunk += struct.pack(">I", zlib.crc32(chunk[4:]))
    content = EXAMPLES["image/png"]

    assert reason_of(content[:33] + chunk + content[33:]) == "unknown_kind"


def test_the_films_of_scenarios_are_whole():
    """The example film that scenarios deposit is accepted."""
    content = (ROOT / "webapp" / "scenarios" / "example.mp4").read_bytes()

    assert kind_of(content) == "video/mp4"
