"""What differs between two texts, in pieces that a page can mark."""

from __future__ import annotations

from difflib import SequenceMatcher

from pipelines.publish.pages.reader import Row

_LONGEST = 4_000  # characters compared; SequenceMatcher takes the square of it
_CONTEXT = 24  # characters kept around a difference


def between(change: Row) -> Row:
    """A row of report_changes with ``pieces``: (kind, text), kind being same, old, new or gap."""
    old, new = change["old_raw"] or "", change["new_raw"] or ""
    # a number is shown whole: 805 became 812, not 05 became 12
    prose = change["table_name"] == "sections" and max(len(old), len(new)) <= _LONGEST
    pieces = _pieces(old, new) if prose else [("old", old[:_LONGEST]), ("new", new[:_LONGEST])]
    return {**change, "pieces": pieces}


def _pieces(old: str, new: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces += _shortened(old[a:b])
            continue
        pieces += [(name, text) for name, text in (("old", old[a:b]), ("new", new[c:d])) if text]
    return pieces


def _shortened(text: str) -> list[tuple[str, str]]:
    if len(text) <= 3 * _CONTEXT:
        return [("same", text)]
    return [("same", text[:_CONTEXT]), ("gap", "…"), ("same", text[-_CONTEXT:])]
