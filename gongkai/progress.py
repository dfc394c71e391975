"""Progress of long work: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click

_EVERY = 5.0  # seconds between plain lines


class Progress:
    """Shows ``show(text)`` on stderr. On a terminal the line is rewritten; otherwise every five seconds."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown_at = -_EVERY
        self._last = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.done()

    def show(self, text: str) -> None:
        """The state of the work now."""
        due = time.monotonic() - self._shown_at >= (0.1 if self._live else _EVERY)
        self._last = text
        if due:
            self._print()

    def count(self, verb: str, done: int, total: int, detail: str = "") -> None:
        """The state as a count with a share."""
        share = f" {done * 100 // total}%" if total else ""
        self.show(f"{verb} {done}/{total}{share} {detail}".rstrip())

    def done(self) -> None:
        """Shows the last state and ends the line."""
        if self._last:
            self._print()
            if self._live:
                click.echo("", err=True)

    def _print(self) -> None:
        self._shown_at = time.monotonic()
        text, self._last = self._last, ""
        if self._live:
            click.echo("\r\x1b[2K" + text[:160], err=True, nl=False)
        else:
            click.echo(text, err=True)
