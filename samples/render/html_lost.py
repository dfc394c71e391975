"""HTML with what editors and converters lose of a table."""

from __future__ import annotations

from dataclasses import replace

from samples.render.damage import DAMAGES, Damage
from samples.render.layout import Layout, html_layout
from samples.render.markup import fragments
from samples.report import Habit

_HABITS = (Habit(), Habit(zero="-", thousands=True, money="yuan"))


def _layout(damage: Damage) -> Layout:
    plain = html_layout(f"html_{damage.name}", lambda report: fragments(damage.parts(report)), _HABITS)
    return replace(plain, unknowable=damage.unknowable)


LAYOUTS = tuple(map(_layout, DAMAGES))
