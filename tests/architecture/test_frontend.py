"""The built browser files are those of the committed sources."""

from __future__ import annotations

import hashlib
import json

from tests.architecture.tree import ROOT

SOURCE = ROOT / "webapp" / "frontend"
BUILT = ROOT / "webapp" / "static" / "dist"
WRITTEN_BY_HAND = ("package.json", "package-lock.json", "build.mjs")


def _digests(folder, paths):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in paths
        if path.is_file()
    }


def test_the_build_is_fresh():
    """The manifest names every source and every built file, as they are now."""
    manifest = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    sources = [
        *(SOURCE / "src").rglob("*"),
        *(SOURCE / each for each in WRITTEN_BY_HAND),
    ]
    outputs = [path for path in BUILT.rglob("*") if path.name != "manifest.json"]

    assert manifest["inputs"] == _digests(SOURCE, sources)
    assert manifest["outputs"] == _digests(BUILT, outputs)
