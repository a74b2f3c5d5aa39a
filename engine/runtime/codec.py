"""The stored state of an instance: one version byte, then msgpack in zstd.

Only what stands somewhere is stored, never the definition and never facts.
A change of this layout needs a new version, and the golden file of the old
one must still be read.
"""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import msgpack
import zstandard
from SpiffWorkflow.util.task import TaskState

from engine.runtime.definitions import Bundle
from engine.runtime.errors import UnreadableState
from engine.runtime.kernel import Below, Root, Scope
from engine.runtime.tokens import Token

VERSION = 1
#: A case with five hundred members voting has about 60 kB.
MAX_STATE = 8 * 1024 * 1024

_LIVE = frozenset({TaskState.WAITING, TaskState.READY, TaskState.STARTED})
_local = threading.local()


def dump(root: Root, bundle: Bundle) -> bytes:
    """Return the state of a resting instance."""
    scopes = [_dump_scope(scope) for scope in root.scopes()]
    marks = [
        [list(path), sorted(elements)] for path, elements in sorted(root.done.items())
    ]
    cancelled = [
        [list(path), sorted(elements)]
        for path, elements in sorted(root.cancelled.items())
    ]
    plain = msgpack.packb(
        [bytes.fromhex(bundle.digest)[:16], root.completed, scopes, marks, cancelled]
    )
    return bytes([VERSION]) + _compressor().compress(plain)


def load(state: bytes, bundle: Bundle) -> Root:
    """Return the instance that *state* was dumped from.

    Raises:
        UnreadableState: another version or definition, or damaged bytes.
    """
    if not state or state[0] != VERSION:
        raise UnreadableState("version")
    try:
        plain = _decompressor().decompress(state[1:], max_output_size=MAX_STATE)
        digest, completed, scopes, marks, cancelled = msgpack.unpackb(plain)
    except (zstandard.ZstdError, ValueError, msgpack.UnpackException) as error:
        raise UnreadableState("damaged") from error
    if digest != bytes.fromhex(bundle.digest)[:16]:
        raise UnreadableState("other_definition")
    root = Root(bundle.specs, bundle.root, bundle.tables)
    root.completed = completed
    root.done = {tuple(path): set(elements) for path, elements in marks}
    root.cancelled = {tuple(path): set(elements) for path, elements in cancelled}
    known: dict[bytes, Token] = {}
    for call, name, rows in scopes:
        scope: Scope = root
        if call is not None:
            scope = Below(bundle.specs[name], known[call], root)
        for row in rows:
            _load_token(scope, row, known)
    return root


def _dump_scope(scope: Scope) -> list[Any]:
    call = scope.call.id.bytes if isinstance(scope, Below) else None
    rows = []
    for token in scope.tasks.values():
        if token.state not in _LIVE:
            raise AssertionError("only resting instances are stored")
        row = [
            token.id.bytes,
            token.task_spec.name,
            token.state,
            token.internal_data or None,
        ]
        if token.above is not None:
            row.append(token.above.bytes)
        rows.append(row)
    return [call, scope.spec.name, rows]


def _load_token(scope: Scope, row: list[Any], known: dict[bytes, Token]) -> None:
    token_id, name, state, internal, *parent = row
    known[token_id] = Token(
        scope,
        scope.spec.task_specs[name],
        parent=known[parent[0]] if parent else None,
        state=state,
        id=UUID(bytes=token_id),
        internal_data=internal,
    )


def _compressor() -> zstandard.ZstdCompressor:
    # Not to be shared between threads, and slow to make.
    found = getattr(_local, "compressor", None)
    if found is None:
        found = _local.compressor = zstandard.ZstdCompressor(level=1)
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    found = getattr(_local, "decompressor", None)
    if found is None:
        found = _local.decompressor = zstandard.ZstdDecompressor()
    return found
