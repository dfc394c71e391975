"""Texts of a CSV file that a spreadsheet would run as formulas are defused with a leading apostrophe."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
# a number, or signs alone (the dash of an empty cell): nothing in them can be run
_HARMLESS: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|\W+")


def defused(cell: str) -> str:
    """``cell`` as it may stand in a CSV file: what begins like a formula quoted, all else as it is."""
    return f"'{cell}" if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell) else cell
