"""How much of a report was read: ``reports.state`` (docs/codebook.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pipelines.parse.records import OTHER, Cell, Section, State, TableState

SETTLED: Final = (TableState.TABLE, TableState.STATED_NONE)
_PROSE: Final = 100  # characters: less, and no section, is a title and links to what could not be read


def report_state(states: Mapping[str, TableState], cells: Iterable[Cell], texts: Iterable[Section]) -> str:
    """complete, partial, text_only or unreadable. ``states`` are those of the three official tables."""
    official = {cell.state for cell in cells if not cell.table_name.startswith(OTHER)}
    if all(state in SETTLED for state in states.values()):
        return "partial" if State.UNREADABLE in official else "complete"
    if State.NUMBER in official or TableState.TABLE in states.values():
        return "partial"
    texts = tuple(texts)
    headed = any(text.number and text.text.strip() for text in texts)
    prose = sum(len("".join(text.text.split())) for text in texts)
    return "text_only" if headed or prose >= _PROSE else "unreadable"
