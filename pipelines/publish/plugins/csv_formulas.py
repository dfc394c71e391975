"""What the site hands out as CSV holds nothing that a spreadsheet would run as a formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

from datasette.app import Datasette

from pipelines.publish.plugins import hookimpl
from pipelines.publish.spreadsheets import defused


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Any:
    """Defuse every CSV answer on its way out."""
    return _watching


def _watching(app: Any) -> Any:
    async def watch(scope: Any, receive: Any, send: Any) -> None:
        is_csv = scope["type"] == "http" and scope["path"].endswith(".csv")
        await app(scope, receive, _Defusing(send) if is_csv else send)

    return watch


class _Defusing:
    """Hands an answer on, row by row with its cells defused; errors as they are."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._rows: _Rows | None = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._rows = _Rows()
            headers = [(k, v) for k, v in message["headers"] if bytes(k).lower() != b"content-length"]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and self._rows:
            body = self._rows.take(message.get("body", b""), last=not message.get("more_body"))
            message = {**message, "body": body}
        await self._send(message)


class _Rows:
    """Whole rows out of pieces of a CSV text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kept = ""

    def take(self, piece: bytes, *, last: bool) -> bytes:
        """The rows that are whole now, defused; with ``last`` all that is left."""
        text = self._kept + self._decoder.decode(piece, last)
        cut = len(text) if last else _end_of_rows(text)
        self._kept = text[cut:]
        written = io.StringIO()
        csv.writer(written).writerows([defused(cell) for cell in row] for row in _rows(text[:cut]))
        return written.getvalue().encode()


def _rows(text: str) -> Iterator[list[str]]:
    return iter(csv.reader(io.StringIO(text, newline="")))


def _end_of_rows(text: str) -> int:
    """Where the last row ends that is not inside quotes."""
    end = text.rfind("\n") + 1
    while end and text.count('"', 0, end) % 2:
        end = text.rfind("\n", 0, end - 1) + 1
    return end
