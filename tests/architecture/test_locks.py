"""The locks: complete, hashed, and without anyone's package index."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT, project

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(?P<version>\S+)")


def _pins(lock):
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    return {hit["name"]: hit["version"] for line in lines if (hit := PIN.match(line))}


def _asked(requirements):
    return {re.split(r"[\[<>=]", each, maxsplit=1)[0] for each in requirements}


def test_every_dependency_is_locked():
    """Each direct dependency has a pin in its lock."""
    asked = _asked(project()["project"]["dependencies"])
    tools = _asked(project()["dependency-groups"]["dev"])

    assert asked - _pins("requirements.txt").keys() == set()
    assert (asked | tools) - _pins("requirements-dev.txt").keys() == set()


def test_tools_come_on_top():
    """The tools' lock holds the product's own, at the same versions."""
    product = _pins("requirements.txt")
    tools = _pins("requirements-dev.txt")

    assert {each: tools.get(each) for each in product} == product


def test_every_pin_has_its_hash_and_no_lock_names_an_index():
    """A lock installs the same bytes from whichever index a machine uses."""
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text("utf-8")
        entries = re.split(r"\n(?=[a-z0-9])", text)
        bare = [
            entry.splitlines()[0]
            for entry in entries
            if PIN.match(entry) and "--hash=sha256:" not in entry
        ]

        assert bare == []
        assert re.findall(r"--(?:extra-)?index-url|--find-links|https?://", text) == []
