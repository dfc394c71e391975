"""Contents that came just now: what is read at once need not be brought back from the archive."""

from __future__ import annotations

from typing import Final

MOST: Final = 16 * 1024 * 1024  # bytes held


class Recent:
    """Contents by their digest, at most ``most`` bytes of them; the oldest go first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: dict[str, bytes] = {}
        self._size = 0

    def put(self, sha256: str, content: bytes) -> None:
        """Hold a content of that digest, if it is not too large."""
        if sha256 in self._held or len(content) > self._most:
            return
        self._held[sha256] = content
        self._size += len(content)
        while self._size > self._most:
            self.take(next(iter(self._held)))

    def take(self, sha256: str) -> bytes | None:
        """The content, which is held no longer; None where it is not held."""
        content = self._held.pop(sha256, None)
        self._size -= len(content or b"")
        return content
