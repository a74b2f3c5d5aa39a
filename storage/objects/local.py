"""A write-once directory on this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from storage.objects.base import (
    Check,
    Hashing,
    ObjectMissing,
    Stored,
    place,
    verify_stream,
)


class LocalStore:
    """Objects as read-only files; ``link`` never replaces what is there."""

    def __init__(self, root: Path) -> None:
        self.root = root / "objects"
        self.staging = root / "staging"

    def put(self, blocks: Iterable[bytes], check: Check | None = None) -> Stored:
        """Keep the bytes durably; the same bytes again change nothing."""
        hashing = Hashing()
        self.root.mkdir(parents=True, exist_ok=True)
        self.staging.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.staging, suffix=".part")
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in blocks:
                    hashing.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            stored = hashing.stored()
            if check is not None:
                with path.open("rb") as staged:
                    check(staged, stored.size)
            self._publish(path, stored.sha256)
        finally:
            path.unlink(missing_ok=True)
        return stored

    def open(self, sha256: str) -> IO[bytes]:
        """Open an object for reading; raises ObjectMissing."""
        try:
            return place(self.root, sha256).open("rb")
        except FileNotFoundError as error:
            raise ObjectMissing(sha256) from error

    def exists(self, sha256: str) -> bool:
        """Say whether an object is there."""
        return place(self.root, sha256).exists()

    def verify(self, sha256: str) -> Stored:
        """Read an object again; raises Tampered if a byte differs."""
        with self.open(sha256) as stream:
            return verify_stream(stream, sha256)

    def _publish(self, path: Path, sha256: str) -> None:
        final = place(self.root, sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o440)
        try:
            os.link(path, final)
        except FileExistsError:
            return
        for folder in (final.parent, final.parent.parent, self.root):
            _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
