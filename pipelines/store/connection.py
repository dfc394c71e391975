"""Opening a store: who holds it, which schema it has, whether it is whole, whether the disk has room."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
from pathlib import Path

from sqlite_utils import Database

from pipelines.durable import check_space, fsync_dir
from pipelines.errors import Damaged, Held, NewerSchema, NoArchive, NotWritable, from_os_error, translated
from pipelines.folder import LOCK, QUARANTINE, STORE, WARC
from pipelines.schema import VERSION, migrate

FOLDERS = (WARC, QUARANTINE)
BUSY_SECONDS = 30
# a store of this size is checked whole at each opening for writing: it takes about a second
CHECKED_AT_OPENING = 64 * 1024**2
CACHE = 16 * 1024**2  # bytes of the store that a writer keeps in memory
_MAGIC = b"SQLite format 3\x00"


def peek(path: Path) -> int:
    """The schema version from the file's first bytes; 0 for a missing or empty file. Only reads.

    0 as well for a file whose making was cut short by a power cut: nothing was in it yet, and SQLite takes
    back what its journal still holds when it opens it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise from_os_error(error, str(path)) from error
    if not head:
        return 0
    if len(head) < 100 or not head.startswith(_MAGIC):
        if not any(head[:16]) and _has_journal(path):
            return 0
        raise Damaged(f"{path} 已损坏，不是 SQLite 文件 (no SQLite file); gongkai rebuild")
    return int.from_bytes(head[60:64], "big")


def _has_journal(path: Path) -> bool:
    journal = path.with_name(f"{path.name}-journal")
    return journal.exists() and journal.stat().st_size > 0


def refuse_newer(path: Path) -> None:
    """Raise NewerSchema for a store that this version does not know."""
    version = peek(path)
    if version > VERSION:
        raise NewerSchema(
            f"{path} 由更新版本的 gongkai 写成（结构 {version}，本版本识别到 {VERSION}），未作任何改动。"
            f"(schema {version} is newer than {VERSION}; nothing was touched)"
        )


def refuse_lost(data: Path) -> None:
    """Raise Damaged where there are archived files and no store to them."""
    path = data / STORE
    if peek(path) == 0 and any((data / WARC).glob("*.warc.gz*")):
        raise Damaged(f"{path} 缺失而存档仍在 (the store is missing): gongkai rebuild")


class Lock:
    """The right to write to a data directory, for the life of the process or until ``release``."""

    def __init__(self, data: Path) -> None:
        self._path = data / LOCK
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise from_os_error(error, f"{self._path}") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._handle, 4096, 0).decode("utf-8", "replace").strip()
            os.close(self._handle)
            raise Held(f"{data} 正被另一次运行占用：{holder or '未知'} (held by another run)") from error

    def sign(self) -> None:
        """Say who holds it."""
        holder = json.dumps({"pid": os.getpid(), "command": " ".join(sys.argv)}, ensure_ascii=False)
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, holder.encode("utf-8", "backslashreplace"), 0)

    def release(self) -> None:
        """Let others write."""
        os.close(self._handle)


def lay_out(data: Path) -> None:
    """Make the directory, if there is room and leave to."""
    check_space(data)
    missing = [folder for folder in (data, *data.parents) if not folder.exists()]
    try:
        data.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            fsync_dir(folder.parent)
    except OSError as error:
        raise from_os_error(error, f"{data}") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise NotWritable(f"{data} 不可写 (not writable)")


def _connect(path: Path) -> Database:
    """A connection in autocommit mode: transactions are begun by name."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rwc", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    return Database(connection, execute_plugins=False)


def connect_writer(data: Path) -> Database:
    """The store of ``data`` for writing, at today's schema. The caller holds the lock."""
    path = data / STORE
    refuse_lost(data)
    try:
        for folder in FOLDERS:
            (data / folder).mkdir(exist_ok=True)
        fsync_dir(data)
    except OSError as error:
        raise from_os_error(error, f"{data}") from error
    return open_file(path)


def open_file(path: Path) -> Database:
    """A store file for writing, made if need be, at today's schema and found whole."""
    db = _connect(path)
    try:
        with translated(str(path)):
            _prepare(db)
            migrate(db)
            _check_whole(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: Database) -> None:
    """Settings under which a committed row survives a power cut, no row points nowhere, and the rows of a
    commit fit in memory: what does not is written before its time, with a wait for the disk each time.
    """
    cache = f"cache_size = -{CACHE // 1024}"
    for pragma in ("journal_mode = TRUNCATE", "synchronous = FULL", "foreign_keys = ON", cache):
        db.execute(f"PRAGMA {pragma}").fetchall()


def _check_whole(db: Database, path: Path) -> None:
    if path.stat().st_size > CHECKED_AT_OPENING:
        return
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise Damaged(f"{path} 已损坏 (damaged): {found}; gongkai rebuild")


def require(data: Path) -> None:
    """Raises NoArchive where nothing is archived, Damaged where only the store is missing."""
    refuse_lost(data)
    if peek(data / STORE) == 0:
        raise NoArchive(f"{data} 中没有存档 (no archive here)")


def connect_reader(data: Path) -> Database:
    """The store of ``data`` for reading only; refuses every write.

    The file is opened so that SQLite may first take back what a killed writer left half done.
    """
    path = data / STORE
    require(data)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    db = Database(connection, execute_plugins=False)
    try:
        with translated(str(path)):
            db.execute("PRAGMA query_only = ON").fetchall()
            db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        db.close()
        raise
    return db
