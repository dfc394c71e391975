"""Why a document can't be shown."""

from __future__ import annotations

from typing import Final

NOT_FOUND: Final = "在文件中没有再找到这一格。 The cell was not found again in the document."


class Unmarkable(Exception):
    """The document can't be shown; the message says why, in both languages."""
