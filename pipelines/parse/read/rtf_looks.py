"""RTF as it looks: without what is struck out or hidden, and digits that nobody can tell marked as such."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from pipelines.parse.read.fields import instead_of_result
from pipelines.parse.read.looks import (
    PAPER,
    Look,
    are_alike,
    are_of_two_sizes,
    are_too_small,
    as_shown,
    behind_digit,
    is_of_signs,
    look_of,
    sign,
)
from pipelines.parse.records import UNREAD

_TOKEN = re.compile(rb"[{}]|\\([a-zA-Z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[^\\{}]+", re.DOTALL)
_COLOURS = re.compile(rb"\{\\colortbl([^{}]*)\}")
_COLOUR = re.compile(rb"\\red(\d+)\\green(\d+)\\blue(\d+)")
_FONT = re.compile(rb"\\f(\d+)(?:\\[a-z]+-?\d* ?|\{[^{}]*\})*\s*([A-Za-z][^;\\{}]*)")
_USUAL_SIZE: Final = 24  # half points
# a file without these words, with letters of one size and no light colours, holds nothing to look at
_WORTH_IT = re.compile(
    rb"\\(?:striked?|v|super|sub|up\d+|dn\d+|charscalex\d|deleted|mvf|fldinst|pict|object|moMath|listtext|pntext"
    rb"|upr|u-(?:3[89]|40)\d\d|u61[4-6]\d\d|chcbpat\d+|highlight\d+)(?![a-zA-Z])"
    rb"|\\fs[0-9](?!\d)|\\red2[2-5]\d\\green2[2-5]\d\\blue2|[Ww]ingdings|[Ww]ebdings"
)
_SIZE = re.compile(rb"\\fs(\d+)")
_SIGN = re.compile(rb"\\u(-(?:3[89]|40)\d\d|61[4-6]\d\d)(?!\d)")
# words that change how letters look and say nothing else
_SWITCHES: Final = {
    b"strike": "struck",
    b"striked": "struck",
    b"v": "hidden",
    b"deleted": "deleted",
    b"mvf": "deleted",
    b"super": "raised",
    b"sub": "lowered",
}
_MEASURES: Final = {b"cf": "colour", b"chcbpat": "behind", b"highlight": "behind", b"cb": "behind",
                    b"fs": "size", b"f": "font", b"charscalex": "width", b"uc": "instead"}  # fmt: skip
_MOVES: Final = {b"up": 1, b"dn": -1}
_USUAL_MOVE: Final = 6
# words that stand for text
_SAYS: Final = frozenset({b"u", b"emdash", b"endash"})
# groups whose text stands elsewhere, or is none
_ELSEWHERE: Final = frozenset(
    {b"pict", b"fldinst", b"fonttbl", b"colortbl", b"stylesheet", b"info", b"header", b"footer", b"footnote"}
)
_DRAWN: Final = frozenset({b"pict", b"object", b"moMath"})
_NUMBERS: Final = frozenset({b"listtext", b"pntext"})
_ENDS: Final = frozenset({b"par", b"line", b"tab", b"sect", b"page", b"cell", b"nestcell", b"row"})


@dataclass(slots=True)
class _Field:
    outer: _Field | None
    instruction: str = ""
    filled: bool = False


@dataclass(slots=True)
class _State:
    """What holds for the text of a group."""

    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    raised: bool = False
    lowered: bool = False
    colour: int = 0
    behind: int = 0
    size: int = _USUAL_SIZE
    width: int = 100
    position: int = 0
    font: int = 0
    field: _Field | None = None
    elsewhere: bool = False
    number: bool = False
    instead: int = 1  # characters that stand behind one of Unicode, for readers that know none


@dataclass(slots=True)
class _Row:
    """The cells of the row that the walk is in: their shades, and what the one now met has shown."""

    shades: list[int] = field(default_factory=list)
    shade: int = 0
    at: int = 0
    inside: bool = False
    filled: bool = False
    # what may be its figure
    drawn: bool = False
    numbered: bool = False


def with_looks(content: bytes) -> bytes:
    """``content`` without the text that nobody sees; marks and structure stay."""
    sizes = [int(size) for size in _SIZE.findall(content) if len(size) < 4] or [_USUAL_SIZE]
    if not _WORTH_IT.search(content) and not are_of_two_sizes(min(sizes), max(sizes)):
        return content
    return _Walk(content).walked(content)


class _Walk:
    def __init__(self, content: bytes) -> None:
        self._colours = _colours(content)
        self._signs = {
            int(n) for n, name in _FONT.findall(content) if is_of_signs(name.decode("latin-1").lower())
        }
        self._stack: list[_State] = []
        self._state = _State()
        self._row = _Row()
        self._paragraph = 0  # the shade of the paragraph
        self._digit: _State | None = None  # what held for the digit with which the text so far ends
        self._stand_ins = 0  # characters to come that stand for the one of Unicode before
        self._with_them = True  # whether they stay

    def walked(self, content: bytes) -> bytes:
        kept: list[bytes] = []
        open_word = False  # what was kept ends with a control word, and nothing that ends the word
        for token in _TOKEN.finditer(content):
            raw, word = token[0], token[1]
            self._stand_ins = 0 if word or raw in b"{}" else self._stand_ins
            if raw == b"{":
                self._stack.append(self._state)
                self._state = copy(self._state)
            elif raw == b"}":
                raw += self._leave()
            elif word and word not in _SAYS:
                raw = self._word(raw, word, token[2])
            elif raw == b"\\*":
                self._state.elsewhere = True
            elif word == b"u":
                raw = self._letter(raw, int(token[2] or 0))
            elif word:
                raw = self._text(raw)
            elif raw[:1] != b"\\" or raw[:2] == b"\\'":
                raw = self._characters(raw)
            raw = b" " + raw if open_word and (not raw or raw[:1].isalnum()) else raw
            open_word = bool(word) and raw[:1] in b"\\{" and raw[-1:] not in b" }" if raw else open_word
            kept.append(raw)
        return b"".join(kept)

    def _leave(self) -> bytes:
        """End a group; what a field shows that has no result."""
        ended, self._state = self._state.field, self._stack.pop() if self._stack else self._state
        if ended is None or ended is self._state.field or ended.filled:
            return b""
        self._row.drawn |= ended.instruction.split(None, 1)[:1] == ["SHAPE"]
        shown = instead_of_result(ended.instruction, True)
        return self._text(shown.encode("latin-1", "replace")) if shown.isascii() else self._doubt()

    def _doubt(self) -> bytes:
        self._row.filled = True
        return b"" if self._state.elsewhere else _encoded(UNREAD)

    def _word(self, raw: bytes, word: bytes, number: bytes | None) -> bytes:
        """Let a control word change what follows; what is kept of it."""
        value = int(number) if number else None
        state, row = self._state, self._row
        if word in _SWITCHES:
            setattr(state, _SWITCHES[word], value is None or value > 0)
            return b""
        if word in _MOVES:
            state.position = _MOVES[word] * (_USUAL_MOVE if value is None else value)
            return b""
        if word in _MEASURES:
            setattr(state, _MEASURES[word], value or 0)
        elif word == b"plain":
            self._state = _State(
                field=state.field, elsewhere=state.elsewhere, number=state.number, instead=state.instead
            )
        elif word == b"nosupersub":
            state.raised = state.lowered = False
        elif word == b"field":
            state.field = _Field(state.field)
        elif word == b"upr":  # what follows is for readers of today in another group
            return b""
        elif word in (b"pard", b"intbl") and not state.number:
            row.inside = word == b"intbl"
            self._paragraph = self._paragraph if row.inside else 0
        elif word == b"cbpat":
            self._paragraph = value or 0
        elif word in (b"trowd", b"clcbpat", b"cellx", b"cell", b"row"):
            raw = self._cell(raw, word, value or 0)
        state.elsewhere |= word in _ELSEWHERE
        state.number |= word in _NUMBERS
        row.drawn |= word in _DRAWN
        self._digit = None if word in _ENDS else self._digit
        return raw

    def _cell(self, raw: bytes, word: bytes, value: int) -> bytes:
        """Go on in a row; a cell that ends with nothing but what may be its figure gets a sign of that."""
        row = self._row
        if word == b"trowd" and not row.at:
            row.shades = []
        elif word == b"clcbpat":
            row.shade = value
        elif word == b"cellx":
            row.shades.append(row.shade)
            row.shade = 0
        elif word == b"cell":
            lost = (row.drawn or row.numbered) and not row.filled
            row.at, row.filled, row.drawn, row.numbered = row.at + 1, False, False, False
            return _encoded(UNREAD) + raw if lost else raw
        elif word == b"row":
            row.at = 0
        return raw

    def _letter(self, raw: bytes, code: int) -> bytes:
        """A character of Unicode as it looks; those that stand for it stay only where it does so itself."""
        char = chr(code % 0x10000)
        digit = b"%d" % int(char) if char.isdecimal() else raw
        shown = self._text(digit)
        shown = raw if shown == digit else shown
        self._stand_ins, self._with_them = self._state.instead, shown.startswith(b"\\")
        return shown

    def _characters(self, raw: bytes) -> bytes:
        """Characters as they look, the first of which may stand for one of Unicode."""
        count = min(self._stand_ins, 1 if raw[:1] == b"\\" else len(raw))
        self._stand_ins -= count
        first, rest = (raw, b"") if count and raw[:1] == b"\\" else (raw[:count], raw[count:])
        return (first if self._with_them else b"") + (self._text(rest) if rest else b"")

    def _text(self, raw: bytes) -> bytes:
        """A piece of text as it looks."""
        state, row = self._state, self._row
        if state.elsewhere:
            if state.field:
                state.field.instruction += raw.decode("latin-1")
            return raw
        raw = bytes([int(raw[2:], 16)]) if raw[:3] == b"\\'3" and raw[3:].isdigit() else raw
        raw = _SIGN.sub(_sign, raw)
        begin = len(raw) - len(raw.lstrip(b"\r\n"))  # the end of a line may end a word, and says nothing else
        shown = _shown(raw[begin:].translate(None, b"\r\n"), self._look())
        if shown.strip() and state.number:
            row.numbered |= row.inside
        elif shown.strip():
            self._fill()
            shown = self._set_apart(shown)
            row.filled = True
        return raw[:begin] + shown

    def _fill(self) -> None:
        """Note that the fields that are open have a result."""
        open_field = self._state.field
        while open_field:
            open_field.filled = True
            open_field = open_field.outer

    def _set_apart(self, shown: bytes) -> bytes:
        """Text whose digits may be another figure than those right before them, or than a list's number.

        In a table a field may be the mark of a note, or part of the figure.
        """
        before, state = self._digit, self._state
        ends = shown[-1:].isdigit() and shown[:1] != b"\\"
        self._digit = copy(state) if ends else None
        if before and shown[:1].isdigit():
            if before.position != state.position or are_of_two_sizes(before.size, state.size):
                return _encoded(behind_digit(shown.decode("latin-1"), state.size <= before.size))
            of_one = not self._row.inside or (before.field is None) == (state.field is None)
            return shown if of_one else _encoded(UNREAD) + shown
        numbered = self._row.inside and self._row.numbered and not self._row.filled
        return _encoded(UNREAD) + shown if numbered and shown.lstrip()[:1].isdigit() else shown

    def _look(self) -> Look:
        state, row = self._state, self._row
        shade = row.shades[row.at] if row.inside and row.at < len(row.shades) else 0
        behind = self._colour(state.behind or self._paragraph or shade) or PAPER
        unseen = are_too_small(state.size / 2, state.width) or state.font in self._signs
        return look_of(
            hidden=state.hidden or state.deleted,
            struck=state.struck,
            white=unseen or are_alike(self._colour(state.colour), behind),
            raised=state.raised,
            lowered=state.lowered,
        )

    def _colour(self, number: int) -> str:
        return self._colours[number] if 0 < number < len(self._colours) else ""


def _colours(content: bytes) -> list[str]:
    """The colours of a document by their number as RRGGBB, "" for that of the reader."""
    table = _COLOURS.search(content)
    found = (_COLOUR.search(entry) for entry in (table[1].split(b";") if table else ()))
    return [
        "".join(f"{min(int(part), 255):02X}" for part in parts.groups()) if parts else "" for parts in found
    ]


def _sign(found: re.Match[bytes]) -> bytes:
    """A sign of a font of signs (U+F000 to U+F0FF) as the shape that it stands for."""
    code = int(found[1]) % 0x10000
    if not 0xF000 <= code <= 0xF0FF:
        return found[0]
    code = ord(sign(code, ""))
    return b"\\u%d" % (code - 0x10000 if code > 0x7FFF else code)


def _shown(raw: bytes, look: Look) -> bytes:
    if look is Look.PLAIN:
        return raw
    if raw[:1] == b"\\":  # a letter beyond ASCII: no digit, but perhaps unseen
        return b"" if look in (Look.HIDDEN, Look.STRUCK) else raw
    return _encoded(as_shown(raw.decode("latin-1"), look))


def _encoded(text: str) -> bytes:
    codes = (ord(char) for char in text)
    return b"".join(
        bytes([code]) if code < 128 else b"{\\uc0\\u%d}" % (code - 0x10000 if code > 0x7FFF else code)
        for code in codes
    )
