"""Text with tabs of tables that have lost labels or values on the way."""

from __future__ import annotations

from dataclasses import replace

from samples.render.damage import DAMAGES, Damage
from samples.render.layout import Layout
from samples.render.text_tabs import document
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="/", thousands=True, money="yuan"))


def _layout(damage: Damage) -> Layout:
    def render(report: Report) -> bytes:
        return document(report.title, damage.parts(report))

    layout = Layout(f"text_{damage.name}", "txt", "text/plain", render, None, _HABITS)
    return replace(layout, unknowable=damage.unknowable)


LAYOUTS = tuple(map(_layout, DAMAGES))
