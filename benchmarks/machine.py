"""When and where a benchmark was measured, in a sentence for its table."""

from __future__ import annotations

import os
import platform
from datetime import date


def measured() -> str:
    """Today's date, the system, its cores and the Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Measured {date.today().isoformat()} on {platform.system()} {platform.machine()}, {cores} cores, "
        f"Python {platform.python_version()}."
    )
