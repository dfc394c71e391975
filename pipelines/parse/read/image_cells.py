"""Recognised words put into the cells of a picture; a cell is read again where they say too little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read import ocr, strokes
from pipelines.parse.read.digit_room import with_room_left
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.grid import Span
from pipelines.parse.read.ruling import Lattice
from pipelines.parse.read.upright import dark_of
from pipelines.parse.records import UNREAD, Box

if TYPE_CHECKING:
    from pipelines.parse.read.ocr import Picture, Word

# a word belongs to every cell that holds this share of its width
_SHARE: Final = 0.15
# more ink than this, in square points, is no speck
_INK: Final = 5.0
# what a cell's walls take of its inside, in points, and what their ink alone takes
_RIM: Final = 1.8
_WALL: Final = 0.9
# the confidence of words where others in the same cell can't be read
_DOUBTFUL: Final = 0.5
# a cell this much higher than wide holds a label set one character a line
_UPRIGHT: Final = 2.5
# what a dash or a slash is taken for, where it is not overlooked
_STROKES: Final = frozenset(("", *"1/／丿Il|ノJ-—一", UNREAD))
# what a 0 that stands alone is taken for
_RINGS: Final = frozenset("Oo〇○")
# how sure the shape of a dash or a slash is
_SURE_STROKE: Final = 0.95
# the strongest part of a colour over its weakest, from which it is a seal's and no paper's
_COLOUR: Final = 50
# a stain is darker than the paper about it by this
STAIN: Final = 60


def coloured(cut: Picture, paper: float = 0.0) -> Any:
    """Which pixels have a colour beyond that of the ``paper``, as a seal's have and print's have not."""
    return cut.max(axis=2).astype(int) - cut.min(axis=2) > _COLOUR + paper


def tint(picture: Picture) -> float:
    """How coloured the paper of a page is, in the light in which it was taken."""
    import numpy as np

    sample = picture[::8, ::8]
    return float(np.median(sample.max(axis=2).astype(int) - sample.min(axis=2)))


class Filler:
    """Gives each word its cell, and asks again where the page's words and its cells disagree."""

    def __init__(self, picture: Picture, lattices: Sequence[Lattice], unit: float) -> None:
        self._picture, self._unit = picture, unit
        self._tint = tint(picture)
        self._cells: list[tuple[Box, Span]] = [
            (lat.cell_box(cell), cell) for lat in lattices for cell in lat.cells
        ]
        # where most cells have a colour, it is the print's
        self._has_seals = 2 * sum(self._sealed(box) for box, _ in self._cells) < len(self._cells)

    def glyphs(self, words: Sequence[Word]) -> list[Glyph]:
        """Words as glyphs. Cells whose words run over, or that hold ink but no word, are read alone."""
        alone: set[int] = set()
        held: dict[int, list[Word]] = {}
        loose: list[Word] = []
        for word in words:
            touched = self._touched(word.box)
            if not touched:
                loose.append(word)
            elif len(touched) > 1:
                alone.update(touched)
            else:
                held.setdefault(touched[0], []).append(word)
        filled = []
        for n, (box, _) in enumerate(self._cells):
            found = self._without_strokes(box, self._cell(box, held.get(n, []), n in alone))
            filled.append([self._as_wide_as_its_ink(found[0], box)] if len(found) == 1 else found)
        for n in self._too_wide(filled):
            filled[n] = _doubted(filled[n])
        return [*(_glyph(word.text, word.box, word.confidence) for word in loose), *chain(*filled)]

    def _too_wide(self, filled: Sequence[Sequence[Glyph]]) -> set[int]:
        """The cells whose only number is printed on more room than its digits take."""
        numbers = {
            n: (glyphs[0].text, self._print_width(self._cells[n][0], glyphs[0]))
            for n, glyphs in enumerate(filled)
            if len(glyphs) == 1 and glyphs[0].text.isdecimal()
        }
        return with_room_left(numbers)

    def _print_width(self, box: Box, glyph: Glyph) -> float:
        """How far apart the outer digits of a cell's only word end; walls and specks are left out."""
        width = strokes.width_of_highest(dark_of(_without_walls(self._inside(box))))
        return min(width, glyph.x1 - glyph.x0)

    def _without_strokes(self, box: Box, glyphs: list[Glyph]) -> list[Glyph]:
        """A cell's glyphs; of one stroke or none, its shape says whether it is a dash or a slash; of a ring,
        whether it is a 0.

        A 1 that lies or leans, and is neither, is doubtful, and so is all that shows from under a seal.
        """
        text = "".join(glyph.text for glyph in glyphs)
        cut = self._inside(box)
        if not cut.size:
            return glyphs
        dark = dark_of(cut)
        if (self._has_seals and self._sealed(box)) or self._blotted(cut, dark):
            return [glyph._replace(stained=True) for glyph in _doubted(glyphs)]
        if text in _RINGS and strokes.is_zero(dark, self._unit):
            return [glyphs[0]._replace(text="0")]
        if text not in _STROKES:
            return glyphs
        mark = strokes.mark_of(dark, self._unit)
        if mark:
            return [_glyph(mark, box, _SURE_STROKE)]
        return _doubted(glyphs) if text == "1" and strokes.leans(dark) else glyphs

    def _cell(self, box: Box, words: Sequence[Word], alone: bool) -> list[Glyph]:
        """What stands in a cell: its words, unless they leave ink over and the cell read alone says more."""
        if not self._ink_left(box, words):
            if not words and self._sealed(box):
                return [_glyph(UNREAD, box, 0.0)]
            return [_glyph(word.text, word.box, word.confidence) for word in words]
        upright = box[3] - box[1] > _UPRIGHT * (box[2] - box[0]) and len(words) < 3
        read = self._read_alone(box, upright)
        if alone or sum(map(_length, read)) >= sum(map(_length, words)):
            return read
        return [_glyph(word.text, word.box, min(word.confidence, _DOUBTFUL)) for word in words]

    def _touched(self, box: Box) -> list[int]:
        """The cells that hold a word's middle line, each by more than a sliver."""
        middle = (box[1] + box[3]) / 2
        width = box[2] - box[0]
        found = []
        for n, (cell, _) in enumerate(self._cells):
            overlap = min(box[2], cell[2]) - max(box[0], cell[0])
            if cell[1] <= middle <= cell[3] and overlap > max(_SHARE * width, 2 * self._unit):
                found.append(n)
        return found

    def _inside(self, box: Box, rim_of: float = _RIM) -> Picture:
        """The picture of a cell without its lines."""
        rim = round(rim_of * self._unit)
        x0, top, x1, bottom = (round(v) for v in box)
        return self._picture[top + rim : bottom - rim, x0 + rim : x1 - rim]

    def _ink_left(self, box: Box, words: Sequence[Word]) -> bool:
        """Whether something is printed in a cell outside the boxes of its words."""
        cut = self._inside(box)
        if not cut.size:
            return False
        dark = dark_of(cut)
        dark[strokes.walls(dark)] = 0
        rim = round(_RIM * self._unit)
        for word in words:
            x0, top, x1, bottom = (round(v) for v in word.box)
            left, above = round(box[0]) + rim, round(box[1]) + rim
            dark[max(0, top - above) : max(0, bottom - above), max(0, x0 - left) : max(0, x1 - left)] = 0
        return int((dark > 0).sum()) > _INK * self._unit * self._unit

    def _sealed(self, box: Box) -> bool:
        """Whether a seal lies over a cell, so that what is printed below may not be seen."""
        cut = self._inside(box)
        return bool(cut.size) and int(coloured(cut, self._tint).sum()) > _INK * self._unit * self._unit

    def _blotted(self, cut: Picture, dark: Picture) -> bool:
        """Whether broad dark stains, which are no strokes, lie over a cell."""
        import cv2
        import numpy as np

        grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
        stained = (grey < np.percentile(grey, 90) - STAIN) & (dark == 0)
        return int(stained.sum()) > _INK * self._unit * self._unit

    def _read_alone(self, box: Box, upright: bool) -> list[Glyph]:
        """A cell read by itself; U+FFFD where something stands there that can't be read."""
        cut = _without_walls(self._inside(box))
        lines = [_laid_down(cut)] if upright else _cut_lines(cut)
        read = [ocr.one_line(_framed(line)) for line in lines]
        kept = [(text, score) for text, score in read if text] or [(UNREAD, 0.0)]
        height = (box[3] - box[1]) / len(kept)
        return [
            _glyph(
                text, (box[0] + 1, box[1] + i * height + 1, box[2] - 1, box[1] + (i + 1) * height - 1), score
            )
            for i, (text, score) in enumerate(kept)
        ]

    def _as_wide_as_its_ink(self, glyph: Glyph, box: Box) -> Glyph:
        """A cell's only word no wider than it is printed, unless it touches a wall and may go on beyond it.

        Words are framed generously: those of neighbouring cells would touch.
        """
        cut = self._inside(box, _WALL)
        inked = dark_of(cut).any(axis=0).nonzero()[0].tolist() if cut.size else []
        if not inked:
            return glyph
        start, last = box[0] + round(_WALL * self._unit), cut.shape[1] - 1
        left = max(glyph.x0, start + inked[0]) if inked[0] > 0 else glyph.x0
        right = min(glyph.x1, start + inked[-1] + 1) if inked[-1] < last else glyph.x1
        return glyph._replace(x0=left, x1=right)


def _doubted(glyphs: Sequence[Glyph]) -> list[Glyph]:
    return [glyph._replace(confidence=min(glyph.confidence or 0.0, _DOUBTFUL)) for glyph in glyphs]


def _length(read: Glyph | Word) -> int:
    return len(read.text)


def _glyph(text: str, box: Box, confidence: float) -> Glyph:
    x0, top, x1, bottom = (float(v) for v in box)
    size = max(1.0, min(bottom - top, x1 - x0))
    return Glyph(repair_glyphs(text), x0, top, x1, bottom, (top + bottom) / 2, size, 0, round(confidence, 3))


def _bands(dark: Any, axis: int) -> list[tuple[int, int]]:
    """Runs of rows (axis 1) that hold ink."""
    inked = [bool(v) for v in (dark > 0).any(axis=axis)]
    flips = [i for i, (a, b) in enumerate(pairwise([False, *inked, False])) if a != b]
    return [(start, end) for start, end in zip(flips[::2], flips[1::2], strict=True) if end - start > 3]


def _without_walls(cut: Picture) -> Picture:
    """The picture of a cell without what shows of the lines at its sides, where these lean."""
    import numpy as np

    walls = strokes.walls(dark_of(cut)) if cut.size else None
    if walls is None or not walls.any():
        return cut
    cut = cut.copy()
    cut[walls] = np.median(cut.reshape(-1, 3), axis=0).astype(cut.dtype)
    return cut


def _cut_lines(cut: Picture) -> list[Picture]:
    """The lines of a cell, top first."""
    return [cut[max(0, start - 2) : end + 2] for start, end in _bands(dark_of(cut), 1)] or [cut]


def _laid_down(cut: Picture) -> Picture:
    """Characters that stand one below the other, laid side by side."""
    import cv2
    import numpy as np

    width = cut.shape[1]
    pieces: list[tuple[int, int]] = []
    for start, end in _bands(dark_of(cut), 1):
        # a character of several strokes (三, 二) is as high as the column is wide
        if pieces and end - pieces[-1][0] <= 0.8 * width:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    if not pieces:
        return cut
    side = max(width, max(end - start for start, end in pieces))
    tiles = [
        cv2.copyMakeBorder(
            cut[start:end], (side - end + start) // 2, side - (end - start) - (side - end + start) // 2, 0, 0,
            cv2.BORDER_CONSTANT, value=(255, 255, 255),
        )
        for start, end in pieces
    ]  # fmt: skip
    return np.asarray(np.hstack(tiles), dtype=np.uint8)


def _framed(line: Picture) -> Picture:
    import cv2
    import numpy as np

    framed = cv2.copyMakeBorder(line, 6, 6, 12, 12, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return np.asarray(framed, dtype=np.uint8)
