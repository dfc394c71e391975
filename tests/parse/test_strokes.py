"""A slash and a dash in a cell are told from every 1 by their shape, sharp or blurred."""

import pytest

np = pytest.importorskip("numpy")
cv2 = pytest.importorskip("cv2")

from pipelines.parse.read import strokes  # noqa: E402
from pipelines.parse.read.upright import dark_of  # noqa: E402

UNIT = 200 / 72
# strokes in a square of 20: each a line from x, y to x, y
SHAPES = {
    "slash": [(7, 20, 13, 0)],
    "steep slash": [(8, 20, 13, 0)],
    "flat slash": [(2, 18, 18, 2)],
    "dash": [(4, 10, 16, 10)],
    "upright 1": [(10, 20, 10, 0), (10, 0, 6, 4)],
    "1 with a foot": [(10, 20, 10, 0), (10, 0, 6, 4), (6, 20, 14, 20)],
    "italic 1": [(7, 20, 13, 0), (13, 0, 8, 4)],
    "7": [(7, 20, 14, 0), (14, 0, 4, 0)],
    "bare upright stroke": [(10, 20, 10, 0)],
    "backslash": [(7, 0, 13, 20)],
    "short dash": [(9, 10, 12, 10)],
    "two slashes": [(4, 20, 10, 0), (12, 20, 18, 0)],
}
EXPECTED = {"slash": "/", "steep slash": "/", "flat slash": "/", "dash": "-"}


def printed(lines, blur, grain):
    cell = np.full((60, 120, 3), 255, np.uint8)
    for x0, y0, x1, y1 in lines:
        cv2.line(cell, (50 + x0, 20 + y0), (50 + x1, 20 + y1), (20, 20, 20), 2, cv2.LINE_AA)
    cell = cv2.GaussianBlur(cell, (0, 0), blur)
    noise = np.random.default_rng(1).normal(0, grain, cell.shape[:2])[:, :, None]
    return dark_of((cell * 0.9 + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("how", [(0.3, 0.0), (0.8, 3.0), (1.0, 2.0)])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_mark_is_told_by_its_shape(shape, how):
    assert strokes.mark_of(printed(SHAPES[shape], *how), UNIT) == EXPECTED.get(shape, "")


def test_only_an_upright_1_does_not_lean():
    lean = {name for name, lines in SHAPES.items() if strokes.leans(printed(lines, 0.3, 0.0))}
    assert {"slash", "italic 1", "short dash"} <= lean
    assert not {"upright 1", "1 with a foot"} & lean


def test_a_speck_beside_it_does_not_hide_a_slash_and_an_empty_cell_has_no_mark():
    assert strokes.mark_of(printed([*SHAPES["slash"], (30, 5, 30, 6)], 0.3, 0.0), UNIT) == "/"
    assert strokes.mark_of(printed([], 0.3, 0.0), UNIT) == ""
    assert not strokes.leans(printed([], 0.3, 0.0))


def test_what_shows_of_a_leaning_line_at_the_side_of_a_cell_is_no_figure():
    dark = np.zeros((40, 120), np.uint8)
    for y in range(40):
        dark[y, 116 + y // 10 : 120] = 255  # the line, broader the higher
    dark[10:30, 60:63] = 255  # a 1
    dark[10:30, 0:3] = 255  # a 1 that fills its cell, but for what is above and below it
    walls = strokes.walls(dark)
    assert walls[:, 116:].any()
    assert not walls[:, :116].any()


def ring(wide, high, bar=False):
    cell = np.full((60, 120, 3), 255, np.uint8)
    cv2.ellipse(cell, (60, 30), (wide // 2, high // 2), 0, 0, 360, (20, 20, 20), 2, cv2.LINE_AA)
    if bar:
        cv2.line(cell, (60 - wide // 2, 30), (60 + wide // 2, 30), (20, 20, 20), 2, cv2.LINE_AA)
    return dark_of(cell)


def test_a_ring_is_a_0_if_it_is_higher_than_wide():
    assert strokes.is_zero(ring(12, 20), UNIT)
    assert strokes.is_zero(ring(14, 20), UNIT)
    assert not strokes.is_zero(ring(20, 20), UNIT)  # O, or a tick
    assert not strokes.is_zero(ring(12, 20, bar=True), UNIT)  # 8
    assert not strokes.is_zero(printed(SHAPES["upright 1"], 0.3, 0.0), UNIT)
    assert not strokes.is_zero(printed([], 0.3, 0.0), UNIT)
