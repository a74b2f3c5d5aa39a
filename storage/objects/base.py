"""What every object store can do, and the digests of what passes through."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from storage.digest import HAS_SM3

#: How much is read at a time; smaller blocks halve the rate under load.
BLOCK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """What is known of stored bytes."""

    sha256: str
    sm3: str | None
    size: int


#: Looks at the whole staged file and its size before it is kept.
Check = Callable[[IO[bytes], int], None]


class ObjectMissing(LookupError):
    """No object has this digest."""


class Tampered(ValueError):
    """The bytes no longer agree with the digest they are stored under."""


class ObjectStore(Protocol):
    """A write-once store; the name of an object is the SHA-256 of its bytes."""

    def put(self, blocks: Iterable[bytes], check: Check | None = None) -> Stored:
        """Keep the bytes durably; the same bytes again change nothing.

        What *check* raises keeps the bytes out of the store.
        """

    def open(self, sha256: str) -> IO[bytes]:
        """Open an object for reading; raises ObjectMissing."""

    def exists(self, sha256: str) -> bool:
        """Say whether an object is there."""

    def verify(self, sha256: str) -> Stored:
        """Read an object again; raises Tampered if a byte differs."""


class Hashing:
    """Digests and size of bytes as they pass."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = hashlib.new("sm3") if HAS_SM3 else None
        self.size = 0

    def update(self, block: bytes) -> None:
        """Take in the next block."""
        self._sha256.update(block)
        if self._sm3 is not None:
            self._sm3.update(block)
        self.size += len(block)

    def stored(self) -> Stored:
        """Return what is known after the last block."""
        sm3 = self._sm3.hexdigest() if self._sm3 is not None else None
        return Stored(self._sha256.hexdigest(), sm3, self.size)


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in blocks to its end."""
    while block := stream.read(BLOCK):
        yield block


def verify_stream(stream: IO[bytes], sha256: str) -> Stored:
    """Read a stream to its end and compare; raises Tampered."""
    hashing = Hashing()
    for block in blocks_of(stream):
        hashing.update(block)
    stored = hashing.stored()
    if stored.sha256 != sha256:
        raise Tampered(sha256)
    return stored


def place(root: Path, sha256: str) -> Path:
    """Return where below *root* an object lies: two levels of 256 folders."""
    return root / sha256[:2] / sha256[2:4] / sha256
