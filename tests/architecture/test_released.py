"""What was released stays as it was."""

from __future__ import annotations

import hashlib
import tomllib

from tests.architecture.tree import ROOT


def _changed(root, digests):
    """Return the released files under *root* that are gone or different."""
    return [
        path
        for path, digest in digests.items()
        if not (root / path).is_file()
        or hashlib.sha256((root / path).read_bytes()).hexdigest() != digest
    ]


def test_released_files_are_unchanged():
    """Every released migration and rule pack has the bytes it was released with."""
    released = ROOT / "tests" / "architecture" / "released.toml"
    digests = tomllib.loads(released.read_text("utf-8"))["sha256"]

    assert _changed(ROOT, digests) == []


def test_a_change_would_be_noticed(tmp_path):
    """A changed and a removed file are reported, an unchanged one is not."""
    for name in ("kept", "changed", "removed"):
        (tmp_path / name).write_text(name, "utf-8")
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tmp_path.iterdir()
    }
    (tmp_path / "changed").write_text("otherwise", "utf-8")
    (tmp_path / "removed").unlink()

    assert sorted(_changed(tmp_path, digests)) == ["changed", "removed"]
