"""What the next archive starts from, without a copy of a large file where that takes minutes.

Where the file system lets files share blocks, from such a copy of the last. Elsewhere the archive before the
last is kept beside it, and brought up to the store itself: what it lacks is what two publications brought. It
is taken only while nobody reads it, which readers say by holding it (``hold``). It goes as soon as anything
is withdrawn.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipelines.durable import check_space, fsync_file, move, share
from pipelines.errors import DiskLow

_QUICKLY_COPIED: Final = 1 << 30  # bytes of an archive for which none is kept


def spare_of(archive: Path) -> Path:
    """Where the archive before the last is kept."""
    return archive.with_name(f".{archive.name}.spare")


def hold(path: Path) -> int:
    """A handle that says that the file is being read, until it is closed."""
    while True:
        handle = os.open(path, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_SH)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
        os.close(handle)  # replaced meanwhile


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The file is being read."""
    handle = hold(path)
    try:
        yield
    finally:
        os.close(handle)


def lay_down(archive: Path, partial: Path) -> None:
    """Make ``partial`` a file of its own with one of the last two archives. Raises DiskLow."""
    spare = spare_of(archive)
    if share(archive, partial):
        spare.unlink(missing_ok=True)
    elif _is_free(spare):
        spare.replace(partial)
    else:
        spare.unlink(missing_ok=True)
        check_space(archive.parent, archive.stat().st_size)
        shutil.copyfile(archive, partial)


def replace(archive: Path, partial: Path, *, keep: bool) -> None:
    """Put ``partial``, which is whole, in the place of the archive, durably. ``keep``: nothing that the last
    one holds was withdrawn, so it may be kept for the publication after this.
    """
    spare = spare_of(archive)
    fsync_file(partial)
    spare.unlink(missing_ok=True)
    if keep and archive.stat().st_size >= _QUICKLY_COPIED and _is_roomy(archive):
        os.link(archive, spare)
    move(partial, archive)


def _is_roomy(archive: Path) -> bool:
    """Whether the disk has room to spare, with both archives on it."""
    try:
        check_space(archive.parent, archive.stat().st_size // 10)
    except DiskLow:
        return False
    return True


def _is_free(spare: Path) -> bool:
    """Whether the spare is there, has no other name, and nobody reads it or can begin to."""
    try:
        handle = os.open(spare, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_nlink == 1
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
