"""Formulas and fields of WordprocessingML in a line of text, so that no figure comes out of their pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from pipelines.parse.read.runs import W

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
_PROPERTIES: Final = "Pr"


def math_text(element: Element, text_of: Callable[[Element], str]) -> str:
    """A structure of a formula in a line; ``text_of`` gives the text of one of its parts."""
    between = _BETWEEN.get(str(element.tag))
    if between is None:
        return text_of(element)
    parts = [e for e in element if isinstance(e.tag, str) and not e.tag.endswith(_PROPERTIES)]
    return between.join(text_of(part) for part in parts)


def chosen_entry(field: Element) -> str:
    """The entry that a drop-down list shows; nothing for other fields, whose results are text."""
    entries = [e.get(W + "val", "") for e in field.iter(W + "listEntry")]
    chosen = field.find(f"{W}ffData/{W}ddList/{W}result")
    number = chosen.get(W + "val", "") if chosen is not None else "0"
    return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""


def lacks_result(paragraph: Element) -> bool:
    """Whether a paragraph holds a formula that was never computed: a figure is due that is not there."""
    instruction, computed = "", False
    for element in paragraph.iter(W + "fldChar", W + "instrText"):
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            instruction, computed = "", False
        elif kind == "end" and instruction.strip().startswith("=") and not computed:
            return True
        computed |= kind == "separate"
        instruction += (element.text or "") if kind is None else ""
    simple = (e.get(W + "instr", "") for e in paragraph.iter(W + "fldSimple"))
    return any(instruction.strip().startswith("=") for instruction in simple)
