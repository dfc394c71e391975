"""Section three printed without a border: blanks and labels of several lines are told by where they stand."""

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipelines.parse import vocabulary as words
from pipelines.parse.read.pdf import read_pdf
from pipelines.parse.records import State
from pipelines.parse.tables.fill import fill
from pipelines.parse.template import TEMPLATES
from tests.parse.pdf_making import A4, FONT, make_pdf

ROWS = [row for row in TEMPLATES["2021"].applications.rows if row.key != "other_remaining"]
HEADER = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
SIZE, LEADING, PAD = 8, 10, 6
LABEL_END, WIDTH = 190, 53

Figures = Mapping[tuple[str, str], int | None]


def figures(seed: int, blank: float, empty: str = "") -> Figures:
    """Figures with blanks, a share of all; none in the column ``empty``, some in the first row's others."""
    rng = random.Random(seed)
    return {
        (row.key, column): None
        if column == empty or (row is not ROWS[0] and rng.random() < blank)
        else rng.randint(0, 130)
        for row in ROWS
        for column in words.APPLICANT_ORDER
    }


def wrapped(text: str, width: float) -> Iterator[str]:
    line = ""
    for character in text:
        if stringWidth(line + character, FONT, SIZE) > width:
            yield line
            line = ""
        line += character
    yield line


def draw_header(canvas: Canvas, y: float, width: float, order: Sequence[str]) -> None:
    """The labels of the columns, those of several lines about the same height as those of one."""
    labels = dict(zip(words.APPLICANT_ORDER, HEADER, strict=True))
    for n, key in enumerate(order):
        lines = list(wrapped(labels[key], width))
        for at, line in enumerate(lines):
            middle = y + ((len(lines) - 1) / 2 - at) * LEADING
            canvas.drawCentredString(LABEL_END + (n + 0.5) * WIDTH, middle, line)


def pdf(
    values: Figures,
    side: str,
    labels: float,
    shifted: Mapping[tuple[str, str], float] | None = None,
    header: float = WIDTH,
    group: str = "",
    order: Sequence[str] = words.APPLICANT_ORDER,
    beside: float = 0,
    raised: str = "",
) -> bytes:
    """A page with the table; ``side``: where in a column figures stand, ``labels`` and ``header``: how wide
    labels of rows and columns are, ``group``: what is printed one character a line left of them, ``order``:
    that of the columns, ``beside``: how far right the second half stands, on a sheet of two pages,
    ``raised``: the column whose figures stand beside the first lines of labels.
    """

    def draw(canvas: Canvas) -> None:
        canvas.setPageSize((A4[0] + beside, A4[1]))
        canvas.setFont(FONT, SIZE)
        y = A4[1] - 40.0
        canvas.drawString(40, y, "三、收到和处理政府信息公开申请情况")
        canvas.drawString(350, y - 14, "申请人情况")
        draw_header(canvas, y - 28, header, order)
        y -= 48
        for n, character in enumerate(group):
            canvas.drawString(28, y - 110 - n * 1.5 * LEADING, character)
        for at, row in enumerate(ROWS):
            if beside and at == len(ROWS) // 2:
                canvas.translate(beside, 0)
            lines = list(wrapped(row.label, labels))
            for n, line in enumerate(lines):
                canvas.drawString(40, y - n * LEADING, line)
            middle = y - (len(lines) - 1) * LEADING / 2
            for n, column in enumerate(order):
                value = values[row.key, column]
                text = "" if value is None else str(value)
                left = LABEL_END + n * WIDTH + (shifted or {}).get((row.key, column), 0)
                height = y if column == raised else middle
                if side == "left":
                    canvas.drawString(left + 3, height, text)
                elif side == "right":
                    canvas.drawRightString(left + WIDTH - 3, height, text)
                else:
                    canvas.drawCentredString(left + WIDTH / 2, height, text)
            y -= len(lines) * LEADING + PAD
        canvas.drawString(40, y, "四、政府信息公开行政复议、行政诉讼情况")

    return make_pdf([draw])


def read(content: bytes) -> dict[tuple[str, str], tuple[State, float | None]]:
    cells = fill(read_pdf(content), ()).cells
    return {(c.row, c.column_name): (c.state, c.value) for c in cells if c.table_name == "applications"}


def wanted(values: Figures) -> dict[tuple[str, str], tuple[State, float | None]]:
    return {
        key: (State.BLANK, None) if value is None else (State.NUMBER, float(value))
        for key, value in values.items()
    }


@pytest.mark.parametrize("side", ["left", "center", "right"])
@pytest.mark.parametrize("labels", [150, 60])
def test_blanks_are_told_by_the_columns_of_the_figures(side, labels):
    values = figures(1, 0.4)
    found = read(pdf(values, side, labels))
    assert {key: found[key] for key in values} == wanted(values)


@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_an_empty_column_is_told_by_its_label(side):
    values = figures(2, 0.3, "research_institution")
    found = read(pdf(values, side, 150))
    assert {key: found[key] for key in values} == wanted(values)


@pytest.mark.parametrize("side", ["left", "center"])
def test_labels_of_columns_are_put_together_where_their_lines_stand_among_those_of_others(side):
    values = figures(6, 0.3)
    found = read(pdf(values, side, 60, header=45))
    assert {key: found[key] for key in values} == wanted(values)


@pytest.mark.parametrize("blank", [0, 0.3])
@pytest.mark.parametrize("header", [WIDTH, 45, 25])
def test_columns_in_an_order_of_their_own_are_those_of_the_labels_above_them(header, blank):
    values = figures(10, blank)
    natural, business, research, public, legal, other, total = words.APPLICANT_ORDER
    order = (natural, business, research, legal, public, other, total)
    found = read(pdf(values, "center", 60, header=header, order=order))
    assert {key: found[key] for key in values} == wanted(values)


def test_a_label_of_a_column_above_no_figures_of_its_own_is_left_in_its_pieces():
    values = figures(7, 0)
    moved = {key: WIDTH / 2 for key in values if key[1] == "legal_service_org"}
    found = read(pdf(values, "center", 60, moved, header=45))
    assert {found[key][0] for key in values} == {State.UNREADABLE}


def test_a_word_for_none_in_a_label_printed_one_character_a_line_is_no_value():
    values = figures(8, 0.3)
    found = read(pdf(values, "center", 150, header=45, group="无法提供"))
    assert {key: found[key] for key in values} == wanted(values)


@pytest.mark.parametrize("blank", [0, 0.4])
def test_figures_of_a_row_may_stand_beside_different_lines_of_its_label(blank):
    values = figures(12, blank)
    found = read(pdf(values, "center", 60, raised="total"))
    assert {key: found[key] for key in values} == wanted(values)


def test_figures_left_of_labels_on_the_other_page_of_a_sheet_are_no_part_of_a_group_s_label():
    """Two pages on one sheet, section three on both: its figures on the first one are not left out."""
    values = figures(9, 0)
    found = read(pdf(values, "center", 150, beside=595))
    assert not any(state is State.BLANK for state, _ in found.values())
    assert all(found[key][0] is not State.NUMBER or found[key] == wanted(values)[key] for key in values)


def test_a_figure_between_two_columns_leaves_rows_with_blanks_flagged():
    values = figures(3, 0.4)
    (row, column) = next(key for key, value in values.items() if value is not None and key[0] == "granted")
    found = read(pdf(values, "center", 150, {(row, column): WIDTH / 2}))
    for key in values:
        state, number = found.get(key, (State.ABSENT, None))
        assert state in (State.UNREADABLE, State.ABSENT) or (state, number) == wanted(values)[key]
    assert any(state is State.UNREADABLE for state, _ in found.values())


def test_a_row_of_no_figures_is_blank_and_its_neighbours_keep_theirs():
    values = {
        k: None if k[0] in ("denied_state_secret", "total_handled") else v for k, v in figures(4, 0).items()
    }
    found = read(pdf(values, "center", 60))
    assert {key: found[key] for key in values} == wanted(values)


def test_a_figure_printed_close_to_a_label_of_several_lines_is_no_blank():
    """The label then ends in a bracket that holds the figure, or its row would have lost one unseen."""
    first = words.APPLICANT_ORDER[0]
    row = next(row for row in ROWS if row.key == "partially_granted")
    values = {**figures(5, 0.3), (row.key, first): 7}
    lines = list(wrapped(row.label, 90))
    close = 40 + stringWidth(lines[1], FONT, SIZE) - LABEL_END - 2.5
    found = read(pdf(values, "left", 90, {(row.key, first): close}))
    assert len(lines) == 3
    for column in words.APPLICANT_ORDER:
        state, number = found.get((row.key, column), (State.ABSENT, None))
        assert state in (State.UNREADABLE, State.ABSENT) or (state, number) == wanted(values)[row.key, column]
    assert found[row.key, first][0] is State.UNREADABLE
