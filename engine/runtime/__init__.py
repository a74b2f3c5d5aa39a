"""Running processes: the only package that knows SpiffWorkflow.

The library routes; everything it would decide by itself is decided here. See
``kernel`` for what is left of it, and why.
"""

from __future__ import annotations
