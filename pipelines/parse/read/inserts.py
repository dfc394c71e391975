"""What is put into a document: pictures large enough to hold text, and other documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from pipelines.parse.read import sniff
from pipelines.parse.read.image import read_image, size_of
from pipelines.parse.records import Block, Grid, Issue, Paragraph, Reading, Unreadable

# pixels; a seal, a logo or a code to be scanned holds no table
_LEAST_WIDTH: Final = 400
_LEAST_HEIGHT: Final = 120
_MOST: Final = 40
_WMF: Final = b"\xd7\xcd\xc6\x9a\0\0"


@dataclass(slots=True)
class Inserts:
    """Reads what is put into one document. ``load`` gives the bytes of an insert by its name.

    ``open_document`` reads one that is a document, None where none is expected. Places are those of
    the insert (of a picture in pixels), ``part`` is its SHA-256.
    """

    load: Callable[[str], bytes]
    open_document: Callable[[bytes], Reading] | None = None
    read: int = 0
    pictures_unread: list[str] = field(default_factory=list)
    documents_unread: list[str] = field(default_factory=list)
    found_inside: list[Issue] = field(default_factory=list)

    def blocks_of_picture(self, name: str) -> list[Block]:
        """What stands on a picture; one that can't be read leaves a note for the issues."""
        return self._blocks(name, self._read_picture, self.pictures_unread)

    def blocks_of_document(self, name: str) -> list[Block]:
        """What stands in a document inside; one that can't be read leaves a note for the issues."""
        return self._blocks(name, self._read_document, self.documents_unread)

    def issues(self) -> list[Issue]:
        """That pictures or documents could not be read: what they show is missing from the reading."""
        found = list(dict.fromkeys(self.found_inside))
        if self.pictures_unread:
            names = "；".join(self.pictures_unread[:5])
            found.append(Issue("needs_ocr", "warning", f"图片未读 / pictures not read: {names}"))
        if self.documents_unread:
            names = "；".join(self.documents_unread[:5])
            found.append(Issue("unreadable_members", "warning", f"嵌入的文档未读 / not read: {names}"))
        return found

    def _blocks(
        self, name: str, read: Callable[[bytes], tuple[Block, ...]], unread: list[str]
    ) -> list[Block]:
        try:
            content = self.load(name)
            if self.read >= _MOST:
                raise Unreadable("too_large", f"第 {_MOST} 个以后 / beyond {_MOST}")
            found = read(content)
        except Unreadable as error:
            if error.code != "empty":
                unread.append(f"{name}（{error.detail}）")
            return []
        self.read += bool(found)
        digest = sha256(content).hexdigest()
        return [_in_part(block, digest) for block in found]

    def _read_picture(self, content: bytes) -> tuple[Block, ...]:
        media_type = sniff.sniff(content)
        if not (media_type in sniff.IMAGES or _is_metafile(content)) or not _is_large(content):
            return ()
        if media_type not in sniff.IMAGES:
            raise Unreadable(
                "unsupported", "WMF/EMF 图片，请贴为文字或位图 / paste it as text or as a bitmap"
            )
        return read_image(content, media_type).blocks

    def _read_document(self, content: bytes) -> tuple[Block, ...]:
        if self.open_document is None:
            raise Unreadable("too_deep", "嵌入过深 / embedded too deeply")
        reading = self.open_document(content)
        self.found_inside += reading.issues
        return reading.blocks


def _is_metafile(content: bytes) -> bool:
    """Whether a picture is drawn by commands (WMF, EMF), as Word keeps tables pasted as pictures."""
    return content.startswith(_WMF) or (content[:4] == b"\x01\0\0\0" and content[40:44] == b" EMF")


def _is_large(content: bytes) -> bool:
    width, height = size_of(content)
    return width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT


def _in_part(block: Block, part: str) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, place=replace(block.place, part=part))
    cells = tuple(replace(cell, place=replace(cell.place, part=part)) for cell in block.cells)
    return Grid(cells, block.n_rows, block.n_columns, replace(block.place, part=part), block.exact)
