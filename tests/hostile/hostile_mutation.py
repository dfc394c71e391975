"""Damage done to good documents: bytes changed, cut, taken out, doubled; members of packages swapped."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """A few bits changed."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def overwritten(content: bytes, chance: random.Random) -> bytes:
    """A run of bytes replaced by noise."""
    at, size = chance.randrange(len(content)), chance.randint(1, 64)
    return content[:at] + chance.randbytes(size) + content[at + size :]


def cut(content: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return content[: chance.randrange(len(content))]


def without_piece(content: bytes, chance: random.Random) -> bytes:
    """A piece is missing."""
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.randint(1, 2000) :]


def doubled(content: bytes, chance: random.Random) -> bytes:
    """A piece stands twice."""
    at, size = chance.randrange(len(content)), chance.randint(1, 2000)
    return content[: at + size] + content[at:]


def moved(content: bytes, chance: random.Random) -> bytes:
    """Two pieces have changed places."""
    a, b = sorted(chance.randrange(len(content)) for _ in range(2))
    middle = (a + b) // 2
    return content[:a] + content[middle:b] + content[a:middle] + content[b:]


def extreme(content: bytes, chance: random.Random) -> bytes:
    """A field of four bytes set to an extreme."""
    at = chance.randrange(max(1, len(content) - 4))
    value = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
    return content[:at] + value + content[at + 4 :]


def swapped(content: bytes, chance: random.Random) -> bytes:
    """A package in which two members have changed names, or one is damaged inside under a right checksum."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except zipfile.BadZipFile:
        return flipped(content, chance)
    (one, first), (other, second) = chance.choice(members), chance.choice(members)
    damage = chance.choice(BYTES)
    changed = {one: second, other: first} if one != other else {one: damage(first, chance) if first else b"x"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, changed.get(name, data))
    return buffer.getvalue()


BYTES: tuple[Mutation, ...] = (flipped, overwritten, cut, without_piece, doubled, moved, extreme)
PACKAGE: tuple[Mutation, ...] = (*BYTES, swapped)


def mutants(content: bytes, count: int, seed: str) -> list[bytes]:
    """So many damaged copies; the same seed gives the same."""
    chance = random.Random(seed)
    kinds = PACKAGE if content.startswith(b"PK") else BYTES
    return [chance.choice(kinds)(content, chance) for _ in range(count)]
