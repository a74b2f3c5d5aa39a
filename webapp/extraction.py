"""What `pybabel extract` finds beside `_()`: refusals by code, keys from a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

#: Line, function (none), message, comments: what pybabel takes.
Found = tuple[int, None, str, list[str]]

_CODE = re.compile(r'^ {4}code(?:: ClassVar\[str\])? = "([a-z0-9_]+)"', re.MULTILINE)


def refusals(fileobj: IO[bytes], *_told: object, **_options: object) -> Iterator[Found]:
    """Yield ``refusal.<code>`` for every class of refusal in a module."""
    text = fileobj.read().decode("utf-8")
    for found in _CODE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield line, None, f"refusal.{found.group(1)}", []


def keys(fileobj: IO[bytes], *_told: object, **_options: object) -> Iterator[Found]:
    """Yield every line of a list of keys that are put together when running."""
    for number, line in enumerate(fileobj.read().decode("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, None, line, []
