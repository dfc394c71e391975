"""Running text to paragraphs: each line that holds anything, its white space as it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.rows import fold
from pipelines.parse.records import Block, Paragraph, Place


def add_lines(lines: Iterable[str], blocks: list[Block], level: int = 0) -> None:
    """Adds a paragraph for each line to the blocks of a document; ``level`` is that of a heading."""
    for line in filter(None, map(fold, lines)):
        blocks.append(Paragraph(repair_glyphs(line), Place(block=len(blocks)), level))
