"""Read stored bytes again, and notice when they are not what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.objects import Tampered
from webapp.jobs import job
from webapp.logs import log
from webapp.objects import objects


@job("verify_object")
def verify_object(payload: Mapping[str, Any]) -> None:
    """Compare an object with the digest it is kept under.

    Raises:
        Tampered: a byte differs; the job is tried again, then stays dead and in
            sight.
        ObjectMissing: the bytes are gone.
    """
    try:
        objects().verify(payload["sha256"])
    except Tampered:
        log.critical("object_tampered", extra={"facts": {"sha256": payload["sha256"]}})
        raise
