"""A store in memory, for scratch installations and tests."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from storage.objects.base import Check, Hashing, ObjectMissing, Stored, verify_stream


class MemoryStore:
    """Objects in a dictionary; gone when the process ends."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, blocks: Iterable[bytes], check: Check | None = None) -> Stored:
        """Keep the bytes; the same bytes again change nothing."""
        hashing, parts = Hashing(), []
        for block in blocks:
            hashing.update(block)
            parts.append(block)
        stored = hashing.stored()
        if check is not None:
            check(io.BytesIO(b"".join(parts)), stored.size)
        self.objects.setdefault(stored.sha256, b"".join(parts))
        return stored

    def open(self, sha256: str) -> IO[bytes]:
        """Open an object for reading; raises ObjectMissing."""
        try:
            return io.BytesIO(self.objects[sha256])
        except KeyError as error:
            raise ObjectMissing(sha256) from error

    def exists(self, sha256: str) -> bool:
        """Say whether an object is there."""
        return sha256 in self.objects

    def verify(self, sha256: str) -> Stored:
        """Read an object again; raises Tampered if a byte differs."""
        with self.open(sha256) as stream:
            return verify_stream(stream, sha256)
