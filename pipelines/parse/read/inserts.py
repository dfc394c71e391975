"""Pictures inside a document: what stands on those large enough to hold text, in the document's order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from pipelines.parse.read import sniff
from pipelines.parse.read.image import read_image, size_of
from pipelines.parse.records import Block, Grid, Issue, Paragraph, Unreadable

# pixels; a seal, a logo or a code to be scanned holds no table
_LEAST_WIDTH: Final = 400
_LEAST_HEIGHT: Final = 120
_MOST: Final = 40


@dataclass(slots=True)
class Pictures:
    """Reads the pictures of one document; each picture once. ``load`` gives the bytes of one by its name.

    Places are in pixels of the picture, ``part`` is its SHA-256.
    """

    load: Callable[[str], bytes]
    read: int = 0
    unread: list[str] = field(default_factory=list)

    def blocks(self, name: str) -> list[Block]:
        """What stands on a picture; a picture that can't be read leaves a note in ``unread``."""
        try:
            content = self.load(name)
            media_type = sniff.sniff(content)
            if media_type not in sniff.IMAGES or not _is_large(content):
                return []
            if self.read >= _MOST:
                self.unread.append(f"{name}（第 {_MOST} 张以后 / beyond {_MOST}）")
                return []
            found = read_image(content, media_type).blocks
        except Unreadable as error:
            if error.code != "empty":
                self.unread.append(f"{name}（{error.detail}）")
            return []
        self.read += 1
        digest = sha256(content).hexdigest()
        return [_in_part(block, digest) for block in found]

    def issues(self) -> list[Issue]:
        """That pictures could not be read: what they show is missing from the reading."""
        if not self.unread:
            return []
        return [Issue("needs_ocr", "warning", f"图片未读 / pictures not read: {'；'.join(self.unread[:5])}")]


def _is_large(content: bytes) -> bool:
    width, height = size_of(content)
    return width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT


def _in_part(block: Block, part: str) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, place=replace(block.place, part=part))
    cells = tuple(replace(cell, place=replace(cell.place, part=part)) for cell in block.cells)
    return Grid(cells, block.n_rows, block.n_columns, replace(block.place, part=part), block.exact)
