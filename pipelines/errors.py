"""What may keep a run from working on an archive, with the exit code of the command.

StoreError
├── BadSetting    2  an environment variable makes no sense
├── NoArchive     2  nothing is archived there
├── BadFile       2  a file that people write is not as it should be: decisions.toml, a site of the registry
├── Held          3  another run holds the data directory
├── NewerSchema   4  a newer gongkai wrote it
├── Damaged       4  store or archive cannot be relied on
├── DiskLow       5  stopped to protect the archive; resumable
└── NotWritable   5  likewise
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(Exception):
    """The archive cannot be worked on.

    ``exit_code`` is what the command ends with; ``mend`` says what to do where the message alone does not.
    """

    exit_code = 4
    mend = ""


class BadSetting(StoreError):
    """A setting that makes no sense."""

    exit_code = 2


class NoArchive(StoreError):
    """The directory holds no archive."""

    exit_code = 2
    mend = (
        "请用 --data 指明存档目录，或先 gongkai ingest / gongkai crawl。"
        " Name its directory with --data, or ingest or crawl something first."
    )


class BadFile(StoreError):
    """A file that people write can't be used: ``file``, ``line`` (0 where unknown) and ``key`` say where."""

    exit_code = 2

    def __init__(self, file: Path, line: int, key: str, problem: str) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")
        self.file, self.line, self.key, self.problem = file, line, key, problem


class BadDecisions(BadFile):
    """The operator's decisions."""


class Held(StoreError):
    """Another process is writing."""

    exit_code = 3
    mend = "请等它结束后再运行。 Wait until it has ended, then run the command again."


class NewerSchema(StoreError):
    """The store was written by a newer version; nothing was touched."""

    mend = "请升级 gongkai。 Upgrade gongkai."


class Damaged(StoreError):
    """The store or a WARC file is not what it must be."""


class DamagedPublication(Damaged):
    """The published archive can't be read; it is made again from the store."""

    def __init__(self, path: Path, error: sqlite3.Error) -> None:
        super().__init__(
            f"{path}: 已发布的档案读不出 the published archive can't be read ({error}); gongkai publish"
        )


class DiskLow(StoreError):
    """Too little space is left to go on safely."""

    exit_code = 5
    mend = (
        "原有数据未动；腾出空间后重新运行同一命令即可继续。"
        " What was there is as it was; free some space and run the same command again."
    )


class NotWritable(StoreError):
    """The directory, a file or the disk refuses to be written."""

    exit_code = 5
    mend = (
        "原有数据未动；请检查目录权限，以及磁盘是否只读。"
        " What was there is as it was; see whether the directory is yours and the disk not read-only."
    )


def from_os_error(error: OSError, doing: str) -> StoreError:
    """The store's word for what the operating system answered."""
    kind = DiskLow if error.errno in FULL else NotWritable
    return kind(f"{doing}：{error.strerror or error}")


def from_sqlite_error(error: sqlite3.Error, name: str) -> StoreError | None:
    """The store's word for what SQLite answered; None when it is a mistake of ours."""
    message = f"{name}: {error}"
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return DiskLow(message)
    if primary in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    ):
        return NotWritable(message)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Damaged(f"{message} （存储库可由 WARC 重建 the store can be made again: gongkai rebuild）")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Held(f"{message}: 文件正被别的程序使用 another program is using the file")
    return None


class translated:  # noqa: N801 - used like a function, and around every statement: a generator takes thrice the time
    """Raise SQLite's and the system's refusals inside the block as ``StoreError``."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            known = from_sqlite_error(error, self._name)
            if known is not None:
                raise known from error
