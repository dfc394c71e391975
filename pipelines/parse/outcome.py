"""How much of a report was read, ``reports.state`` (docs/codebook.md), and which tables it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pipelines.parse.records import OTHER, Cell, Issue, Section, State, TableState
from pipelines.parse.template import SECTION_OF

SETTLED: Final = (TableState.TABLE, TableState.STATED_NONE)
_BEGINNING: Final = 30  # characters of a section's text that an issue shows
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


def missing_tables(states: Mapping[str, TableState], texts: Iterable[Section]) -> tuple[Issue, ...]:
    """An issue for each official section without its table, with what stands there instead."""
    missing = {SECTION_OF[table] for table, state in states.items() if state is TableState.MISSING}
    return tuple(
        Issue("table_missing", "warning", _without_table(text.number, text.text))
        for text in texts
        if text.number in missing
    )


def _without_table(number: int, text: str) -> str:
    said = " ".join(text.split())[:_BEGINNING] or "没有文字，或为图片 no text, a picture maybe"
    return f"第 {number} 部分没有读到表格：{said} / no table was found in section {number}"
