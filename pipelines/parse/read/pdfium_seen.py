"""Which characters of a PDF's page a reader sees: what is cut, painted over, pale, transparent or in a
layer that is turned off is in the file and not on the paper.

The drawing tells where there is reason for doubt; only such a page is painted, once with the pieces of
text in doubt and once without them: what they change is what is seen of them. pdfium leaves out by itself
a character that is printed again in its place; where only a part of a number is, two numbers lie on one
another, so these characters are put in again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from math import inf
from operator import itemgetter
from typing import Final, NamedTuple

from pipelines.parse.read.boxes import meet
from pipelines.parse.read.glyph import Glyph, are_one_number
from pipelines.parse.read.pdfium_calls import address, object_of
from pipelines.parse.read.pdfium_drawing import Drawing, Text
from pipelines.parse.read.pdfium_painted import Difference, Page, Sight
from pipelines.parse.records import Box

# in points, and in units of its height: a digit that is lower or narrower than this is not seen
_LOWEST: Final = 2.0
_NARROWEST: Final = 0.08
# in units of the height of a piece: by how much two lie on one another that share characters
_SHARED: Final = 0.3
# in units of the size: what is nearer to a side of its clip ends there, and what leaves less to the other
# fills it
_AT_SIDE: Final = 0.1
_ROOM: Final = 0.6
# in units of its height: how far from a piece one stands that may be of the same figure
_BESIDE: Final = 0.5
# in points: the lower edges of pieces of one line differ by less
_SAME_LINE: Final = 1.5
# in half points: pieces are looked for in bands of this height
_BAND: Final = 40


class Printed(NamedTuple):
    """A character as pdfium gives it: its number on the page and its place."""

    number: int
    glyph: Glyph


def seen(numbers: Sequence[int], glyphs: list[Glyph], page: Page) -> list[Glyph]:
    """The characters, with their numbers, that a reader sees, in their order; those that nobody can tell for
    certain are marked as faint.
    """
    doubtful = _doubtful(page.drawing, page.frame.size)
    shared = _shared(page.drawing.visible)
    clips = {piece.key: piece.clip for piece in page.drawing.visible if piece.clip}
    tiny = _tiny(glyphs)
    colours = _touching_in_colours(page.drawing.visible)
    if not doubtful and not shared and not clips and not tiny and not colours:
        return glyphs
    printed = [Printed(number, glyph) for number, glyph in zip(numbers, glyphs, strict=True)]
    owners = _owners(page)
    again = _printed_again(printed, owners, shared) if shared else frozenset()
    sights = _sights(printed, owners, doubtful, tiny, page)
    if clips:
        sights |= dict.fromkeys(_filling(printed, owners, clips), Sight.UNCLEAR)
    if colours:
        sights |= dict.fromkeys(_of_two_colours(printed, owners, colours), Sight.UNCLEAR)
    return list(_kept(printed, sights, again))


# --- what gives reason for doubt -----------------------------------------------------


def _doubtful(drawing: Drawing, size: tuple[float, float]) -> dict[int, Text]:
    """The pieces of text, by their keys, that may not be seen."""
    covered = _covered(drawing)
    return {
        piece.key: piece
        for piece in drawing.visible
        if piece.doubtful or piece.order in covered or _reaches_out(piece.box, size)
    }


def _reaches_out(box: Box, size: tuple[float, float]) -> bool:
    return box[0] < 0 or box[1] < 0 or box[2] > size[0] or box[3] > size[1]


def _tiny(glyphs: Iterable[Glyph]) -> set[int]:
    """Digits that are set too small to be read, by their ids; none on a page of which most are so small."""
    digits = [glyph for glyph in glyphs if glyph.text.isdecimal()]
    tiny = {id(glyph) for glyph in digits if _is_tiny(glyph)}
    return tiny if 2 * len(tiny) <= len(digits) else set()


def _is_tiny(glyph: Glyph) -> bool:
    """Whether a digit is set too small to be read."""
    _, x0, top, x1, bottom, _, _, turn, *_ = glyph
    high = bottom - top
    return (high < _LOWEST or x1 - x0 < _NARROWEST * high) and not turn


def _filling(printed: Iterable[Printed], owners: Sequence[int], clips: Mapping[int, Box]) -> Iterator[int]:
    """The numbers of the digits at the side of a clip that their figure fills: it may go on beyond."""
    figure: list[Printed] = []
    for one in (*printed, None):
        if one and figure and are_one_number(figure[-1].glyph, one.glyph):
            figure.append(one)
            continue
        for n, side in ((0, 0), (-1, 2)) if figure else ():
            clip = clips.get(owners[figure[n].number])
            if clip and _fills(figure[0].glyph, figure[-1].glyph, clip, side):
                yield figure[n].number
        figure = [one] if one and one.glyph.text.isdecimal() else []


def _fills(first: Glyph, last: Glyph, clip: Box, side: int) -> bool:
    """Whether a figure ends at a side of its clip (0 left, 2 right), with room for no more at the other."""
    rooms = {0: first.x0 - clip[0], 2: clip[2] - last.x1}
    near, far = (share * last.size for share in (_AT_SIDE, _ROOM))
    return rooms[side] < near and rooms[2 - side] < far


def _touching_in_colours(pieces: Sequence[Text]) -> dict[int, tuple[int, ...] | None]:
    """The colours of the pieces, by their keys, that stand right beside one of another colour."""
    counts = Counter(piece.colour for piece in pieces)
    if len(counts) < 2:
        return {}
    most = counts.most_common(1)[0][0]
    bands = _in_bands(pieces)
    found: dict[int, tuple[int, ...] | None] = {}
    for piece in pieces:
        if piece.colour != most:
            x0, top, x1, bottom = piece.box
            reach = _BESIDE * (bottom - top)
            for other in _near(bands, (x0 - reach, top, x1 + reach, bottom)):
                if other.colour != piece.colour:
                    found |= {piece.key: piece.colour, other.key: other.colour}
    return found


def _of_two_colours(
    printed: Iterable[Printed], owners: Sequence[int], colours: Mapping[int, tuple[int, ...] | None]
) -> Iterator[int]:
    """The numbers of the digits that touch one of another colour: a figure and a mark, or one mended."""
    digits = [one for one in printed if owners[one.number] in colours and one.glyph.text.isdecimal()]
    digits.sort(key=lambda one: (round(one.glyph.base), one.glyph.x0))
    for a, b in pairwise(digits):
        if colours[owners[a.number]] != colours[owners[b.number]] and are_one_number(a.glyph, b.glyph):
            yield from (a.number, b.number)


def _covered(drawing: Drawing) -> set[int]:
    """When the pieces were drawn over which something else was drawn later."""
    if not drawing.covers:
        return set()
    last, _ = drawing.covers[-1]
    bands = _in_bands(piece for piece in drawing.visible if piece.order < last)
    return {
        piece.order for order, box in drawing.covers for piece in _near(bands, box) if piece.order < order
    }


def _in_bands(pieces: Iterable[Text]) -> dict[int, list[Text]]:
    """Pieces by the height at which their middles stand."""
    bands: dict[int, list[Text]] = {}
    for piece in pieces:
        bands.setdefault(int(piece.box[1] + piece.box[3]) // _BAND, []).append(piece)
    return bands


def _near(bands: Mapping[int, Sequence[Text]], box: Box) -> Iterator[Text]:
    """The pieces that a box meets, as far as their middles stand no further than a band from it."""
    for band in range(int(2 * box[1]) // _BAND - 1, int(2 * box[3]) // _BAND + 2):
        for piece in bands.get(band, ()):
            if meet(piece.box, box):
                yield piece


# --- characters that pdfium leaves out ------------------------------------------------


def _shared(pieces: Sequence[Text]) -> list[Text]:
    """The pieces of text that lie upon others of the same line."""
    found: set[int] = set()
    for line in _in_lines(pieces):
        reach, last = -inf, line[0]
        for n in line:
            x0, top, x1, bottom = pieces[n].box
            if x0 < reach - _SHARED * (bottom - top) and bottom > top:  # blanks have no height
                found |= {last, n}
            if x1 > reach:
                reach, last = x1, n
    return [pieces[n] for n in sorted(found)]


def _in_lines(pieces: Sequence[Text]) -> Iterator[list[int]]:
    """The numbers of the pieces of each line, from left to right."""
    row = -inf
    places = []
    for bottom, n in sorted((piece.box[3], n) for n, piece in enumerate(pieces)):
        row = row if bottom - row < _SAME_LINE else bottom
        places.append((row, pieces[n].box[0], n))
    for _, line in groupby(sorted(places), key=itemgetter(0)):
        yield [n for *_, n in line]


def _owners(page: Page) -> list[int]:
    """For each character the key of the piece of text that it is of; 0 for one that pdfium has made."""
    handle = address(page.text.raw)
    return [object_of(handle, i) or 0 for i in range(page.text.count_chars())]


def _printed_again(
    printed: Sequence[Printed], owners: Sequence[int], shared: Sequence[Text]
) -> frozenset[int]:
    """The numbers of the characters over which another piece prints one that pdfium has left out."""
    own: dict[int, list[Glyph]] = {piece.key: [] for piece in shared}
    for number, glyph in printed:
        if owners[number] in own and glyph.text.strip():
            own[owners[number]].append(glyph)
    placed = {owners[number] for number, _ in printed}
    elsewhere = set(owners) - placed  # of a watermark, which is no text of the page
    standing = _Standing(printed, owners)
    again: set[int] = set()
    for piece in shared:
        if piece.key in elsewhere:
            continue
        x0, top, x1, bottom = piece.box
        held = own[piece.key]
        start, end = (min(g.x0 for g in held), max(g.x1 for g in held)) if held else (x1, x1)
        for left_out in ((x0, top, start, bottom), (end, top, x1, bottom)):
            again.update(standing.take(left_out, piece.key))
    return frozenset(again)


class _Standing:
    """Characters by where their middles stand: whole points of the height, in each from left to right."""

    def __init__(self, printed: Iterable[Printed], owners: Sequence[int]) -> None:
        self._owners = owners
        self._rows: dict[int, list[tuple[float, float, int]]] = {}
        for number, glyph in printed:
            x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
            self._rows.setdefault(int(y), []).append((x, y, number))
        for row in self._rows.values():
            row.sort()
        self._heights = sorted(self._rows)

    def take(self, box: Box, but_of: int) -> Iterator[int]:
        """The numbers of the characters in a box, but those of one piece; each is given once."""
        x0, top, x1, bottom = box
        if x0 >= x1:
            return
        heights = self._heights
        for height in heights[bisect_left(heights, int(top)) : bisect_right(heights, int(bottom))]:
            row = self._rows[height]
            start, end = bisect_right(row, x0, key=itemgetter(0)), bisect_left(row, x1, key=itemgetter(0))
            left = []
            for one in row[start:end]:
                _, y, number = one
                if top < y < bottom and self._owners[number] != but_of:
                    yield number
                else:
                    left.append(one)
            if len(left) < end - start:
                row[start:end] = left


def _is_middle_in(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


# --- what is seen ------------------------------------------------------------------


def _sights(
    printed: Sequence[Printed],
    owners: Sequence[int],
    doubtful: dict[int, Text],
    tiny: Container[int],
    page: Page,
) -> dict[int, Sight]:
    """For each character of a piece in doubt, by its number, what is seen of it."""
    sights = {number: Sight.HIDDEN for number, glyph in printed if id(glyph) in tiny}
    if doubtful:
        picture = Difference(page, list(doubtful.values()))
        for number, glyph in printed:
            if number not in sights and owners[number] in doubtful and glyph.text.strip():
                sights[number] = picture.sight(number, glyph)
    pieces = {piece.key: piece for piece in page.drawing.visible}
    if page.drawing.veils:
        for number, glyph in printed:
            if sights.get(number) is Sight.HIDDEN and _is_veiled(glyph, pieces.get(owners[number]), page):
                sights[number] = Sight.UNCLEAR
    for a, b in pairwise(printed):
        for (hidden, _), (shown, _) in ((a, b), (b, a)):
            cut = sights.get(hidden) is Sight.HIDDEN and sights.get(shown, Sight.SEEN) is Sight.SEEN
            if cut and are_one_number(a.glyph, b.glyph):
                old, new = pieces.get(owners[hidden]), pieces.get(owners[shown])
                sights[shown] = Sight.SEEN if _is_replaced(old, new, page) else Sight.UNCLEAR
    return sights


def _is_veiled(glyph: Glyph, piece: Text | None, page: Page) -> bool:
    """Whether a picture, a seal or a note lies over a digit: who laid it there need not mean it to go."""
    return (
        piece is not None
        and glyph.text.isdecimal()
        and any(order > piece.order and _is_middle_in(glyph, box) for order, box in page.drawing.veils)
    )


def _is_replaced(hidden: Text | None, shown: Text | None, page: Page) -> bool:
    """Whether something was painted over the hidden piece before the other one was printed."""
    if hidden is None or shown is None:
        return False
    return any(
        hidden.order < order < shown.order and meet(hidden.box, box) for order, box in page.drawing.covers
    )


def _kept(printed: Iterable[Printed], sights: dict[int, Sight], again: frozenset[int]) -> Iterator[Glyph]:
    for number, glyph in printed:
        sight = sights.get(number, Sight.SEEN)
        if sight is not Sight.SEEN and number in again:  # one of two in one place is seen
            sight = Sight.UNCLEAR
        if sight is Sight.UNCLEAR:
            yield glyph._replace(faint=True)
        elif sight is Sight.SEEN:
            yield glyph
            if number in again:
                yield glyph
