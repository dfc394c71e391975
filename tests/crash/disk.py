"""A disk that loses power: what a program did to its files, replayed to any moment, the unsynced part of it
dropped, torn or reordered.

The log is strace's. A file's bytes last from its fsync on, its name from the fsync of its folder on; what is
younger may be there or not: whole writes, sectors of them, later ones without earlier ones.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = (
    "openat,write,pwrite64,pwritev,writev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
    "ftruncate,link,linkat,mkdir,sendfile,copy_file_range,lseek,close,mmap"
)
# calls that change files in a way that the log does not hold: none may be made on a file of the archive
UNKNOWN = ("pwritev", "writev", "sendfile", "copy_file_range")


@dataclass(frozen=True, slots=True)
class Op:
    """One change. ``kind``: write, truncate, create, rename, unlink, link, mkdir, sync, sync_dir, said."""

    kind: str
    path: str = ""
    target: str = ""
    node: int = -1
    offset: int = 0
    data: bytes = b""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.path, self.target) if self.target else (self.path,)


def record(command: list[str], folder: Path, log: Path, environment: dict[str, str]) -> list[Op]:
    """Runs a command under strace; what it did below ``folder``, and what it said on stdout, in order."""
    strace = ["strace", "-y", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-o", str(log)]
    done = subprocess.run([*strace, *command], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    with log.open(encoding="ascii") as lines:
        ops = list(_Reader(str(folder)).read(lines))
    log.unlink()
    return ops


_CALL = re.compile(r"(\w+)\((.*)\) = (-?\d+)(?:<([^>]*)>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"(\d+)<([^>]*)>")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


class _Reader:
    """strace's lines -> changes below a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._nodes: dict[str, int] = {}
        self._sizes: dict[int, int] = defaultdict(int)
        self._places: dict[int, int] = {}
        self._appending: set[int] = set()

    def read(self, lines: Iterable[str]) -> Iterator[Op]:
        for line in lines:
            call = _CALL.match(line)
            if call is None or call[3].startswith("-"):
                continue
            handler = getattr(self, f"_{call[1]}", None)
            texts = [_bytes(text) for text in _TEXT.findall(call[2])]
            if (
                call[1] in UNKNOWN
                and self._folder in _bytes("".join(re.findall(r"<([^>]*)>", call[2]))).decode()
            ):
                raise AssertionError(f"the log does not hold what this wrote: {line[:120]}")
            if handler is not None:
                yield from handler(call[2], texts, int(call[3]))

    def _path(self, text: bytes) -> str | None:
        path = text.decode()
        return path.removeprefix(self._folder).lstrip("/") if path.startswith(self._folder) else None

    def _handle(self, arguments: str) -> tuple[int, str | None]:
        found = _HANDLE.match(arguments)
        if found is None:
            return -1, None
        return int(found[1]), self._path(_bytes(found[2]))

    def _openat(self, arguments: str, texts: list[bytes], handle: int) -> Iterator[Op]:
        path = self._path(texts[-1])
        if not path:
            return
        self._places[handle] = 0
        self._appending.discard(handle)
        if "O_APPEND" in arguments:
            self._appending.add(handle)
        if "O_CREAT" in arguments and path not in self._nodes:
            node = self._nodes[path] = len(self._sizes)
            self._sizes[node] = 0
            yield Op("create", path, node=node)
        elif "O_TRUNC" in arguments:
            self._sizes[self._nodes[path]] = 0
            yield Op("truncate", path, node=self._nodes[path])

    def _lseek(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        self._places[self._handle(arguments)[0]] = result
        return iter(())

    def _write(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        handle, path = self._handle(arguments)
        if handle == 1:
            yield Op("said", data=texts[0][:result])
        elif path:
            node = self._nodes[path]
            place = self._sizes[node] if handle in self._appending else self._places[handle]
            self._places[handle] = place + result
            yield self._put(path, node, place, texts[0][:result])

    def _pwrite64(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        path = self._handle(arguments)[1]
        if path:
            yield self._put(path, self._nodes[path], int(arguments.rsplit(",", 1)[1]), texts[0][:result])

    def _put(self, path: str, node: int, place: int, data: bytes) -> Op:
        self._sizes[node] = max(self._sizes[node], place + len(data))
        return Op("write", path, node=node, offset=place, data=data)

    def _ftruncate(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        path = self._handle(arguments)[1]
        if path:
            size = int(arguments.rsplit(",", 1)[1])
            self._sizes[self._nodes[path]] = size
            yield Op("truncate", path, node=self._nodes[path], offset=size)

    def _fsync(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        path = self._handle(arguments)[1]
        if path is not None:
            node = self._nodes.get(path)
            yield Op("sync_dir", path) if node is None else Op("sync", path, node=node)

    _fdatasync = _fsync

    def _rename(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        old, new = (self._path(text) for text in texts[-2:])
        if old and new:
            self._nodes[new] = self._nodes.pop(old)
            yield Op("rename", old, new)

    def _link(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        old, new = (self._path(text) for text in texts[-2:])
        if old and new:
            self._nodes[new] = self._nodes[old]
            yield Op("link", old, new)

    def _unlink(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        path = self._path(texts[-1])
        if path:
            del self._nodes[path]
            yield Op("unlink", path)

    def _mkdir(self, arguments: str, texts: list[bytes], result: int) -> Iterator[Op]:
        path = self._path(texts[-1])
        if path:
            yield Op("mkdir", path)

    _renameat = _renameat2 = _rename
    _linkat = _link
    _unlinkat = _unlink


@dataclass(slots=True)
class Disk:
    """What is on the disk for good, and what is only on its way there."""

    data: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {""})
    data_on_its_way: dict[int, list[Op]] = field(default_factory=lambda: defaultdict(list))
    names_on_their_way: list[Op] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def do(self, op: Op) -> None:
        """One more change."""
        if op.kind == "said":
            self.said += op.data.decode().splitlines()
        elif op.kind in ("write", "truncate"):
            self.data_on_its_way[op.node].append(op)
        elif op.kind == "sync":
            self.data[op.node] = _written(self.data.get(op.node, b""), self.data_on_its_way.pop(op.node, []))
        elif op.kind == "sync_dir":
            here = [o for o in self.names_on_their_way if any(_folder(n) == op.path for n in o.names)]
            self.names_on_their_way = [o for o in self.names_on_their_way if o not in here]
            for change in here:
                _rename(self.names, self.folders, change)
        else:
            self.names_on_their_way.append(op)

    def cut(self, chance: random.Random | None) -> dict[str, bytes | None]:
        """The files (a folder: None) after the power came back; without ``chance`` all that was on its way
        arrived.
        """
        names, folders = dict(self.names), set(self.folders)
        for op in self._arrived_names(chance):
            _rename(names, folders, op)
        contents = {
            path: _written(self.data.get(node, b""), _arrived(self.data_on_its_way.get(node, []), chance))
            for path, node in names.items()
            if _folder(path) in folders
        }
        return {**dict.fromkeys(folders - {""}), **contents}

    def _arrived_names(self, chance: random.Random | None) -> list[Op]:
        """In order, as a journal keeps them, up to some point; or each by itself, but none without those of
        the same names before it.
        """
        waiting = self.names_on_their_way
        if chance is None:
            return waiting
        if chance.random() < 0.5:
            return waiting[: chance.randint(0, len(waiting))]
        lost: set[str] = set()
        arrived = []
        for op in waiting:
            about = {*op.names, *map(_folder, op.names)}
            if about & lost or chance.random() < 0.5:
                lost |= set(op.names)
            else:
                arrived.append(op)
        return arrived


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _rename(names: dict[str, int], folders: set[str], op: Op) -> None:
    if op.kind == "mkdir":
        folders.add(op.path)
    elif op.kind == "create":
        names[op.path] = op.node
    elif op.kind == "unlink":
        names.pop(op.path, None)
    elif op.path in names:
        names[op.target] = names.pop(op.path) if op.kind == "rename" else names[op.path]


def _arrived(waiting: list[Op], chance: random.Random | None) -> list[Op]:
    if chance is None:
        return waiting
    fate = chance.choice(("all", "none", "first", "some", "torn"))
    if fate in ("all", "none"):
        return waiting if fate == "all" else []
    if fate == "first":
        kept = waiting[: chance.randint(0, len(waiting))]
        return [*kept[:-1], *_sectors(kept[-1], chance)] if kept else []
    share = chance.random()
    kept = [op for op in waiting if chance.random() < share]
    return kept if fate == "some" else [piece for op in kept for piece in _sectors(op, chance)]


def _sectors(op: Op, chance: random.Random) -> Iterator[Op]:
    """Some of a write's sectors."""
    if op.kind != "write":
        yield op
        return
    start = 0
    while start < len(op.data):
        end = min(len(op.data), start + SECTOR - (op.offset + start) % SECTOR)
        if chance.random() < 0.5:
            yield Op("write", op.path, node=op.node, offset=op.offset + start, data=op.data[start:end])
        start = end


def _written(content: bytes, ops: Iterable[Op]) -> bytes:
    changed = bytearray(content)
    for op in ops:
        missing = (op.offset + len(op.data) if op.kind == "write" else op.offset) - len(changed)
        if missing > 0:
            changed += bytes(missing)
        if op.kind == "write":
            changed[op.offset : op.offset + len(op.data)] = op.data
        else:
            del changed[op.offset :]
    return bytes(changed)


def lay_down(files: dict[str, bytes | None], folder: Path) -> None:
    """Writes what a cut left into a new folder."""
    folder.mkdir(parents=True)
    for path in sorted(files):
        content = files[path]
        if content is None:
            (folder / path).mkdir(parents=True, exist_ok=True)
        else:
            (folder / path).write_bytes(content)
