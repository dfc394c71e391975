"""Named points at which a test may kill the process.

``GONGKAI_KILLPOINT=name`` kills with SIGKILL when ``name`` is reached, ``name:3`` at the third time. Unset, a
checkpoint does nothing. The names: in_migration, segment_created, before_append, mid_append, after_append,
after_fsync, in_transaction, after_commit, before_rename, after_rename, recovery_settled,
recovery_quarantined, recovery_truncated, recovery_renamed, rebuild_done, publish_checked, publish_swapped,
backup_copied, merge_copied, release_built, release_set_aside, release_swapped.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_seen: Counter[str] = Counter()


def _target() -> tuple[str, int]:
    name, _, nth = os.environ.get("GONGKAI_KILLPOINT", "").partition(":")
    return name, int(nth or 1)


def armed(name: str) -> bool:
    """Whether the next ``checkpoint(name)`` will kill."""
    target, nth = _target()
    return name == target and _seen[name] + 1 == nth


def checkpoint(name: str) -> None:
    """Die here if the environment asks for it."""
    if "GONGKAI_KILLPOINT" not in os.environ:
        return
    if armed(name):
        os.kill(os.getpid(), signal.SIGKILL)
    _seen[name] += 1
