"""Words tiled over a page of a PDF in a pale colour: a watermark, no text of the page."""

from __future__ import annotations

import ctypes
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.read.pdfium_drawing import Text

# as many pieces of a page that say the same, and lie on as many others, are tiles
_TILES: Final = 6
_OVER: Final = 2
# a page of more pieces is no sheet with a watermark; of those that say the same, as many are looked at
_MOST_PIECES: Final = 20_000
_LOOKED_AT: Final = 20
# letters and characters of a tile's words
_LETTERS: Final = 2
_LONG: Final = 4
# in points: what is lower is a blank
_FLAT: Final = 0.5
_MOST_BYTES: Final = 512
# of 255: a colour is pale whose parts are all at least so bright, or that is no more opaque
_BRIGHT: Final = 0x80
_OPAQUE: Final = 0x99


def tiles(pieces: Sequence[Text], text: pdfium.PdfTextPage) -> list[Text]:
    """The pieces of a page's text that are a watermark's."""
    if len(pieces) > _MOST_PIECES:
        return []
    counts = Counter(piece.colour for piece in pieces)
    found: list[Text] = []
    for colour, count in counts.items():
        if colour and count >= _TILES and _is_pale(colour):
            found += _alike([piece for piece in pieces if piece.colour == colour], pieces, text)
    return found


def _is_pale(colour: tuple[int, ...]) -> bool:
    *parts, opacity = colour
    return opacity <= _OPAQUE or min(parts) >= _BRIGHT


def _alike(pale: Sequence[Text], pieces: Sequence[Text], text: pdfium.PdfTextPage) -> list[Text]:
    """Of pieces of one colour those that repeat, if they repeat words that lie on other text."""
    by_words: dict[str, list[list[Text]]] = defaultdict(list)
    for run in _runs(pale):
        words = "".join(_words(piece, text) for piece in run)
        by_words["".join(words.split())].append(run)
    repeated = {words: runs for words, runs in by_words.items() if len(runs) >= _TILES}
    is_watermark = any(
        len(words) >= _LONG
        and sum(map(str.isalpha, words)) >= _LETTERS
        and sum(any(_lies_on_another(piece, pieces) for piece in run) for run in runs[:_LOOKED_AT]) >= _OVER
        for words, runs in repeated.items()
    )
    return [piece for runs in repeated.values() for run in runs for piece in run] if is_watermark else []


def _runs(pieces: Sequence[Text]) -> list[list[Text]]:
    """The pieces that are drawn one right behind the other on a line, together: some programs draw each
    character by itself.
    """
    runs: list[list[Text]] = []
    right = base = high = 0.0
    for piece in pieces:
        x0, top, x1, bottom = piece.box
        is_blank = bottom - top < _FLAT
        if runs and (is_blank or (abs(bottom - base) < high and -high < x0 - right < high)):
            runs[-1].append(piece)
        else:
            runs.append([piece])
        if not is_blank:
            right, base, high = x1, bottom, bottom - top
    return runs


def _words(piece: Text, text: pdfium.PdfTextPage) -> str:
    buffer = (ctypes.c_ushort * (_MOST_BYTES // 2))()
    size = fpdf.FPDFTextObj_GetText(piece.item, text.raw, buffer, _MOST_BYTES)
    return bytes(buffer)[: max(0, min(size, _MOST_BYTES) - 2)].decode("utf-16-le", "replace")


def _lies_on_another(piece: Text, pieces: Sequence[Text]) -> bool:
    x0, top, x1, bottom = piece.box
    return any(
        box[0] < x1 and x0 < box[2] and box[1] < bottom and top < box[3]
        for _, box, _, _, _, colour in pieces
        if colour != piece.colour
    )
