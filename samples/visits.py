"""What a server remembers of its visitors: which report was read before its silent edit.

Kept in a JSON file, so that a server started again tomorrow serves the edited
report, as a real site would.
"""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock


class Visits:
    """A set of read pages; in memory only where no folder is given."""

    FILE = "sample-sites.json"

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / self.FILE if folder else None
        self._lock = Lock()
        self._read: set[str] = set()
        if self._path and self._path.exists():
            self._read = set(json.loads(self._path.read_text("utf-8"))["read"])

    def was_read(self, page: str) -> bool:
        """Whether ``page`` was marked as read, now or by an earlier server."""
        return page in self._read

    def mark(self, page: str) -> None:
        """Remember that ``page`` was read."""
        with self._lock:
            if page in self._read:
                return
            self._read.add(page)
            if self._path:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(json.dumps({"read": sorted(self._read)}, indent=1), "utf-8")
