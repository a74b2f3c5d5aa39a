"""The calendar of this installation: what is shipped, and what its file adds."""

from __future__ import annotations

from pathlib import Path

from engine.commands.definitions import read_folder
from webapp.settings import settings

#: The calendar among the files of a folder of processes.
PATH = "calendars/cn.toml"


def processes(folder: Path) -> dict[str, str]:
    """Return the texts to be published from *folder*, with the installation's days.

    The file that CASE_CALENDAR_FILE names holds ``[[replace]]`` years and ``[[day]]``
    entries; it is published behind the shipped calendar, as part of its version.
    """
    files = read_folder(folder)
    own = settings().calendar_file
    if own is not None:
        files[PATH] = f"{files[PATH].rstrip()}\n\n{own.read_text('utf-8')}"
    return files
