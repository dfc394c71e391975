"""Charts tell the same numbers to the eye and to a screen reader, and let nothing in."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pipelines.publish.charts import Bar, Share, composition, series
from pipelines.publish.maps import PLACES, Dot, Tile, dot_map, tile_map
from pipelines.publish.percent import percent

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("part", "whole", "digits", "told"),
    [(0, 9, 0, "0%"), (9, 9, 2, "100.00%"), (204, 210, 0, "97%"), (999_999, 1_000_000, 2, "99.99%"),
     (1, 1_000_000, 2, "0.01%"), (1999, 2000, 0, "99%"), (1, 2, 2, "50.00%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_all_or_to_nothing(part, whole, digits, told):
    assert percent(part, whole, digits) == told


def test_a_series_tells_every_year_and_a_gap_is_no_zero():
    drawn = series("新收 <b>", [Bar(2022, 4, 1, 2, 3), Bar(2023, None, absent="未填"), Bar(2024, 0)], "peers")
    tree = ElementTree.fromstring(drawn)
    assert tree.find(f"{SVG}title").text == "新收 <b>"
    assert tree.find(f"{SVG}desc").text == "2022: 4; 2023: 未填; 2024: 0"
    assert len(tree.findall(f"{SVG}rect")) == 2
    assert len(tree.findall(f"{SVG}path")) == 1
    assert "未填" in [text.text for text in tree.findall(f"{SVG}text")]


@pytest.mark.parametrize("most", [0.5, 1, 3, 10, 41, 99_999])
def test_no_bar_passes_the_frame(most):
    tree = ElementTree.fromstring(series("x", [Bar(2022, most), Bar(2023, most / 3)], "peers"))
    assert all(float(rect.get("y")) >= 34 for rect in tree.findall(f"{SVG}rect"))
    key = next(text for text in tree.findall(f"{SVG}text") if text.text == "peers")
    heights = [float(text.get("y")) for text in tree.findall(f"{SVG}text") if text is not key]
    assert min(heights) - float(key.get("y")) > 18, "no number stands in the line of the key"


def test_a_composition_fills_its_bar_and_an_empty_year_stays_empty():
    parts = [Share("公开", 3, "#111"), Share("其他", 1, "#222")]
    none = [Share("公开", 0, "#111"), Share("其他", 0, "#222")]
    tree = ElementTree.fromstring(composition("x", [(2022, parts), (2023, none)]))
    bars = [rect for rect in tree.findall(f"{SVG}rect") if rect.get("height") == "22"]
    frame, first, second, _, empty, also_empty = (float(rect.get("width")) for rect in bars)
    assert first == pytest.approx(0.75 * frame) and second == pytest.approx(0.25 * frame)
    assert empty == also_empty == 0
    assert tree.find(f"{SVG}desc").text == "2022: 公开 3, 其他 1; 2023: 公开 0, 其他 0"


def test_a_map_has_a_named_dot_for_each_place():
    dots = [Dot(100 + n, 30 + n / 2, n / 20, f"县{n}", f"/region/{n}") for n in range(20)]
    tree = ElementTree.fromstring(dot_map("图", dots))
    assert [link.get("aria-label") for link in tree.findall(f"{SVG}a")][10] == "县10 50%"
    xs = [float(circle.get("cx")) for circle in tree.iter(f"{SVG}circle")]
    assert xs == sorted(xs) and xs[0] > 0 and xs[-1] < 640
    assert dot_map("图", dots[:3]) == ""


def test_a_map_of_tiles_has_every_province_and_what_is_on_no_map_of_china_below():
    tiles = [
        Tile("64", "宁夏", 0.5, "/coverage?province=x"),
        Tile("11", "北京"),
        Tile("98", "<虚构>", 1.0, "/y"),
    ]
    tree = ElementTree.fromstring(tile_map("图", tiles))
    assert [link.get("aria-label") for link in tree.iter(f"{SVG}a")] == ["宁夏 50%", "<虚构> 100%"]
    tops = {text.text: float(text.get("y")) for text in tree.iter(f"{SVG}text")}
    assert tops["<虚构>"] > tops["宁夏"] > tops["北京"]
    assert len(set(PLACES.values())) == len(PLACES) == 35  # with the one that stands for no place
