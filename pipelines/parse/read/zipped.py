"""ZIP archives: which of their members are documents, and reading the one that is a report."""

from __future__ import annotations

import hashlib
import itertools
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from pipelines.parse import file_names
from pipelines.parse.read import sniff
from pipelines.parse.read.gates import MAX_NESTING, Package
from pipelines.parse.records import Block, Document, Grid, Issue, Paragraph, Reading, Unreadable
from pipelines.parse.vocabulary import row_label

_UTF8_NAME: Final = 0x800


def members(document: Document) -> tuple[Document, ...]:
    """The documents inside a ZIP, archives inside it opened too, in the order of the archive.

    Each can be ingested on its own; its name is the path inside the archive.
    Raises :class:`Unreadable` bomb, encrypted, corrupted, too_deep.
    """
    return tuple(_members(document, 1))


def _members(document: Document, depth: int) -> Iterator[Document]:
    if depth > MAX_NESTING:
        raise Unreadable(
            "too_deep", f"压缩包嵌套超过 {MAX_NESTING} 层 / zips nested more than {MAX_NESTING} deep"
        )
    package = Package(document.content)
    for info in package.infolist():
        name = member_name(info)
        if _is_clutter(name):
            continue
        member = replace(document, content=package.read(info), name=name, media_type="", charset="", parts=())
        if sniff.is_zip(member.content):
            yield from _members(member, depth + 1)
        else:
            yield member


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; Chinese archivers write it in GBK without saying so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    return file_names.of_bytes(raw) or info.filename


def _is_clutter(name: str) -> bool:
    """What file managers leave in archives."""
    last = name.rsplit("/", 1)[-1]
    return (
        name.startswith("__MACOSX/")
        or last.startswith("._")
        or last in {"Thumbs.db", ".DS_Store", "desktop.ini"}
    )


def read_zip(document: Document, read: Callable[[Document], Reading]) -> Reading:
    """Read the one document of a ZIP that can be read; places carry its digest as ``part``.

    Of several readable documents that with most rows of the official tables is read, the first of equals,
    and the issue ``several_documents`` names them all; an error unless it is the only one with such rows.
    """
    readings: list[tuple[Document, Reading]] = []
    failures: list[str] = []
    for member in members(document):
        try:
            readings.append((member, read(member)))
        except Unreadable as error:
            failures.append(f"{member.name}（{error.code}）")
    if not readings:
        detail = "、".join(failures) or "没有文件 / no files"
        raise Unreadable("unsupported", f"压缩包中没有可读的文档：{detail} / no readable document in the zip")
    rows = [_official_rows(reading) for _, reading in readings]
    member, reading = readings[rows.index(max(rows))]
    issues = list(reading.issues)
    if failures:
        issues.append(Issue("unreadable_members", "warning", f"未能读取 / not read: {'、'.join(failures)}"))
    if len(readings) > 1:
        names = "、".join(other.name for other, _ in readings)
        issues.append(
            Issue(
                "several_documents",
                "warning" if sum(map(bool, rows)) == 1 else "error",
                f"压缩包含 {len(readings)} 份文档，请分别收取 / take each in: {names}",
            )
        )
    part = hashlib.sha256(member.content).hexdigest()
    blocks = tuple(block_in(block, part) for block in reading.blocks)
    return replace(reading, blocks=blocks, issues=tuple(issues))


def _official_rows(reading: Reading) -> int:
    """How many rows of the official tables a document prints."""
    texts = itertools.chain.from_iterable(
        block.text.split("\n") if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
        for block in reading.blocks
    )
    return len({found.match.key for text in texts if (found := row_label(text))})


def block_in(block: Block, part: str) -> Block:
    """A block with its places in the part of that SHA-256, where they are in none yet."""
    if isinstance(block, Paragraph):
        return replace(block, place=block.place.in_part(part))
    cells = tuple(cell.at(cell.place.in_part(part)) for cell in block.cells)
    return Grid(cells, block.n_rows, block.n_columns, block.place.in_part(part), block.exact)
