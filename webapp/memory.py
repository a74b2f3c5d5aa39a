"""How often a serving process looks for memory that only circles hold."""

from __future__ import annotations

import gc

#: Python's own are 700, 10 and 10: a full search every few hundred requests, of some
#: 50 ms each, through modules and compiled diagrams that never go away.
THRESHOLDS = (50_000, 20, 50)


def settle() -> None:
    """Leave alone what was loaded until now, and look less often from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
