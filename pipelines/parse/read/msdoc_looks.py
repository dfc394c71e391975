"""How the characters of a DOC look: by their own properties, and by those of their styles.

After [MS-DOC], 2.9.271 (STSH), 2.9.259 (SttbfFfn) and 2.6.1 (character properties).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.parse.read.looks import PAPER, Look, are_alike, are_too_small, is_of_signs, look_of

# places in the file information block
_STYLES, _FONTS = 0xA2, 0x112
# single property modifiers
_STYLE: Final = 0x4A30
_DELETED, _HIDDEN, _STRUCK, _STRUCK_TWICE = 0x0800, 0x083C, 0x0837, 0x2A53
_RAISED, _POSITION, _SIZE, _WIDTH, _FONT = 0x2A48, 0x4845, 0x4A43, 0x4852, 0x4A4F
_ICO, _COLOUR, _OLD_SHADE, _SHADE, _HIGHLIGHT = 0x2A42, 0x6870, 0x4866, 0xCA71, 0x2A0C
_TABLE_DEF: Final = 0xD608
_TOGGLES: Final = frozenset({_DELETED, _HIDDEN, _STRUCK})
_OPERAND_BYTES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
_OF_PARAGRAPHS, _OF_CHARACTERS = 1, 2
_NO_STYLE: Final = 0xFFF
_MOST_STEPS: Final = 12  # from a style to that which all are based on
_AS_STYLE, _NOT_AS_STYLE = 0x80, 0x81
_COLOURS: Final = {1: "000000", 8: PAPER}
_FONT_NAME: Final = 39  # where it begins behind the length of an entry
_USUAL_SIZE: Final = 20  # half points

_Told = dict[int, bytes]


class Manner(NamedTuple):
    """How a character looks, and what may set it apart from those beside it."""

    look: Look
    position: int
    size: int


class CharacterStyles:
    """The styles and fonts of a document; a broken list of them is none."""

    def __init__(self, doc: bytes, table: bytes) -> None:
        self._styles: list[tuple[int, bytes]] = []  # of each what it is based on, and its properties
        self._signs: set[int] = set()
        try:
            self._styles = list(_styles(_part(doc, table, _STYLES)))
            self._signs = set(_fonts_of_signs(_part(doc, table, _FONTS)))
        except (struct.error, IndexError, UnicodeDecodeError):
            pass
        self.manner = lru_cache(maxsize=1024)(self._manner)

    def _manner(self, grpprl: bytes, style: int) -> Manner:
        """``grpprl`` are the character's own properties, ``style`` is that of its paragraph."""
        own = dict(sprms(grpprl))
        named = own.get(_STYLE, b"")
        of_run = self._told(struct.unpack("<H", named)[0]) if len(named) == 2 else {}
        of_paragraph = self._told(style)
        told = {**of_paragraph, **of_run, **own}
        on = {
            op: _is_on(own.get(op, b""), _is_on(of_paragraph.get(op, b"")) != _is_on(of_run.get(op, b"")))
            for op in _TOGGLES
        }
        (position,) = struct.unpack("<h", told.get(_POSITION, b"\0\0")[:2])
        seen = look_of(
            hidden=on[_DELETED] or on[_HIDDEN],
            struck=on[_STRUCK] or told.get(_STRUCK_TWICE, b"")[:1] == b"\1",
            raised=told.get(_RAISED, b"")[:1] == b"\1",
            lowered=told.get(_RAISED, b"")[:1] == b"\2",
            white=self._is_lost(told),
        )
        return Manner(seen, position, _number(told.get(_SIZE), _USUAL_SIZE))

    def _told(self, style: int) -> _Told:
        """What a style says, with what it is based on."""
        steps: list[bytes] = []
        while style < len(self._styles) and len(steps) < _MOST_STEPS:
            style, grpprl = self._styles[style]
            steps.append(grpprl)
        return {op: operand for grpprl in reversed(steps) for op, operand in sprms(grpprl)}

    def _is_lost(self, told: _Told) -> bool:
        half_points, width = _number(told.get(_SIZE), 100), _number(told.get(_WIDTH), 100)
        if are_too_small(half_points / 2, width) or _number(told.get(_FONT), -1) in self._signs:
            return True
        colour, behind = _colour(told), _behind(told)
        return colour != "" and (colour == behind or are_alike(colour, behind))


def sprms(grpprl: bytes) -> Iterator[tuple[int, bytes]]:
    """The single property modifiers of a list, each with its operand."""
    at = 0
    while at + 2 <= len(grpprl):
        (op,) = struct.unpack_from("<H", grpprl, at)
        at += 2
        size = _OPERAND_BYTES[op >> 13]
        if op == _TABLE_DEF:
            size = struct.unpack_from("<H", grpprl, at)[0] - 1
            at += 2
        elif not size:
            size = grpprl[at]
            at += 1
        yield op, grpprl[at : at + size]
        at += size


def _part(doc: bytes, table: bytes, place: int) -> bytes:
    start, size = struct.unpack_from("<II", doc, place)
    return table[start : start + size]


def _styles(sheet: bytes) -> Iterator[tuple[int, bytes]]:
    """Of each style, in their order: which one it is based on, and what it says of characters."""
    (header,) = struct.unpack_from("<H", sheet)
    count, base = struct.unpack_from("<HH", sheet, 2)
    at = 2 + header
    for _ in range(count):
        (size,) = struct.unpack_from("<H", sheet, at)
        yield _style(sheet[at + 2 : at + 2 + size], base) if size else (_NO_STYLE, b"")
        at += 2 + size


def _style(data: bytes, base: int) -> tuple[int, bytes]:
    kind, parts = (struct.unpack_from("<H", data, at)[0] for at in (2, 4))
    at = base + 2 + 2 * struct.unpack_from("<H", data, base)[0] + 2  # behind its name
    lists: list[bytes] = []
    for _ in range(parts & 0xF):
        at += at % 2
        (size,) = struct.unpack_from("<H", data, at)
        lists.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    of_characters = {_OF_PARAGRAPHS: 1, _OF_CHARACTERS: 0}.get(kind & 0xF, len(lists))
    return kind >> 4, lists[of_characters] if of_characters < len(lists) else b""


def _fonts_of_signs(fonts: bytes) -> Iterator[int]:
    """The numbers of the fonts that draw signs in the place of letters."""
    (count,) = struct.unpack_from("<H", fonts)
    at = 4
    for number in range(count):
        size = fonts[at]
        name = fonts[at + 1 + _FONT_NAME : at + 1 + size].decode("utf-16-le", "replace")
        if is_of_signs(name.lower()):
            yield number
        at += 1 + size


def _is_on(operand: bytes, style: bool = False) -> bool:
    """Whether a property that is on or off is on; one that its style has too may say to be like it."""
    value = operand[0] if operand else _AS_STYLE
    return style if value == _AS_STYLE else not style if value == _NOT_AS_STYLE else value == 1


def _number(operand: bytes | None, default: int) -> int:
    return int(struct.unpack("<H", operand)[0]) if operand and len(operand) == 2 else default


def _colour(told: _Told) -> str:
    """The colour of the letters as RRGGBB, "" for that of the reader."""
    if _COLOUR in told:
        return _of_reference(told[_COLOUR])
    ico = told.get(_ICO, b"\0")[0]
    return _COLOURS.get(ico, f"ico={ico}") if ico else ""


def _behind(told: _Told) -> str:
    """The colour right behind the letters, "" for one that is not known."""
    highlight = told.get(_HIGHLIGHT, b"\0")[0]
    if highlight:
        return _COLOURS.get(highlight, f"ico={highlight}")
    shade = told.get(_SHADE, b"")
    if len(shade) >= 10:
        return "" if any(shade[8:10]) else _of_reference(shade[4:8]) or PAPER
    (old,) = struct.unpack("<H", told.get(_OLD_SHADE, b"\0\0")[:2])
    ico = old >> 5 & 0x1F
    return "" if old >> 10 else _COLOURS.get(ico, f"ico={ico}") if ico else PAPER


def _of_reference(colour: bytes) -> str:
    return "" if len(colour) < 4 or colour[3] else colour[:3].hex().upper()
