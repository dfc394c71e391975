"""Bytes to a :class:`Reading`: the way in.

The readers, with the libraries that open documents for them, are loaded where reports are parsed or with the
first document: whoever never opens one, as a run's own process does, holds none of them.
"""

from __future__ import annotations

from pipelines.parse.read.zipped import members
from pipelines.parse.records import Document, Reading

__all__ = ["members", "read"]


def read(document: Document) -> Reading:
    """See :func:`pipelines.parse.read.opening.read`."""
    from pipelines.parse.read import opening

    return opening.read(document)
