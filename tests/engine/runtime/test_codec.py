"""The stored state: small, versioned, and readable for ever."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgpack
import pytest
import zstandard

from engine.runtime.definitions import Bundle
from engine.runtime.errors import UnreadableState
from engine.runtime.instance import Instance
from tests.engine.bpmn.drawing import draw
from tests.engine.runtime.walking import Walk, ticket

GOLDEN = Path(__file__).parent / "golden"
PEOPLE = {"people": ["a", "b", "c"]}


def golden_bundle() -> Bundle:
    """Return the definition under which the golden states were saved."""
    files = {path.stem: path.read_bytes() for path in GOLDEN.glob("*.bpmn")}
    return Bundle.load(files, {}, "p")


def golden_state(version: int) -> bytes:
    """Return a state that an earlier release saved."""
    return bytes.fromhex((GOLDEN / f"state_{version}.hex").read_text("ascii"))


@pytest.mark.parametrize("version", [1])
def test_states_of_every_version_are_still_read(version):
    """A case saved by an earlier release opens as it was, and runs to its end."""
    bundle = golden_bundle()
    state = golden_state(version)
    instance = Instance.restore(bundle, state)
    tasks = instance.open_tasks()

    assert Counter(t.element for t in tasks) == Counter(
        ["extra", "late", "more", "serve", "v", "v", "w"]
    )
    assert [t.index for t in tasks if t.element == "v"] == [1, 2]
    assert {t.path for t in tasks if t.element == "serve"} == {("c",)}
    assert {t.subject for t in tasks if t.element == "serve"} == {"notice"}
    assert instance.states()[(), "m"] == "cancelled"
    for element in ("v", "v", "w", "more", "serve", "z"):
        task = next(t for t in instance.open_tasks() if t.element == element)
        instance.complete(task.id, ticket(task.id), PEOPLE)
    assert instance.finished


def test_saving_what_was_restored_changes_nothing():
    """Saving, restoring and saving again gives the same bytes."""
    bundle = golden_bundle()
    state = golden_state(1)
    plain = zstandard.ZstdDecompressor().decompress(
        Instance.restore(bundle, state).save()[1:]
    )

    assert plain == zstandard.ZstdDecompressor().decompress(state[1:])
    assert len(state) < 800


def test_the_state_holds_no_fact():
    """Neither names nor amounts of a case are in the stored state."""
    walk = Walk(
        "start s; xor g; panel v people; s -> g; g -> v else",
        {"people": ["secret-person"], "fine": 987654321},
    )
    plain = zstandard.ZstdDecompressor().decompress(walk.instance.save()[1:])

    assert b"secret" not in plain
    assert 987654321 not in _numbers(msgpack.unpackb(plain))


def _numbers(value: object) -> list[object]:
    if isinstance(value, list):
        return [found for item in value for found in _numbers(item)]
    if isinstance(value, dict):
        return [found for item in value.values() for found in _numbers(item)]
    return [value]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _state: b"", "version"),
        (lambda state: b"\x02" + state[1:], "version"),
        (lambda state: state[:-9], "damaged"),
        (lambda state: state[:1] + bytes(40), "damaged"),
    ],
    ids=["empty", "future", "cut", "noise"],
)
def test_a_damaged_state_is_refused(change, reason):
    """Cut, foreign or future bytes are refused with the reason."""
    bundle = golden_bundle()
    state = golden_state(1)
    with pytest.raises(UnreadableState) as refused:
        Instance.restore(bundle, change(state))

    assert refused.value.reason == reason


def test_a_state_belongs_to_its_definition():
    """A state is not opened under another version of the process."""
    state = golden_state(1)
    other = Bundle.load({"p": draw("start s\nuser a\ns -> a")}, {}, "p")
    with pytest.raises(UnreadableState) as refused:
        Instance.restore(other, state)

    assert refused.value.reason == "other_definition"


def test_an_ended_instance_can_be_kept_for_its_map():
    """After the end nothing is open, and the map still shows what was done."""
    walk = Walk("start s; xor g; user a; user b; s -> g; g -> a if 1; g -> b else")
    walk.do("a")
    walk.reload()

    assert walk.finished
    assert walk.open == []
    assert (walk.state("a"), walk.state("b")) == ("done", "future")
