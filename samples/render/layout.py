"""What a layout is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from samples.forms import Key
from samples.report import Habit, Report

#: the fragments of a report's body in markup: one for each section, the preamble first
Body = Callable[[Report], list[str]]


def nothing(_: Report) -> frozenset[Key]:
    """What can't be known where a layout destroys nothing."""
    return frozenset()


@dataclass(frozen=True)
class Layout:
    """``render`` gives a document of its own; ``body``, for markup, the fragments a site puts into its pages.

    ``habits`` are the ways of printing cells that authors using this layout have.
    ``unknowable`` are the cells whose row or column nobody can tell from the document any more:
    the right reading of them is a flag.
    """

    name: str
    suffix: str
    media_type: str
    render: Callable[[Report], bytes]
    body: Body | None = None
    habits: tuple[Habit, ...] = (Habit(),)
    unknowable: Callable[[Report], frozenset[Key]] = nothing


def html_layout(name: str, body: Body, habits: tuple[Habit, ...]) -> Layout:
    """A layout in markup whose document of its own is a bare page around ``body``."""

    def render(report: Report) -> bytes:
        title = escape(report.title)
        head = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>'
        return f"{head}<body><h1>{title}</h1>\n{''.join(body(report))}\n</body></html>".encode()

    return Layout(name, "html", "text/html", render, body, habits)
