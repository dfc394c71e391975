"""Page numbers and running headers and footers: printed on a page, no part of its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.parse.records import Block, Paragraph

# the share of a page's height, at its top and bottom, where furniture stands
_MARGIN: Final = 0.12
_EXTREME: Final = 2
_REPEATED: Final = 0.6
_WORDS: Final = 4  # letters of a line that is more than a number
_COUNTED: Final = 3  # pages at least, which any number in such a line may count

_PAGE_NUMBER = re.compile(
    r"[-—–－·•~\s]*(?:第\s*)?(\d{1,4})\s*(?:页)?"
    r"(?:\s*[,，/／]?\s*(?:of|共)?\s*\d{1,4}\s*页?)?[-—–－·•~\s]*",
    re.IGNORECASE,
)
_AT_END = re.compile(
    r"(?:第\s*\d{1,4}\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*[/／]\s*\d{1,4})\s*$"
)
_LETTER = re.compile(r"[^\W\d_]")
_MARKED = re.compile(r"[-—–－·•~/／页]")


def without_furniture(pages: Sequence[Sequence[Block]], heights: Sequence[float]) -> list[list[Block]]:
    """Pages without page numbers and without lines that repeat in the margins of most pages.

    Only lines outside tables, among the first or last two of a page and in its
    outer margin are looked at: a table may well end in a number.
    """
    edges = [_marginal(page, height) for page, height in zip(pages, heights, strict=True)]
    bare = _counts_pages(edges)
    counting = len(pages) >= _COUNTED
    shapes = {id(line): set(_shapes(line, n, counting)) for n, lines in enumerate(edges) for line in lines}
    seen = Counter(shape for lines in edges for shape in set().union(*(shapes[id(line)] for line in lines)))
    often = max(2, round(_REPEATED * len(pages))) if len(pages) > 1 else 0
    kept: list[list[Block]] = []
    for page, lines in zip(pages, edges, strict=True):
        dropped = {
            id(line)
            for line in lines
            if _is_page_number(line.text, bare)
            or (often and any(seen[shape] >= often for shape in shapes[id(line)]))
        }
        kept.append([block for block in page if id(block) not in dropped])
    return kept


def _marginal(page: Sequence[Block], height: float) -> list[Paragraph]:
    """Lines at the very top and bottom of a page."""
    boxed = [(block.place.box, block) for block in page if block.place.box is not None]
    by_height = sorted(boxed, key=lambda item: item[0][1])
    ends = {id(block): (box, block) for box, block in (*by_height[:_EXTREME], *by_height[-_EXTREME:])}
    return [
        block
        for box, block in ends.values()
        if isinstance(block, Paragraph) and (box[3] < _MARGIN * height or box[1] > (1 - _MARGIN) * height)
    ]


def _counts_pages(edges: Sequence[Sequence[Paragraph]]) -> bool:
    """Whether bare numbers in the margins count the pages: each page's one more than the last one's."""
    offsets: Counter[int] = Counter()
    for n, lines in enumerate(edges):
        offsets.update({int(line.text) - n for line in lines if re.fullmatch(r"\d{1,4}", line.text)})
    if not offsets:
        return False
    return len(edges) == 1 or offsets.most_common(1)[0][1] >= max(2, len(edges) // 2)


def _is_page_number(text: str, bare: bool) -> bool:
    text = text.replace("\t", " ").strip()
    return bool(_PAGE_NUMBER.fullmatch(text)) and (bare or bool(_MARKED.search(text)))


def _shapes(line: Paragraph, page: int, counting: bool) -> Iterator[tuple[int, str]]:
    """About where a line stands with its text, and with what a number in it counts from in the number's
    place, if it may count the pages: of many pages (``counting``) any may, else one at the end.
    """
    at = round((line.place.box[1] if line.place.box else 0.0) / 6)
    yield at, line.text
    words = len(_LETTER.findall(line.text)) >= _WORDS  # figures of a table may count up, too
    if words and (counting or _AT_END.search(line.text)):
        for number in re.finditer(r"\d{1,4}", line.text):
            counted = int(number[0]) - page
            yield at, f"{line.text[: number.start()]}{{{counted}}}{line.text[number.end() :]}"
