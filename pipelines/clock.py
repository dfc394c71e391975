"""The one source of "now", so that tests and replays can fix it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _system


def now() -> str:
    """The time in UTC as the store writes it: ISO 8601, whole seconds, ``Z``."""
    return stamp(_clock())


def moment() -> datetime:
    """The time as an aware ``datetime``, for who reckons with it."""
    return _in_utc(_clock())


def stamp(moment: datetime) -> str:
    """A point in time as the store writes it. Naive times are taken for UTC."""
    return _in_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@contextmanager
def using(clock: Clock) -> Iterator[None]:
    """Let ``now`` ask ``clock`` inside the block."""
    global _clock
    before = _clock
    _clock = clock
    try:
        yield
    finally:
        _clock = before
