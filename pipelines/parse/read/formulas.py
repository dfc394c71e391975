"""Formulas of WordprocessingML in a line of text, so that no figure comes out of their pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from pipelines.parse.records import UNREAD

Element = etree._Element

MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# what stands between the parts of a formula: 1/2 is not 12, and 5^2 not 52
_BETWEEN: Final = {
    MATH + "f": "/",
    MATH + "sSup": "^",
    MATH + "sSub": "_",
    MATH + "sSubSup": "^",
    MATH + "sPre": "^",
    MATH + "limLow": "_",
    MATH + "limUpp": "^",
    MATH + "m": ";",
    MATH + "eqArr": ";",
}
# what no line of text shows: signs drawn around, over or through a part, parts that are not shown
_DRAWN: Final = frozenset(
    MATH + name for name in ("acc", "bar", "borderBox", "d", "func", "groupChr", "nary", "phant", "rad")
)
_PROPERTIES: Final = "Pr"


def math_text(element: Element, text_of: Callable[[Element], str]) -> str:
    """A structure of a formula in a line; ``text_of`` gives the text of one of its parts."""
    if element.tag in _DRAWN:
        return text_of(element) + UNREAD
    between = _BETWEEN.get(str(element.tag))
    if between is None:
        return text_of(element)
    parts = [e for e in element if isinstance(e.tag, str) and not e.tag.endswith(_PROPERTIES)]
    return between.join(text_of(part) for part in parts)
