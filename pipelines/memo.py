"""What workers have read, kept: the same bytes, asked the same way, are read once, on whatever machine.

The reading core is pure, so an answer is as good as another reading of the document. A machine
that crawls or reads for others keeps its answers in ``DIR/readings.db``, and who merges its work finds them
there. Nothing rests on that file: what it lacks, or what a power cut took from it, is read again.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from pipelines.archive.reader import Kept
from pipelines.codec import dumps
from pipelines.deflated import compress
from pipelines.folder import READINGS
from pipelines.parse.version import PARSER_VERSION
from pipelines.schema import VERSION as SCHEMA_VERSION
from pipelines.workers import Blob, Pool

_READS: Final = "pipelines.reading:answer"
Answer = tuple[bytes, bytes]  # key, compressed JSON


class Memo:
    """The answers kept in one file. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError:  # a power cut tore it
            forget(self._path.parent)
            return _connect(self._path)

    def get(self, key: bytes) -> bytes | None:
        """The answer in JSON, None where there is none."""
        with self._lock:
            try:
                row = self._db.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
                return zlib.decompress(row[0]) if row else None
            except (sqlite3.DatabaseError, zlib.error):
                return None

    def put(self, answers: Iterable[Answer]) -> None:
        """Keep answers as :func:`packed` gives them. A full disk keeps none."""
        with self._lock:
            try:
                self._db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", answers)
                self._db.commit()
            except sqlite3.DatabaseError:
                self._db.rollback()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Keeper(Protocol):
    """Where answers go."""

    def put(self, answers: Iterable[Answer]) -> None:
        """Keep some."""


class MemoPool(Pool):
    """Workers that are asked only what no memo answers. ``keep``: where their answers go, if anywhere."""

    def __init__(self, memos: Sequence[Memo], size: int | None = None, keep: Keeper | None = None) -> None:
        super().__init__(size)
        self._memos = memos
        self._kept = keep

    def ask(self, function: str, arguments: Any, blobs: Sequence[Blob] = ()) -> Future[bytes]:
        """As :meth:`Pool.ask`; answers that are kept come at once, others when they are kept."""
        if function != _READS or (not self._memos and self._kept is None):
            return super().ask(function, arguments, blobs)
        key = key_of(arguments, blobs)
        known = next((found for memo in self._memos if (found := memo.get(key)) is not None), None)
        if known is None and self._kept is None:
            return super().ask(function, arguments, blobs)
        answer: Future[bytes] = Future()
        if known is not None:
            answer.set_result(known)
        elif self._kept is not None:
            read = super().ask(function, arguments, blobs)
            read.add_done_callback(partial(_keep, self._kept, key, answer))
        return answer


def _keep(keeper: Keeper, key: bytes, answer: Future[bytes], read: Future[bytes]) -> None:
    error = read.exception()
    if error is None:
        keeper.put([(key, packed(read.result()))])
    if not answer.set_running_or_notify_cancel():
        return
    if error is None:
        answer.set_result(read.result())
    else:
        answer.set_exception(error)


def forget(data: Path) -> None:
    """Remove what a data directory keeps of answers."""
    for path in data.glob(f"{READINGS}*"):
        path.unlink()


def key_of(arguments: Any, blobs: Sequence[Blob]) -> bytes:
    """The digest of all that an answer depends upon: the question, the bytes, the version of the core, and
    that of the store, as which it is laid out.
    """
    digest = hashlib.sha256(dumps([PARSER_VERSION, SCHEMA_VERSION, arguments]).encode())
    for blob in blobs:
        digest.update(bytes.fromhex(blob.sha256) if isinstance(blob, Kept) else hashlib.sha256(blob).digest())
    return digest.digest()


def packed(answer: bytes) -> bytes:
    """An answer as the file holds it; damage is noticed by its checksum."""
    return compress(answer)


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(
            "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID"
        )
        db.commit()
    except BaseException:
        db.close()
        raise
    return db
