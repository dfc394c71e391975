"""Walking the gzip members of a WARC file: each to its end, with its checksum, and on past what is damaged.

General readers stop at, or silently skip, what this has to name: a cut member is not an error to them.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAGIC = b"\x1f\x8b\x08"
CHUNK = 1 << 16
LARGEST = 512 * 1024**2  # inflated; ours hold at most a body and its headers


@dataclass(frozen=True, slots=True)
class Member:
    """A gzip member, inflated whole and true to its checksum."""

    offset: int
    length: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that are no whole record. ``torn``: up to the end of the file; else ``damaged``."""

    offset: int
    end: int
    torn: bool


def read_member(source: BinaryIO, offset: int) -> Member | None:
    """The member at ``offset``, or None where there is none that is whole."""
    source.seek(offset)
    machine = zlib.decompressobj(31)
    content = bytearray()
    taken = 0
    try:
        while not machine.eof and (chunk := source.read(CHUNK)):
            taken += len(chunk)
            content += machine.decompress(chunk, LARGEST + 1 - len(content))
            if len(content) > LARGEST:
                return None
    except zlib.error:
        return None
    if not machine.eof:
        return None
    return Member(offset, taken - len(machine.unused_data), bytes(content))


def _next_member(source: BinaryIO, start: int, size: int) -> int:
    """Where the next whole member with a WARC record begins, or ``size``."""
    position, kept = start, b""
    while position < size:
        source.seek(position)
        block = kept + source.read(CHUNK)
        base = position - len(kept)
        found = block.find(MAGIC)
        while found >= 0:
            member = read_member(source, base + found)
            if member and member.content.startswith(b"WARC/"):
                return base + found
            found = block.find(MAGIC, found + 1)
        kept = block[-(len(MAGIC) - 1) :]
        position = base + len(block)
    return size


def walk(source: BinaryIO) -> Iterator[Member | Gap]:
    """Every byte of the file as long as it is now, in order, as whole members and gaps between them."""
    size = source.seek(0, os.SEEK_END)
    offset = 0
    while offset < size:
        member = read_member(source, offset)
        if member:
            yield member
            offset += member.length
        else:
            end = _next_member(source, offset + 1, size)
            yield Gap(offset, end, torn=end == size)
            offset = end
