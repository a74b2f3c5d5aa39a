"""Object stores: write once, named by content, read back as it was, or refused."""

from __future__ import annotations

import hashlib
import os
import threading

import pytest

from storage.objects import ObjectMissing, Tampered
from storage.objects.base import BLOCK, Hashing, blocks_of, place
from storage.objects.local import LocalStore
from storage.objects.memory import MemoryStore

CONTENT = b"film " * 1000


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path):
    """Return an empty store of each kind."""
    return LocalStore(tmp_path) if request.param == "local" else MemoryStore()


def bend(store, sha256):
    """Change one byte of an object behind the back of its store."""
    if isinstance(store, MemoryStore):
        store.objects[sha256] = b"F" + store.objects[sha256][1:]
        return
    path = place(store.root, sha256)
    path.chmod(0o640)
    with path.open("r+b") as file:
        file.write(b"F")


def test_what_is_put_is_read_back(store):
    """Bytes come back as they were, named by their SHA-256, with size and SM3."""
    stored = store.put([CONTENT[:100], CONTENT[100:]])
    with store.open(stored.sha256) as stream:
        read = b"".join(blocks_of(stream))

    assert read == CONTENT
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert stored.sm3 == Hashing().stored().sm3 or len(stored.sm3) == 64
    assert stored.size == len(CONTENT)


def test_the_same_bytes_are_kept_once(store):
    """However the bytes are cut into blocks, they are one object."""
    first = store.put([CONTENT])
    again = store.put([CONTENT[:7], b"", CONTENT[7:]])

    assert again == first
    assert store.verify(first.sha256) == first


def test_nothing_is_an_object_too(store):
    """Empty content has its digest like any other."""
    stored = store.put([])

    assert stored.size == 0
    assert store.exists(stored.sha256)


def test_many_blocks(store):
    """More than one block of reading is digested as a whole."""
    content = os.urandom(BLOCK + 17)
    stored = store.put(content[i : i + 4096] for i in range(0, len(content), 4096))

    assert stored.size == len(content)
    assert store.verify(stored.sha256) == stored


@pytest.mark.parametrize("sha256", ["0" * 64, ""])
def test_what_is_not_there_is_missing(store, sha256):
    """An unknown digest neither exists nor opens nor verifies."""
    store.put([CONTENT])

    assert not sha256 or not store.exists(sha256)
    with pytest.raises((ObjectMissing, IsADirectoryError)):
        store.open(sha256)
    with pytest.raises((ObjectMissing, IsADirectoryError)):
        store.verify(sha256)


def test_one_changed_byte_is_found(store):
    """An object that no longer agrees with its name is called tampered with."""
    stored = store.put([CONTENT])
    other = store.put([b"other"])
    bend(store, stored.sha256)
    with pytest.raises(Tampered):
        store.verify(stored.sha256)

    assert store.verify(other.sha256) == other


def test_put_never_replaces(store):
    """Putting the same bytes again does not heal, nor hide, what was tampered with."""
    stored = store.put([CONTENT])
    bend(store, stored.sha256)
    store.put([CONTENT])
    with pytest.raises(Tampered):
        store.verify(stored.sha256)


class CutOff(OSError):
    """The sender is gone."""


def cut(content):
    """Yield half of *content*, then fail."""
    yield content[: len(content) // 2]
    raise CutOff


def test_a_cut_upload_leaves_nothing(store):
    """When the sender is gone half way, neither object nor remains are left."""
    with pytest.raises(CutOff):
        store.put(cut(CONTENT))

    assert not store.exists(hashlib.sha256(CONTENT).hexdigest())
    if isinstance(store, LocalStore):
        assert list(store.staging.iterdir()) == []


def test_one_object_from_many_senders(store):
    """The same bytes sent at once from eight threads are one whole object."""
    barrier = threading.Barrier(8)
    results = []

    def send():
        barrier.wait()
        results.append(store.put([CONTENT]))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(results)) == 1
    assert store.verify(results[0].sha256) == results[0]


def test_files_are_read_only(tmp_path):
    """Nobody may write to a stored file, and its folders are two levels deep."""
    store = LocalStore(tmp_path)
    stored = store.put([CONTENT])
    path = place(store.root, stored.sha256)

    assert path.stat().st_mode & 0o777 == 0o440
    assert path.relative_to(store.root).parts == (
        stored.sha256[:2],
        stored.sha256[2:4],
        stored.sha256,
    )


def test_a_store_is_found_again(tmp_path):
    """A store opened anew on the same folder holds what was put before."""
    stored = LocalStore(tmp_path).put([CONTENT])

    assert LocalStore(tmp_path).verify(stored.sha256) == stored
