"""Why a document can't be shown."""

from __future__ import annotations


class Unmarkable(Exception):
    """The document can't be shown; the message says why, in both languages."""
