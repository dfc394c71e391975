"""Numbers that lines of a page break in two: a piece never passes for the whole."""

from dataclasses import replace

import pytest

from pipelines.parse.labels import Match
from pipelines.parse.records import Place
from pipelines.parse.tables.broken.lines import leaves_rests, with_pieces_astride, with_rests
from pipelines.parse.tables.broken.proof import proved
from pipelines.parse.tables.findings import Finding, Slot
from pipelines.parse.tables.tokens import Sort, Token
from pipelines.parse.template import TEMPLATES
from tests.parse.table_layouts import C, random_report
from tests.parse.table_reading import apart, consistent, flat, head, lines, page, read, rows_flagged

COLUMNS = (300, 335, 370, 405, 440, 475, 510)


def line(number: int, top: float, *pieces: tuple[str, float, float]) -> list[Token]:
    """A line of pieces, each with the sides of its box."""
    return [
        Token(
            Sort.VALUE if text[0].isdigit() else Sort.TEXT,
            text,
            Place(page=0, box=(x0, top, x1, top + 17)),
            None,
            number,
            number,
        )
        for text, x0, x1 in pieces
    ]


def figures(*texts: str) -> list[tuple[str, float, float]]:
    return [(text, x, x + 8 * len(text)) for text, x in zip(texts, COLUMNS, strict=True)]


def joined(*lines: list[Token]) -> list[str]:
    tokens = [token for one in lines for token in one]
    known = set(range(len(lines)))
    return [token.text for token in with_rests(with_pieces_astride(tokens, known), known)]


def test_a_piece_between_two_rows_is_that_of_the_figure_below_though_a_label_touches_its_first_value():
    """Both 620 and 90 may go with it. 161 is printed close to its label: its box is that of the line."""
    own = figures("161", "280", "317", "0", "332", "400", "90")
    found = joined(
        line(0, 388, *figures("387", "0", "0", "232", "1", "0", "620")),
        line(1, 406, ("法提", 76, 106)),
        line(2, 422, ("供", 84, 99), ("1,4", 509, 530)),
        line(3, 439, ("3.补正后申请内容仍不明确", 115, 325), ("161", 115, 525), *own[1:]),
    )
    assert "90" not in found
    assert "1,4" not in found
    assert any(text.endswith("1,4\n90") for text in found)


def test_a_piece_beside_the_first_line_of_a_groups_label_ends_the_figure_above():
    found = joined(
        line(
            0,
            388,
            ("1.本机关不掌握相关政府信息", 115, 280),
            *figures("352", "277", "384", "49", "244", "7", "131"),
        ),
        line(1, 404, ("（四）无", 62, 110), ("3", 518, 526)),
        line(2, 420, ("法提供", 62, 107), ("2.没有现成信息需要另行制作", 115, 280), *figures(*"4250006")),
    )
    assert "131\n3" in found


def test_pieces_half_a_line_above_and_below_a_row_are_its_value_that_took_two_lines():
    row = figures("1403", "1505", "2125", "1238", "2393", "2352", "")[:-1]
    found = joined(
        line(0, 100, ("一、本年新收政府信息公开申请数量", 60, 280), *figures(*"1234567")),
        line(1, 127, ("1101", 510, 542)),
        line(2, 136, ("二、上年结转政府信息公开申请数量", 60, 280), *row),
        line(3, 145, ("6", 522, 530)),
        line(4, 166, ("（一）予以公开", 60, 280), *figures(*"1234567")),
    )
    assert found[9:16] == ["1403", "1505", "2125", "1238", "2393", "2352", "1101\n6"]


@pytest.mark.parametrize(
    ("head", "rest"), [((115, 510), (145, 522)), ((127, 510), (145, 480)), ((127, 475), (145, 480))]
)
def test_pieces_elsewhere_than_half_a_line_from_a_row_in_a_column_of_their_own_are_not_put_in(head, rest):
    row = figures("1403", "1505", "2125", "1238", "2393", "2352", "")[:-1]
    found = joined(
        line(1, head[0], ("1101", head[1], head[1] + 32)),
        line(2, 136, ("二、上年结转政府信息公开申请数量", 60, 280), *row),
        line(3, rest[0], ("6", rest[1], rest[1] + 8)),
    )
    assert "1101\n6" not in found


def test_pieces_above_and_below_a_label_are_all_the_values_of_its_row():
    found = joined(
        line(0, 127, *figures("140", "150", "212", "123", "239", "235", "110")),
        line(1, 135, ("一、本年新收政府信息公开申请数量", 60, 280)),
        line(2, 143, *figures("3", "5", "5", "8", "3", "2", "16")),
    )
    assert found[1:] == ["140\n3", "150\n5", "212\n5", "123\n8", "239\n3", "235\n2", "110\n16"]


@pytest.mark.parametrize(
    ("above", "between"),
    [
        ([("重复申请", 115, 180)], [("信访举报投诉类申请", 115, 280)]),  # a row of its own
        ([], [("年", 60, 75)]),  # a piece of a group's label
    ],
)
def test_rows_that_stand_close_to_each_other_are_no_pieces_of_one_between_them(above, between):
    found = joined(
        line(0, 127, *above, *figures(*"1111116")), line(1, 135, *between), line(2, 143, *figures(*"1000001"))
    )
    assert "1\n1" not in found


def test_figures_above_the_short_end_of_their_label_begin_none_of_the_row_below():
    """Of two rows that add up both alone and put together: the label's end stands between them."""
    found = joined(
        line(0, 100, ("属于四类过程性信", 115, 280)),
        line(1, 109, *figures("0", "0", "0", "0", "0", "0", "0")),
        line(2, 118, ("息", 115, 130)),
        line(3, 137, ("属于行政执法案卷", 115, 280), *figures("0", "3", "0", "0", "0", "0", "3")),
    )
    assert found[1:8] == ["0"] * 7
    assert found[10:] == ["0", "3", "0", "0", "0", "0", "3"]


def test_a_figure_goes_on_beside_the_end_of_its_label_though_that_is_like_the_label_of_another_row():
    found = joined(
        line(
            0, 100, ("四、无正当理由大量反", 115, 280), *figures("91", "0", "383", "374", "0", "288", "113")
        ),
        line(1, 116, ("复申请", 115, 160), ("6", 522, 530)),
    )
    assert "113\n6" in found


def section_three(*below: str) -> list[list[Token]]:
    """Rows of section three with a line of figures on the line of each label, and one directly below."""
    labels = (
        "一、本年新收政府信息公开申请数量",
        "（一）予以公开",
        "（二）部分公开",
        "四、结转下年度继续办理",
    )
    rows: list[list[Token]] = []
    for n, label in enumerate(labels):
        top = 100 + 60 * n
        rows.append(line(2 * n, top, (label, 60, 280), *figures("32", "0", "0", "16", "0", "0", "48")))
        rows.append(line(2 * n + 1, top + 18, *below))
    return rows


def loose(*lines_: list[Token]) -> bool:
    return leaves_rests([t for one in lines_ for t in one], set(range(len(lines_))))


def test_lines_of_figures_below_figures_show_that_a_table_is_broken():
    three = [figure for n, figure in enumerate(figures("7", "0", "0", "1", "0", "0", "8")) if n in (0, 3, 6)]
    assert loose(*section_three(*three))
    assert not loose(*section_three(("的申请", 60, 280), *three[:1]))  # a label's further line
    assert not loose(*section_three(("5", 300, 308)))  # the number of a page
    assert not loose(*section_three(*figures("7", "0", "0", "1", "0", "0", "8")))  # a row without a label


@pytest.mark.parametrize(("natural", "whole"), [("1 234", True), ("1 235", False), ("12 34", False)])
def test_thousands_parted_by_a_blank_are_whole_where_the_sum_proves_it(natural, whole):
    """A blank may stand between two numbers as well."""
    texts = [natural, "6", "0", "0", "0", "0", "1240"]
    names = [column.key for column in TEMPLATES["2021"].applications.columns]
    slots = {name: Slot(text, Place()) for name, text in zip(names, texts, strict=True)}
    row = Finding("applications", "new_received", "", Match("new_received"), Place(), slots)
    found = proved("applications", {"new_received": row})
    assert [row.slots[names[0]].text for row in found.values()] == (["1234"] if whole else [])


def test_a_row_of_figures_beside_the_rest_of_a_labels_cell_holds_the_ends_of_those_above():
    p = random_report(5, "2021")
    rows = [head(p), *flat(p)]
    label, *values = rows[1]
    begun = [replace(c, text=f"{n}{c.text}") for n, c in enumerate(values, 1)]
    rows[1:2] = [[replace(label, rowspan=2), *begun], [C(str(n)) for n in range(7)]]
    wrong, flagged = apart(p, read(page(p, rows)))
    assert (wrong, rows_flagged(flagged)) == (set(), {"new_received"})


def in_two_lines(texts):
    names = [column.key for column in TEMPLATES["2021"].applications.columns]
    slots = {name: Slot(text, Place()) for name, text in zip(names, texts, strict=True)}
    row = Finding("applications", "granted", "", Match("granted"), Place(), slots)
    return [row.slots[names[0]].text for row in proved("applications", {"granted": row}).values()]


def test_two_lines_that_add_up_one_by_one_as_well_are_no_number_in_two_pieces():
    """The second may be last year's: 5 above 9 is no 59."""
    assert in_two_lines(["5\n9", "", "", "", "", "", "5\n9"]) == []
    assert in_two_lines(["12\n13", "8", "", "", "", "", "20\n21"]) == []
    assert in_two_lines(["123\n4", "6", "", "", "", "", "124\n0"]) == ["1234"]


@pytest.mark.parametrize(
    ("texts", "first"),
    [(["1\n9", "1", "", "", "", "", "2\n0"], "19"), (["１\n３", "７", "", "", "", "", "２\n０"], "１３")],
)
def test_first_lines_that_add_up_with_whole_figures_are_pieces_like_others(texts, first):
    assert in_two_lines(texts) == [first]


@pytest.mark.parametrize(("beside", "read"), [("9 005", ["9114", "9005"]), ("9 5", [])])
def test_blanks_part_thousands_where_they_part_nothing_else_in_the_table(beside, read):
    rows = {}
    for key, text in (("granted", "9 114"), ("partially_granted", beside)):
        slots = {name: Slot(text, Place()) for name in ("natural_person", "total")}
        rows[key] = Finding("applications", key, "", Match(key), Place(), slots)
    assert [row.slots["total"].text for row in proved("applications", rows).values()] == read


def test_a_blank_that_parts_thousands_parts_no_fields_where_wider_ones_do():
    p = consistent(5, "2021")
    rows = [[c.text for c in row] for row in flat(p)]
    rows[2][1:], rows[5][1:] = ["12 06", "0", "0", "0", "0", "12 06"], ["1 206", *"00000", "1 206"]
    three = ["\u3000".join(row) for row in ([c.text for c in head(p)], *rows)]
    found = {(c.row, c.column_name): c.value for c in read(lines(p, three)).cells if c.value is not None}
    keys = [row.key for row in p.template.applications.rows]
    assert not any(row == keys[2] for row, _ in found)
    assert found[keys[5], "natural_person"] == found[keys[5], "total"] == 1206
