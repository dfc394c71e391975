"""The fields of WordprocessingML: of each a reader sees the result, and never what it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.parse.read.runs import W
from pipelines.parse.records import UNREAD

Element = etree._Element

# shown as their instruction says, with no result in the file
_DRAWN: Final = frozenset({"EQ", "SYMBOL", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "LISTNUM", "FORMDROPDOWN"})
_BUTTONS: Final = frozenset({"MACROBUTTON", "GOTOBUTTON"})
# those that a program which never computed them has left without a result
_COMPUTED: Final = frozenset(
    {"=", "DOCPROPERTY", "DOCVARIABLE", "MERGEFIELD", "REF", "QUOTE", "IF", "COMPARE"}
)
_WORDS_OF_BUTTON: Final = 2  # its kind and what it does; the rest is written on it


@dataclass(slots=True)
class _Field:
    """A field that has begun: its instruction, whether that is still being read, and whether text was seen
    in its result, or kept back in its instruction.
    """

    instruction: str = ""
    instructs: bool = True
    filled: bool = False
    kept_back: bool = False


class Fields:
    """The fields that are open where a walk through a document stands."""

    def __init__(self) -> None:
        self._open: list[_Field] = []

    @property
    def are_open(self) -> bool:
        """Whether what stands here is of a field."""
        return bool(self._open)

    def seen(self, text: str) -> str:
        """What a reader sees of a text that stands here."""
        if not self._open or not text:
            return text
        hides = any(field.instructs for field in self._open)
        for field in self._open:
            field.filled |= not hides
            field.kept_back |= hides
        return "" if hides else text

    def instruct(self, text: str) -> None:
        """Take in a piece of the innermost field's instruction."""
        if self._open:
            self._open[-1].instruction += text

    def begin(self, shown: str = "") -> str:
        """Begin a field; ``shown`` is what it shows whatever its result."""
        entry = self.seen(shown)
        self._open.append(_Field(filled=bool(shown)))
        return entry

    def separate(self) -> None:
        """Go on from the innermost field's instruction to its result."""
        if self._open:
            self._open[-1].instructs = False

    def end(self) -> str:
        """End the innermost field; what is seen of it where it has no result."""
        if not self._open:
            return ""
        field = self._open.pop()
        return "" if field.filled else self.seen(instead_of_result(field.instruction, field.instructs))

    def turn(self, mark: Element) -> str:
        """Begin a field, go on to its result or end it, as a mark says; what is seen instead of a result."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            return self.begin(_chosen_entry(mark))
        if kind == "separate":
            self.separate()
        return self.end() if kind == "end" else ""

    def close(self) -> str:
        """End all fields where they can go on no further; a sign where that has kept text back."""
        lost = any(field.instructs and field.kept_back for field in self._open)
        self._open.clear()
        return UNREAD if lost else ""


def simple_field(element: Element, result: str) -> str:
    """What is seen of a field in one element."""
    return result or instead_of_result(element.get(f"{W}instr", ""), True)


def instead_of_result(instruction: str, never_computed: bool) -> str:
    """What is seen of a field without a result."""
    words = instruction.split(None, _WORDS_OF_BUTTON)
    kind = words[0].upper() if words else ""
    kind = "=" if kind.startswith("=") else kind
    if kind in _BUTTONS:
        return words[-1] if len(words) > _WORDS_OF_BUTTON else ""
    return UNREAD if kind in _DRAWN or (never_computed and kind in _COMPUTED) else ""


def _chosen_entry(field: Element) -> str:
    """The entry that a drop-down list shows; nothing for other fields, whose results are text."""
    entries = [e.get(f"{W}val", "") for e in field.iter(f"{W}listEntry")]
    chosen = field.find(f"{W}ffData/{W}ddList/{W}result")
    number = chosen.get(f"{W}val", "") if chosen is not None else "0"
    return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""
