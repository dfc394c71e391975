"""Until when the queries of one request may run: together they have what one may take alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Queries begun in the block end ``seconds`` after it began; None sets no such time."""
    token = _deadline.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def milliseconds_left() -> int | None:
    """What is left to the request under way: None if it has no deadline, else zero or more."""
    deadline = _deadline.get()
    return None if deadline is None else max(0, int((deadline - time.monotonic()) * 1000))
