"""Copying a live archive safely, and bringing it back.

A backup is a folder: store.db, warc/, quarantine/, runs/, decisions.toml, and manifest.json, which is written
last: without it a backup is not complete. What is derived (archive.db) is not copied.

What is damaged is copied as it is, for most of it can still be read, and named in the manifest and to whoever
made the backup, or brings it back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.archive.parsing import Group, groups
from pipelines.archive.reader import OPEN, open_segment
from pipelines.checkpoint import checkpoint
from pipelines.clock import now
from pipelines.durable import check_space, fsync_dir, fsync_file, move, sha256_of
from pipelines.errors import Damaged, StoreError, from_os_error
from pipelines.folder import DECISIONS, LOCK, QUARANTINE, RUNS, STORE, WARC
from pipelines.schema import VERSION
from pipelines.soundness import flaws
from pipelines.store import Store
from pipelines.store.connection import Lock, lay_out
from pipelines.verify import acknowledged

MANIFEST = "manifest.json"
ALSO = (QUARANTINE, RUNS)  # copied whole
MARKER = "restoring"
Progress = Callable[[int, int], None]


class NotEmpty(StoreError):
    """The directory to write to holds something already."""

    exit_code = 2


class NoBackup(StoreError):
    """The directory to restore from holds no complete backup."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Copied:
    """Files and bytes of a backup; what of it was damaged when it was copied."""

    files: int
    bytes: int
    damaged: tuple[str, ...] = ()


def _refuse_filled(folder: Path, but: Iterable[str] = ()) -> None:
    if folder.exists() and any(entry.name not in but for entry in folder.iterdir()):
        raise NotEmpty(f"{folder} 不是空目录 (is not empty)")


def backup(data: Path, out: Path, progress: Progress = lambda done, total: None) -> Copied:
    """Copy the archive of ``data`` to the new folder ``out``; a crawl may go on meanwhile.

    The store is copied first, by SQLite itself; the WARC files only grow, so every row has its record. Raises
    Damaged where the store can't be copied; other damage is told in what is returned.
    """
    _refuse_filled(out)
    with Store.open(data) as store:
        _check_room(data, out)
        try:
            (out / WARC).mkdir(parents=True, exist_ok=True)
            _copy_store(store, out / STORE)
            unread = _copy_segments(data, out, progress)
            _copy_rest(data, out)
            checkpoint("backup_copied")
            return _write_manifest(out, unread)
        except OSError as error:
            raise from_os_error(error, f"备份到 {out} (backing up)") from error


def _check_room(data: Path, out: Path) -> None:
    sizes = 0
    for path in (data / STORE, *(data / WARC).iterdir()):
        with suppress(FileNotFoundError):  # a file that has its final name by now counts a little less
            sizes += path.stat().st_size
    check_space(out, sizes)


def _copy_store(store: Store, target: Path) -> None:
    """Copying the file itself would give a broken copy of a busy store."""
    store.db.execute("PRAGMA query_only = OFF").fetchall()
    store.db.execute("VACUUM INTO ?", (str(target),))
    store.db.execute("PRAGMA query_only = ON").fetchall()


def _copy_segments(data: Path, out: Path, progress: Progress) -> list[str]:
    """Copies what can be read; tells what the disk does not give back."""
    with Store.open(out) as copy:
        ends = {row["warc_file"]: _acknowledged_in(copy, row["warc_file"]) for row in copy.warc_files()}
    unread = []
    for done, (name, end) in enumerate(ends.items()):
        progress(done, len(ends))
        try:
            _copy_segment(data, out / WARC, name, end)
        except Damaged as error:
            unread.append(f"{name}: {error}")
    progress(len(ends), len(ends))
    return unread


def _acknowledged_in(store: Store, name: str) -> int:
    return acknowledged(list(store.rows("SELECT * FROM captures WHERE warc_file = ?", (name,))))


def _copy_segment(data: Path, folder: Path, name: str, end: int) -> None:
    """A finished file as it is; of one being written, the whole groups, and what is damaged before ``end``,
    where what was acknowledged ends. One that is missing is told of by what the copied store knows of it.
    """
    try:
        source = open_segment(data, name)
    except FileNotFoundError:
        return
    with source:
        path = Path(source.name)
        unfinished = path.name.endswith(OPEN)
        length = _whole_length(source, end) if unfinished else source.seek(0, os.SEEK_END)
        source.seek(0)
        with (folder / path.name).open("xb") as target:
            for chunk in _chunks(source, length):
                target.write(chunk)


def _whole_length(source: BinaryIO, end: int) -> int:
    with _disk_read():
        kept = (item for item in groups(source) if isinstance(item, Group) or item.offset < end)
        return max((item.end for item in kept), default=0)


def _chunks(source: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        with _disk_read():
            chunk = source.read(min(length, 1 << 20))
        if not chunk:
            return
        yield chunk
        length -= len(chunk)


@contextmanager
def _disk_read() -> Iterator[None]:
    """What the disk does not give back is damaged; an error in writing the copy is another matter."""
    try:
        yield
    except OSError as error:
        raise Damaged(f"磁盘读取失败 the disk did not give it back ({error.strerror or error})") from error


def _copy_rest(data: Path, out: Path) -> None:
    for folder in ALSO:
        if (data / folder).exists():
            shutil.copytree(data / folder, out / folder, ignore=shutil.ignore_patterns("*.new"))
    if (data / DECISIONS).exists():
        shutil.copyfile(data / DECISIONS, out / DECISIONS)


def _files(folder: Path) -> Iterator[Path]:
    return (
        path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith("-journal")
    )


def _write_manifest(out: Path, unread: list[str]) -> Copied:
    entries: list[dict[str, Any]] = []
    for path in _files(out):
        fsync_file(path)
        entries.append(
            {
                "path": path.relative_to(out).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": sha256_of(path),
            }
        )
    for folder in {path.parent for path in _files(out)}:
        fsync_dir(folder)
    damaged = [*unread, *flaws(out, {entry["path"]: entry["sha256"] for entry in entries})]
    content = {
        "gongkai_backup": 1,
        "schema": VERSION,
        "created_at": now(),
        "files": entries,
        "damaged": damaged,
    }
    draft = out / f"{MANIFEST}.new"
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fsync_file(draft)
    move(draft, out / MANIFEST)
    return _copied(content)


def _copied(manifest: dict[str, Any]) -> Copied:
    files = manifest["files"]
    return Copied(len(files), sum(entry["bytes"] for entry in files), tuple(manifest.get("damaged", ())))


def restore(source: Path, data: Path) -> Copied:
    """Bring a backup back into ``data``, which must be empty.

    All is checked against the manifest before anything is written. A killed restore may be run again. What
    was damaged when the backup was made comes back as it was, and is told in what is returned.
    """
    manifest = read_manifest(source)
    restored = _copied(manifest)
    if _holds_already(data, manifest):  # killed after its last step
        return restored
    if not (data / MARKER).exists():
        _refuse_filled(data, but=(LOCK,))
    check_manifest(source, manifest)
    lay_out(data)
    check_space(data, restored.bytes)
    lock = Lock(data)
    try:
        (data / MARKER).touch()
        fsync_dir(data)
        _bring_back(source, data, manifest)
        (data / MARKER).unlink()
        fsync_dir(data)
    except OSError as error:
        raise from_os_error(error, f"恢复到 {data} (restoring)") from error
    finally:
        lock.release()
    return restored


def _holds_already(data: Path, manifest: dict[str, Any]) -> bool:
    """Whether exactly the files of the manifest stand in ``data``."""
    expected = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    found = [path for path in _files(data) if path != data / LOCK]
    return {path.relative_to(data).as_posix() for path in found} == set(expected) and all(
        sha256_of(path) == expected[path.relative_to(data).as_posix()] for path in found
    )


def read_manifest(source: Path) -> dict[str, Any]:
    """A backup's manifest; NoBackup if there is none."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoBackup(f"{source} 中没有完整的备份 (no complete backup here)") from error
    if manifest.get("gongkai_backup") != 1:
        raise NoBackup(f"{source / MANIFEST} 不是备份清单 (no manifest of a backup)")
    return manifest


def check_manifest(source: Path, manifest: dict[str, Any]) -> None:
    """Raise Damaged unless every file is there and is what the manifest says."""
    for entry in manifest["files"]:
        path = source / entry["path"]
        if not path.resolve().is_relative_to(source.resolve()):
            raise Damaged(f"{entry['path']}: 不在备份之内 (outside of the backup)")
        if not path.is_file() or sha256_of(path) != entry["sha256"]:
            raise Damaged(f"{path} 缺失或已损坏 (missing or damaged)")


def _bring_back(source: Path, data: Path, manifest: dict[str, Any]) -> None:
    """The store comes last, so that half an archive is never taken for a whole one."""
    for entry in sorted(manifest["files"], key=lambda entry: entry["path"] == STORE):
        target = data / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".new")
        shutil.copyfile(source / entry["path"], draft)
        fsync_file(draft)
        if sha256_of(draft) != entry["sha256"]:
            raise Damaged(f"{draft} 写入后不一致 (not what was copied)")
        move(draft, target)
    fsync_dir(data)
