"""The style attributes of a page: which of them change what is read, and where those stand.

An editor writes the same dozen hundreds of times, most of the page's bytes, and hardly ever does one say
anything of the text. Each is understood once, and a page of the form is read without those that say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml.etree import _Element as Element


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Style:
    """A look that styles give.

    ``states`` finds each statement of the one property that gives it, so that another statement may undo
    it; None for a look that several properties give, which nothing undoes.
    """

    like: re.Pattern[str]
    states: re.Pattern[str] | None = None
    inherited: bool = False


def _of(name: str, values: str, *, inherited: bool = False) -> Style:
    states = rf"(?<![\w*-])(?:{name})\s*:[^;{{}}]*"
    return Style(_pattern(rf"(?<![\w*-])(?:{values})"), _pattern(states), inherited)


# all that a reader of HTML asks of a style
UNDISPLAYED: Final = _of("display", r"display\s*:\s*(?:none|table-column)")
INVISIBLE: Final = _of(
    "visibility|mso-hide", r"visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", inherited=True
)
COLLAPSED: Final = _pattern(r"visibility\s*:\s*collapse")
AS_BLOCK: Final = _pattern(r"(?<![\w-])display\s*:\s*block")
AS_TABLE: Final = _pattern(r"display\s*:\s*((?:inline-)?table(?:-[a-z-]+)?)")
STRUCK: Final = _of("text-decoration(?:-line)?", r"text-decoration[^;]*line-through")
RAISED: Final = _of("vertical-align", r"vertical-align\s*:\s*(?:super|[1-9][\d.]*(?:px|pt|em|%))")
SHIFTED: Final = Style(
    _pattern(r"mso-text-raise\s*:\s*[1-9]|position\s*:\s*relative[^{}]*(?:top\s*:\s*-|bottom\s*:\s*[1-9])")
)
TRANSPARENT: Final = _of("opacity", r"opacity\s*:\s*0*(?:\.0\d*)?%?\s*(?:;|!|$)")
TINY: Final = _of(
    "font(?:-size)?",
    r"font-size\s*:\s*(?:0+(?:\.0+)?(?:px|pt|em|rem|%)?|(?:1|0*\.\d+)(?:px|pt))\s*(?:;|!|$)"
    r"|font\s*:(?:\s*[a-z-]+)*\s*0(?:px|pt|em)?(?=[\s/])",
    inherited=True,
)
# so small that beside letters of a common size it may be the mark of a note
SMALL: Final = _of(
    "font(?:-size)?",
    r"font-size\s*:\s*(?:0?\.[0-7]\d*r?em|[1-7]?\d(?:\.\d+)?%|(?:\d|1[01])(?:\.\d+)?px|[0-8](?:\.\d+)?pt"
    r"|xx?-small|smaller)\s*(?:;|!|$)",
    inherited=True,
)
FAR_OFF: Final = Style(
    _pattern(r"(?:(?:left|top|text-indent)\s*:|translate[xy]?\(|translate\s*:)\s*-(?:9\d\d|\d{4})")
)
# letters as pale as paper, or of no colour; what is painted behind them may make them seen
WHITE: Final = Style(
    _pattern(
        r"^(?![^{}]*background)[^{}]*(?<![\w-])"
        r"color\s*:\s*(?:#[ef]{3}(?![0-9a-f])|#(?:[ef][0-9a-f]){3}|white|snow|ivory|ghostwhite|transparent"
        r"|#(?:[0-9a-f]{6}[01][0-9a-f]|[0-9a-f]{3}[01])(?![0-9a-f])"
        r"|rgba?\(\s*2[45]\d(?:[\s,]+2[45]\d){2}|rgba\([^)]*,\s*0?(?:\.0\d*)?%?\s*\)"
        r"|rgba?\([^)]*/\s*0?(?:\.0\d*)?%?\s*\)"
        r"|hsla?\([^),\s]+[\s,]+[\d.]+%[\s,]+(?:100|9[4-9]))"
    )
)
# of a colour that no plain text has: of digits that touch those of another one, the ones may be a note's mark
COLOURED: Final = Style(
    _pattern(
        r"(?<![\w-])color\s*:(?!\s*(?:black|windowtext|inherit|initial|unset|auto|currentcolor"
        r"|#[0-5]{3}(?![0-9a-f])|#(?:[0-5][0-9a-f]){3}|rgba?\(\s*\d\d?(?:[\s,]+\d\d?){2}\D))"
        r"\s*([^;!{}\s][^;!{}]*)"
    )
)
CLIPPED: Final = Style(
    _pattern(
        r"clip\s*:\s*rect\((?:\s*[01](?:px)?\s*,?){4}\)"
        r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|(?:circle|ellipse)\(\s*0)"
        r"|transform\s*:[^;]*scale[xy]?\(\s*0\s*[,)]|zoom\s*:\s*0*(?:\.0\d*)?\s*(?:;|!|$)"
        r"|filter\s*:[^;]*opacity\(\s*0*(?:\.0\d*)?%?\s*\)|content-visibility\s*:\s*hidden"
        r"|^(?=[^{}]*overflow\s*:\s*hidden)[^{}]*(?<![\w-])(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:[;!]|$)"
    )
)
# not where the source has it, not in its order, or perhaps hidden
MOVED: Final = Style(
    _pattern(
        r"float\s*:\s*right|flex-(?:direction|flow)\s*:[^;]*reverse|(?<![\w-])order\s*:\s*-?\d"
        r"|position\s*:\s*(?:absolute|fixed|relative[^{}]*(?<![\w-])(?:left|right)\s*:\s*-?[\d.]*[1-9])"
        r"|z-index\s*:\s*-|clip-path\s*:\s*(?!none)|(?:display|visibility|opacity|text-decoration)\s*:\s*var\("
    )
)
TURNED: Final = Style(
    _pattern(
        r"unicode-bidi\s*:[^;]*override"
        r"|transform\s*:[^;]*(?:scalex?\(\s*-|rotate(?:[yz]|3d)?\([^)]*180deg|matrix\(\s*-)"
    )
)
# of letters beside others of their line: they may stand elsewhere, or not be seen at all
SET_APART: Final = Style(
    _pattern(
        r"(?<![\w-])(?:-webkit-text-(?:fill-color|security)|(?:-webkit-)?(?:filter|mask|transform|clip-path)|clip"
        r"|rotate|scale|zoom|overflow|float|content|mix-blend-mode)\s*:"
        r"(?!\s*(?:none|visible|normal|auto|initial|unset|inherit|1(?![\d.])|100%))"
        r"|(?:margin|padding)-(?:left|right)\s*:\s*[1-9]\d|calc\(|gradient\(|url\("
    )
)
# letters in one another's places, or of the colour that is painted behind them
BLURRED: Final = Style(
    _pattern(
        r"letter-spacing\s*:\s*-(?:0?\.[4-9]\d*r?em|[1-9]\d*(?:\.\d+)?r?em|(?:[5-9]|\d\d)[\d.]*p[xt])"
        r"|(?<![\w-])color\s*:\s*([#\w]+)\s*;(?:[^{}]*;)?\s*background(?:-color)?\s*:\s*\1\s*(?:[;!]|$)"
        r"|background(?:-color)?\s*:\s*([#\w]+)\s*;(?:[^{}]*;)?\s*color\s*:\s*\2\s*(?:[;!]|$)"
    )
)
PAINTED: Final = _pattern(r"background[^;]*(?:gradient|url)\(")
# of a paragraph that Word numbers: its number, no part of the text behind it
NUMBERING: Final = _pattern(r"mso-list\s*:\s*ignore")
# of a style sheet: a figure, a sign for none or the value of an attribute, written into an element
WRITES: Final = _pattern(
    r"content\s*:\s*(?:attr\(|[\"'](?:[+-]?\d|[-/—–−]{1,2}[\"']|无|\\0*(?:3\d|2[df]|201[345]|2212|65e0)))"
)
# that line ends of the source are shown as such
KEEPS_LINES: Final = _pattern(r"white-space(?:-collapse)?\s*:\s*(?:pre|break-spaces)")
BACKGROUND: Final = _pattern("background")
BOXES: Final = _pattern(r"display\s*:\s*(?:inline-)?(?:flex|grid|block)|float\s*:|grid-")
_LOOKS: Final = (
    UNDISPLAYED,
    INVISIBLE,
    STRUCK,
    RAISED,
    SHIFTED,
    TRANSPARENT,
    TINY,
    SMALL,
    FAR_OFF,
    CLIPPED,
    WHITE,
)
_TELLING: Final = (
    *(look.like for look in _LOOKS),
    COLLAPSED,
    AS_TABLE,
    BOXES,
    BACKGROUND,
    COLOURED.like,
    MOVED.like,
    TURNED.like,
    BLURRED.like,
    SET_APART.like,
    NUMBERING,
    KEEPS_LINES,
)

# what changes the text of an element, or what is around it
_PRINTING: Final = (
    *(look.like for look in _LOOKS if look is not SMALL),
    INVISIBLE.states,
    COLLAPSED,
    AS_TABLE,
    BOXES,
    MOVED.like,
    TURNED.like,
    BLURRED.like,
    NUMBERING,
    WRITES,
)

_STRIKING: Final = (b"<s ", b"<del ", b"<strike ")
_USUAL: Final = 400  # bytes; a longer style is worth no memory
# a style attribute as editors write it, with nothing in its value that stands for another character
_PLAIN = re.compile(rb' style="([^"<>&]{0,%d})"(?=[\s/>])' % _USUAL)
# from the end of a tag to the end of an attribute in the next one, all quotation marks in pairs
_IN_TAG = re.compile(
    rb">[^<>]*+<[a-zA-Z][^\s\"'<>=]*+(?:\s+[^\s\"'<>=]++(?:=(?:\"[^\"<>]*+\"|[^\s\"'<>=]++))?+)*+\s*+"
)
# whatever may be the value of such an attribute, its last bytes cut off where it is long; in lower case
_VALUE = re.compile(rb"style\s*+=\s*+(?=(\"[^\"]{0,%d}|'[^']{0,%d}|[^\s\"'>][^\s>]{0,%d}))" % ((_USUAL,) * 3))


def without_untelling(source: bytes, sheets: str) -> bytes:
    """The source of a page without the style attributes that change nothing of what is read.

    ``sheets``: the page's own style sheets, whose rules such an attribute may undo. The source as it is
    where one of them may be anything else than an attribute of a tag.
    """
    pieces = _PLAIN.split(source)
    if not all(map(_IN_TAG.fullmatch, {piece[piece.rfind(b">") :] for piece in set(pieces[:-1:2])})):
        return source
    styles = set(pieces[1::2])
    kept = {style for style in styles if _is_telling(style)}
    undone = {look for text in (sheets, *map(_text, kept)) if text for look in _undoable(text)}
    if any(tag in source for tag in _STRIKING):
        undone.add(STRUCK)
    kept |= {style for style in styles for look in undone if look.states and look.states.search(_text(style))}
    pieces[1::2] = [b' style="%b"' % style if style in kept else b"" for style in pieces[1::2]]
    return b"".join(pieces)


@lru_cache(maxsize=256)
def _undoable(styles: str) -> tuple[Style, ...]:
    """The looks that a style gives, or style sheets, and another statement may undo."""
    texts = styles.split("}")
    return tuple(look for look in _LOOKS if look.states and any(map(look.like.search, texts)))


@lru_cache(maxsize=2048)
def is_silent(style: str) -> bool:
    """Whether a style says nothing of what an element prints, nor takes back what one around it says.

    That its letters are small or coloured is a matter of those beside them.
    """
    return not any(pattern.search(style) for pattern in _PRINTING if pattern)


class Styles:
    """The style attributes in a tree, which is walked only where one of them matters.

    ``source`` is what the tree was made of, in lower case: it tells first which styles there may be.
    """

    def __init__(self, root: Element, source: bytes) -> None:
        self._root = root
        self._stated = set(_VALUE.findall(source))
        self._elements: dict[str, list[Element]] | None = None

    def like(self, pattern: re.Pattern[str]) -> Iterator[Element]:
        """The elements in whose style ``pattern`` is found, one style after the other."""
        if any(_may_be(style, pattern) for style in self._stated):
            for style, elements in self._by_style().items():
                if _is_like(style, pattern):
                    yield from elements

    def tree_changed(self) -> None:
        """Elements were taken out of the tree."""
        self._elements = None

    def _by_style(self) -> dict[str, list[Element]]:
        if self._elements is None:
            self._elements = {}
            for element in self._root.iter():
                style = element.get("style")
                if style:
                    self._elements.setdefault(style, []).append(element)
        return self._elements


@lru_cache(maxsize=4096)
def _is_like(style: str, pattern: re.Pattern[str]) -> bool:
    return pattern.search(style) is not None


@lru_cache(maxsize=1024)
def _is_telling(style: bytes) -> bool:
    return any(pattern.search(_text(style)) for pattern in _TELLING)


def _text(style: bytes) -> str:
    return style.decode("utf-8", "replace")


@lru_cache(maxsize=2048)
def _may_be(style: bytes, pattern: re.Pattern[str]) -> bool:
    """Whether ``pattern`` is found in a style as the source writes it; true where that can't be told."""
    return len(style) > _USUAL or b"&" in style or pattern.search(_text(style.strip(b"\"'"))) is not None
