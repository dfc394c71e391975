"""The objects on the pages of an OFD: which are shown, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from pipelines.parse.records import Box

Element = etree._Element
Matrix = tuple[float, float, float, float, float, float]

POINTS: Final = 72 / 25.4  # OFD measures in millimetres
_PLAIN: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")


def kind_of(element: Element) -> str:
    """The name of an element, whatever its name space; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(root: Element, name: str) -> Iterator[Element]:
    """The elements of a name below a root, it among them."""
    return (e for e in root.iter() if kind_of(e) == name)


def shown(root: Element, name: str) -> Iterator[Element]:
    """The same, but for those that say that they are not seen."""
    return (e for e in named(root, name) if e.get("Visible", "true").lower() != "false")


def own(element: Element, name: str) -> Element | None:
    """The first element of a name right in another one."""
    return next((e for e in element if kind_of(e) == name), None)


def placed(element: Element, name: str) -> Iterator[tuple[Element, Matrix]]:
    """The objects of a kind that are shown, each with the matrix from its own to the page's millimetres."""
    return ((child, after(outer, own_matrix(child))) for child, outer in standing(element, name))


def standing(element: Element, name: str, outer: Matrix = _PLAIN) -> Iterator[tuple[Element, Matrix]]:
    """The objects of a kind that are shown, each with the matrix from where it stands to the page."""
    for child in element:
        if not isinstance(child.tag, str) or child.get("Visible", "true").lower() == "false":
            continue
        kind = kind_of(child)
        if kind == name:
            yield child, outer
        elif kind == "CompositeObject":
            yield from standing(child, name, after(outer, own_matrix(child)))
        elif len(child):
            yield from standing(child, name, outer)


def number_in(text: str | None, default: float) -> float:
    """A number, ``default`` where none is printed: writers leave them out and make mistakes."""
    found = floats(text)
    return found[0] if found else default


def floats(text: str | None) -> list[float]:
    """The numbers in a text."""
    return [float(token) for token in (text or "").split() if re.fullmatch(r"-?\d*\.?\d+", token)]


def own_matrix(element: Element) -> Matrix:
    """From an object's own space to that around it: its transformation, then the corner of its boundary."""
    box, matrix = floats(element.get("Boundary")), floats(element.get("CTM"))
    left, top = box[:2] if len(box) == 4 else (0.0, 0.0)
    a, b, c, d, e, f = matrix if len(matrix) == 6 else _PLAIN
    return a, b, c, d, e + left, f + top


def after(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that applies ``inner`` first, then ``outer``."""
    a, b, c, d, e, f = inner
    (ax, ay), (bx, by) = _vector(outer, a, b), _vector(outer, c, d)
    return ax, ay, bx, by, *moved(outer, e, f)


def _vector(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, _, _ = matrix
    return a * x + c * y, b * x + d * y


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a matrix puts a point."""
    dx, dy = _vector(matrix, x, y)
    return dx + matrix[4], dy + matrix[5]


def corners(data: str) -> Iterator[tuple[float, float]]:
    """The points of a path; a new subpath is told by a point that is not a number."""
    tokens = _TOKEN.findall(data)
    start: tuple[float, float] | None = None
    i = 0
    while i < len(tokens):
        command = tokens[i]
        i += 1
        if (
            command in "SML"
            and i + 1 < len(tokens)
            and not tokens[i].isalpha()
            and not tokens[i + 1].isalpha()
        ):
            point = (float(tokens[i]), float(tokens[i + 1]))
            i += 2
            if command != "L":
                start = point
                yield (float("nan"), float("nan"))
            yield point
        elif command == "C" and start is not None:
            yield start


def hull(points: Iterable[tuple[float, float]]) -> Box | None:
    """The box around points; None where there are none."""
    xs, ys = zip(*points, strict=True) if (points := list(points)) else ((), ())
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def boundary(element: Element, outer: Matrix) -> Box | None:
    """Where an object says that it stands, in points of the page; None where it does not say so."""
    box = floats(element.get("Boundary"))
    if len(box) != 4:
        return None
    x, y, width, height = box
    ends = (moved(outer, *end) for end in ((x, y), (x + width, y + height)))
    return hull((a * POINTS, b * POINTS) for a, b in ends)
