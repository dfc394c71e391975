"""Making files last: what is reported as written must survive a power cut."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

from pipelines.errors import BadSetting, DiskLow, NotWritable

GB = 1024**3
_FICLONE = 0x40049409  # linux/fs.h
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": GB}


def fsync_dir(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_file(path: Path) -> None:
    """Make the content of ``path`` durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Rename durably, on one file system; an existing target is replaced whole."""
    source.replace(target)
    fsync_dir(target.parent)


def share(source: Path, target: Path) -> bool:
    """Make a copy of a file at once, where the file system lets files share blocks until one is written to
    (XFS, btrfs). Returns whether it does; else ``target`` is not there.
    """
    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new, _FICLONE, old.fileno())
        except OSError:
            target.unlink()
            return False
    return True


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def least_free(total: int, setting: str | None = None) -> int:
    """Bytes that must stay free on a disk of ``total`` bytes.

    5 GB, or 5 % of a small disk. ``setting`` (``GONGKAI_MIN_FREE``) replaces it: bytes, or with K, M, G;
    BadSetting if it is anything else.
    """
    if setting is None:
        setting = os.environ.get("GONGKAI_MIN_FREE", "")
    if not setting:
        return min(5 * GB, total // 20)
    text = setting.strip().upper().removesuffix("B")
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "")
    try:
        return int(float(number) * _UNITS[unit])
    except ValueError as error:
        raise BadSetting(f"GONGKAI_MIN_FREE={setting}: 应为字节数或如 5G (bytes, or like 5G)") from error


def _mb(size: int) -> str:
    return f"{size / 1024**2:.1f} MB"


def check_space(folder: Path, needed: int = 0) -> None:
    """Raise DiskLow unless ``needed`` bytes more leave enough free; ``folder`` need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        raise NotWritable(f"{folder}: {error.strerror}") from error
    free, least = disk.f_bavail * disk.f_frsize, least_free(disk.f_blocks * disk.f_frsize)
    if free - needed < least:
        raise DiskLow(
            f"磁盘空间不足：{folder} 剩余 {_mb(free)}，需要 {_mb(needed)}，且须保留 {_mb(least)}。"
            f"(disk low: {free} bytes free, {needed} needed, {least} must stay free)"
        )
