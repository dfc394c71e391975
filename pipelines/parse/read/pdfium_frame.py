"""Where on a page of a PDF, as it is shown, a point stands that the file names."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.parse.records import Box

Point = tuple[float, float]


class Frame(NamedTuple):
    """Turns PDF user space into an upright page with its origin at the top left."""

    box: Box
    quarters: int

    @property
    def size(self) -> Point:
        """Width and height of the upright page."""
        left, bottom, right, top = self.box
        size = (right - left, top - bottom)
        return size if self.quarters % 2 == 0 else (size[1], size[0])

    def point(self, x: float, y: float) -> Point:
        """Where a point of user space stands on the upright page."""
        left, bottom, right, top = self.box
        if self.quarters == 0:
            return x - left, top - y
        if self.quarters == 1:
            return y - bottom, x - left
        if self.quarters == 2:
            return right - x, y - bottom
        return top - y, right - x

    def rectangle(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """Where a rectangle of user space stands on the upright page."""
        if self.quarters == 0 and x0 <= x1 and y0 <= y1:  # nearly all
            return x0 - self.box[0], self.box[3] - y1, x1 - self.box[0], self.box[3] - y0
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


class Matrix(NamedTuple):
    """A transformation as PDF writes it."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def point(self, x: float, y: float) -> Point:
        """Where a point comes to stand."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: Matrix) -> Matrix:
        """The matrix that applies ``inner`` first, then this one."""
        if self == UNMOVED:  # what stands in no form
            return inner
        a, b, c, d, e, f = inner
        return Matrix(
            a * self.a + b * self.c,
            a * self.b + b * self.d,
            c * self.a + d * self.c,
            c * self.b + d * self.d,
            e * self.a + f * self.c + self.e,
            e * self.b + f * self.d + self.f,
        )


UNMOVED = Matrix()
