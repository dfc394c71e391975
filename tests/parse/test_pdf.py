import io
import json
import random
import zlib
from pathlib import Path

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, Reading, Unreadable
from tests.parse.looking import grids, lines, texts
from tests.parse.pdf_making import A4, draw_grid, draw_lines, make_pdf

SHARED = Path(__file__).parents[3] / "shared" / "real"
XS = [72, 200, 270, 340, 410]
YS = [120, 140, 160, 180, 200]


def read_bytes(content: bytes) -> Reading:
    return read(Document(content, media_type="application/pdf"))


def table_of_figures(canvas):
    cells = {(r, c): f"{r}{c}{r * 7 + c}" for r in range(4) for c in range(1, 4)}
    cells |= {(r, 0): f"第{r}行名称" for r in range(4)}
    draw_grid(canvas, cells, XS, YS)


def test_a_ruled_table_keeps_every_figure_in_its_place():
    def page(canvas):
        draw_lines(canvas, ["二、主动公开政府信息情况"], top=100)
        table_of_figures(canvas)
        draw_lines(canvas, ["三、其他"], top=240)

    reading = read_bytes(make_pdf([page]))
    assert reading.kind == "pages"
    assert [type(block).__name__ for block in reading.blocks] == ["Paragraph", "Grid", "Paragraph"]
    (grid,) = grids(reading)
    assert grid.exact
    assert texts(grid) == [[f"第{r}行名称", *(f"{r}{c}{r * 7 + c}" for c in range(1, 4))] for r in range(4)]
    assert reading.issues == ()


def test_a_cell_knows_its_box_on_the_page():
    reading = read_bytes(make_pdf([lambda c: draw_lines(c, ["前页"]), table_of_figures]))
    cell = next(cell for cell in grids(reading)[0].cells if (cell.row, cell.column) == (2, 1))
    assert cell.place.page == 1
    assert cell.place.box == pytest.approx((200, 160, 270, 180), abs=1)


def test_merged_cells_become_spans_and_a_vertical_label_one_word():
    def page(canvas):
        label = "\n".join("本年办理结果")
        cells = {
            (0, 0): "合计与说明",
            (1, 0): label,
            (1, 1): "予以公开",
            (1, 2): "12",
            (2, 1): "不予",
            (2, 2): "3",
        }
        draw_grid(
            canvas, cells, [72, 100, 240, 330], [120, 140, 180, 220], [("v", 1, 0), ("v", 2, 0), ("h", 2, 0)]
        )

    (grid,) = grids(read_bytes(make_pdf([page])))
    spans = {cell.text: (cell.row, cell.column, cell.rowspan, cell.colspan) for cell in grid.cells}
    assert spans == {
        "合计与说明": (0, 0, 1, 3),
        "本年办理结果": (1, 0, 2, 1),
        "予以公开": (1, 1, 1, 1),
        "12": (1, 2, 1, 1),
        "不予": (2, 1, 1, 1),
        "3": (2, 2, 1, 1),
    }


def test_a_number_broken_over_lines_is_not_joined():
    def page(canvas):
        draw_grid(canvas, {(0, 0): "金额", (0, 1): "1\n2"}, [72, 200, 300], [120, 160])

    (grid,) = grids(read_bytes(make_pdf([page])))
    assert [cell.text for cell in grid.cells] == ["金额", "1\n2"]


def test_a_table_cut_by_the_page_gives_two_grids_and_both_halves_of_a_label():
    def first(canvas):
        draw_grid(
            canvas, {(0, 0): "一、新收", (0, 1): "7", (1, 0): "3.补正后申请"}, [72, 250, 320], [760, 780, 800]
        )

    def second(canvas):
        draw_grid(
            canvas,
            {(0, 0): "内容仍不明确", (0, 1): "4", (1, 0): "四、结转", (1, 1): "2"},
            [72, 250, 320],
            [60, 80, 100],
        )

    above, below = grids(read_bytes(make_pdf([first, second])))
    assert texts(above) == [["一、新收", "7"], ["3.补正后申请", ""]]
    assert texts(below) == [["内容仍不明确", "4"], ["四、结转", "2"]]
    assert (above.place.page, below.place.page) == (0, 1)


@pytest.mark.parametrize("open_sides", [("left", "right"), ("top", "bottom")])
def test_a_table_without_outer_lines_keeps_its_outer_cells(open_sides):
    xs, ys = [72, 200, 270, 340], [120, 140, 160, 180]
    missing = []
    if "left" in open_sides:
        missing = [("v", i, row) for i in (0, 3) for row in range(3)]
    else:
        missing = [("h", i, column) for i in (0, 3) for column in range(3)]
    cells = {(r, c): f"{r}{c}" for r in range(3) for c in range(3)}
    (grid,) = grids(read_bytes(make_pdf([lambda canvas: draw_grid(canvas, cells, xs, ys, missing)])))
    assert texts(grid) == [[f"{r}{c}" for c in range(3)] for r in range(3)]


def test_cells_drawn_as_rectangles_and_thin_bars_are_lines_too():
    def page(canvas):
        for r in range(3):
            for c in range(3):
                canvas.rect(72 + 80 * c, A4[1] - 140 - 20 * r, 80, 20)
                canvas.drawString(80 + 80 * c, A4[1] - 135 - 20 * r, f"{r}{c}")
        for i in range(3):  # bars, as Word draws them
            canvas.rect(72, A4[1] - 300 - 20 * i, 160, 0.5, stroke=0, fill=1)
            canvas.rect(72 + 80 * i, A4[1] - 340, 0.5, 40, stroke=0, fill=1)
        for i, text in enumerate(["甲", "5", "乙", "6"]):
            canvas.drawString(80 + 80 * (i % 2), A4[1] - 313 - 20 * (i // 2), text)

    first, second = grids(read_bytes(make_pdf([page])))
    assert texts(first) == [[f"{r}{c}" for c in range(3)] for r in range(3)]
    assert texts(second) == [["甲", "5"], ["乙", "6"]]


def test_shaded_cells_without_lines_make_a_table():
    def page(canvas):
        for r in range(2):
            for c in range(3):
                canvas.setFillGray(0.9 if r else 0.8)
                canvas.rect(72 + 80 * c, A4[1] - 140 - 20 * r, 79.5, 19.5, stroke=0, fill=1)
        canvas.setFillGray(0)
        for r in range(2):
            for c in range(3):
                canvas.drawString(80 + 80 * c, A4[1] - 135 - 20 * r, f"{r}{c}")

    (grid,) = grids(read_bytes(make_pdf([page])))
    assert texts(grid) == [["00", "01", "02"], ["10", "11", "12"]]


def test_every_other_row_shaded_makes_no_table_where_some_are_shaded_with_a_cell_of_two_rows():
    def page(canvas):
        for r in range(0, 10, 2):
            for c in range(3):
                high = 40 if (r, c) == (2, 0) else 20
                canvas.setFillGray(0.9)
                canvas.rect(72 + 80 * c, A4[1] - 120 - 20 * r - high, 80, high, stroke=0, fill=1)
        canvas.setFillGray(0)
        for r in range(10):
            for c in range(3):
                canvas.drawString(80 + 80 * c, A4[1] - 135 - 20 * r, "甲乙丙"[c] + "零一二三四五六七八九"[r])

    reading = read_bytes(make_pdf([page]))
    assert lines(reading) == [f"甲{r}\t乙{r}\t丙{r}" for r in "零一二三四五六七八九"]


def test_columns_without_lines_are_told_by_tabs():
    def page(canvas):
        for n, row in enumerate(
            [["一、本年新收", "12", "0", "3", "15"], ["二、上年结转", "1", "0", "0", "1"]]
        ):
            for c, text in enumerate(row):
                canvas.drawString(72 + (130 + 40 * (c - 1) if c else 0), A4[1] - 150 - 20 * n, text)

    reading = read_bytes(make_pdf([page]))
    assert lines(reading) == ["一、本年新收\t12\t0\t3\t15", "二、上年结转\t1\t0\t0\t1"]


def test_text_printed_twice_for_bold_is_read_once():
    def page(canvas):
        draw_lines(canvas, ["总计 1136 条"], x=72)
        draw_lines(canvas, ["总计 1136 条"], x=72.3)

    assert lines(read_bytes(make_pdf([page]))) == ["总计 1136 条"]


def test_page_numbers_and_running_headers_are_left_out():
    def numbered(n):
        def page(canvas):
            draw_lines(canvas, ["某县教育局 2024 年报告"], top=40)
            draw_lines(canvas, [f"正文第{word}段" for word in "甲乙丙"], top=200)
            draw_lines(canvas, [f"- {n} -"], top=800, x=290)

        return page

    assert (
        lines(read_bytes(make_pdf([numbered(n) for n in (1, 2, 3)])))
        == ["正文第甲段", "正文第乙段", "正文第丙段"] * 3
    )


@pytest.mark.parametrize(
    ("label", "figures", "ruled"),
    [
        ("规章\n规范性文件\n行政许可\n行政处罚", "16\n0\n125\n7", False),
        ("规章\n规范性文件\n行政许可\n行政处罚", "16\n13\n25\n7", True),  # a figure broken over lines
    ],
)
def test_rows_between_lines_that_part_columns_alone_are_lines_of_the_page(label, figures, ruled):
    reading = read_bytes(make_pdf([lambda c: draw_grid(c, {(0, 0): label, (0, 1): figures}, XS, [100, 200])]))
    assert [isinstance(block, Grid) for block in reading.blocks] == ([True] if ruled else [False] * 4)


def numbered_lines(first, wide=()):
    def page(canvas):
        for n, word in enumerate("甲乙丙丁戊己"):
            canvas.drawRightString(60, 700 - 20 * n, str(first + n))
            canvas.drawString(80, 700 - 20 * n, f"{word}全年公开 {n} 条")
        for n, row in enumerate(wide):
            canvas.drawString(30, 300 - 20 * n, row)

    return page


def test_numbers_that_count_the_lines_in_the_margin_are_no_text():
    text = [f"{word}全年公开 {n} 条" for n, word in enumerate("甲乙丙丁戊己")]
    table = ["规章 16 0", "规范性文件 7 8"]  # as wide as the margin
    reading = read_bytes(make_pdf([numbered_lines(7), numbered_lines(13, table)]))
    assert lines(reading) == [*text, *text, *table]
    assert not reading.issues


@pytest.mark.parametrize("x", [20, 560])
def test_the_words_of_the_line_at_which_a_sheet_is_bound_are_no_text(x):
    def page(canvas):
        draw_lines(canvas, ["全年公开政府信息12条，其中政策文件3条。"] * 5, top=200, leading=30)
        draw_lines(canvas, [*"装·订·线"], top=230, x=x, leading=15)

    assert lines(read_bytes(make_pdf([page]))) == ["全年公开政府信息12条，其中政策文件3条。"] * 5


def test_figures_that_begin_lines_without_counting_them_stay():
    def page(canvas):
        for n, number in enumerate((16, 7, 8, 95, 23, 4)):
            canvas.drawRightString(60, 700 - 20 * n, str(number))
            canvas.drawString(80, 700 - 20 * n, "件")

    assert len(lines(read_bytes(make_pdf([page])))) == 6
    assert lines(read_bytes(make_pdf([page])))[0].startswith("16")


def test_a_running_line_that_counts_the_pages_is_left_out_and_a_row_that_counts_up_is_not():
    def printed(n):
        def page(canvas):
            draw_lines(canvas, [f"正文第{word}段" for word in "甲乙丙"], top=200)
            draw_lines(canvas, [f"其中 1 {n}"], top=780)
            draw_lines(canvas, [f"http://www.sanhe.gov.cn/nb/2024.html {n}/3 打印于 2025"], top=810)

        return page

    found = lines(read_bytes(make_pdf([printed(n) for n in (1, 2, 3)])))
    assert [line for line in found if not line.startswith("正文")] == ["其中 1 1", "其中 1 2", "其中 1 3"]


def test_a_running_head_that_counts_two_pages_is_no_part_of_the_title():
    def printed(n):
        return lambda canvas: draw_lines(canvas, [f"三河县 2024 年度 第 {n} 页", f"正文第{n}段"], top=40)

    assert lines(read_bytes(make_pdf([printed(1), printed(2)]))) == ["正文第1段", "正文第2段"]


def test_a_bare_number_that_does_not_count_the_pages_stays():
    def ending_in(number):
        return lambda canvas: draw_lines(canvas, ["全年受理申请" + number, number], top=770)

    reading = read_bytes(make_pdf([ending_in(number) for number in ("1136", "27", "5")]))
    assert [line for line in lines(reading) if line.isdigit()] == ["1136", "27", "5"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_rotated_page_reads_like_an_upright_one(turn):
    def page(canvas):
        table_of_figures(canvas)

    def page_turned(canvas):
        canvas.setPageRotation(turn)  # it turns the page's box too
        width, height = A4 if turn == 180 else A4[::-1]
        canvas.translate(*{90: (width, 0), 180: (width, height), 270: (0, height)}[turn])
        canvas.rotate(turn)
        page(canvas)

    upright, canvas_turned = make_pdf([page]), make_pdf([page_turned])
    assert texts(grids(read_bytes(canvas_turned))[0]) == texts(grids(read_bytes(upright))[0])


def turned(canvas, turn, draw):
    """Draw so that the page, shown turned by ``turn`` degrees, stands upright."""
    width, height = A4
    canvas.translate(*{90: (width, 0), 180: (width, height), 270: (0, height)}[turn])
    canvas.rotate(turn)
    canvas.translate(0, {90: width - height, 180: 0, 270: width - height}[turn])
    draw(canvas)


@pytest.mark.parametrize("turn", [90, 270])
def test_a_table_printed_sideways_on_an_upright_page(turn):
    content = make_pdf([lambda c: turned(c, turn, table_of_figures)])
    upright = make_pdf([table_of_figures])
    assert texts(grids(read_bytes(content))[0]) == texts(grids(read_bytes(upright))[0])


def test_two_columns_are_read_one_after_the_other():
    def page(canvas):
        draw_lines(
            canvas,
            ["某县二〇二四年度政府信息公开工作年度报告全文（两栏排版，标题横跨两栏显示在最上方位置）"],
            top=60,
        )
        draw_lines(canvas, [f"左栏第{n}行这一行的文字差不多写满了整栏宽" for n in "一二三四五六七"], top=100)
        draw_lines(
            canvas, [f"右栏第{n}行这一行的文字差不多写满了整栏宽" for n in "一二三四五六七"], top=100, x=310
        )

    printed = lines(read_bytes(make_pdf([page])))
    assert [line[:4] for line in printed[1:]] == [f"左栏第{n}" for n in "一二三四五六七"] + [
        f"右栏第{n}" for n in "一二三四五六七"
    ]


def test_radicals_that_look_like_characters_are_repaired():
    import pypdfium2

    content = make_pdf([lambda c: draw_lines(c, ["本⼀⾏⼈共12⼈"])])
    assert "⼀" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert lines(read_bytes(content)) == ["本一行人共12人"]


def test_the_title_of_the_file_is_kept():
    content = make_pdf([lambda c: (c.setTitle("甲县2024年报告"), draw_lines(c, ["正文"]))[0]])
    assert read_bytes(content).meta["title"] == "甲县2024年报告"


# --- hostile ---------------------------------------------------------------


def test_a_password_is_asked_for():
    from reportlab.lib.pdfencrypt import StandardEncryption

    content = make_pdf([table_of_figures], encrypt=StandardEncryption("secret", ownerPassword="o"))
    with pytest.raises(Unreadable) as caught:
        read_bytes(content)
    assert caught.value.code == "encrypted"


def test_an_empty_password_opens():
    from reportlab.lib.pdfencrypt import StandardEncryption

    content = make_pdf([table_of_figures], encrypt=StandardEncryption("", ownerPassword="o"))
    reading = read_bytes(content)
    assert texts(grids(reading)[0])[0][0] == "第0行名称"
    assert reading.issues == ()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_file_cut_off_is_unreadable_or_says_so(share):
    content = make_pdf([table_of_figures, lambda c: draw_lines(c, ["后记"])])
    content = content[: int(len(content) * share)]
    try:
        reading = read_bytes(content)
    except Unreadable as error:
        assert error.code in {"corrupted", "empty"}
    else:
        assert {"truncated", "damaged_stream"} & {issue.code for issue in reading.issues}


def test_a_damaged_stream_is_noticed():
    content = make_pdf([table_of_figures], pageCompression=1)
    at = content.index(b"stream\n") + 60
    damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
    try:
        reading = read_bytes(damaged)
    except Unreadable as error:
        assert error.code in {"corrupted", "empty"}
    else:
        assert [issue.code for issue in reading.issues if issue.severity == "warning"]


def printed(reading: Reading) -> list[object]:
    return [texts(block) if isinstance(block, Grid) else block.text for block in reading.blocks]


def refuse_pictures() -> None:
    """Without OCR: what it makes of a page that lost its text is not silent, and takes seconds."""
    raise Unreadable("needs_ocr", "")


def test_a_page_whose_letters_are_outlines_is_read_as_a_picture(monkeypatch):
    monkeypatch.setattr("pipelines.parse.read.ocr.begin_page", refuse_pictures)

    def outlines(canvas):
        draw_grid(canvas, {}, XS, YS)
        for n in range(120):
            canvas.circle(80 + n % 30 * 12, 500 + n // 30 * 20, 4, stroke=0, fill=1)

    with pytest.raises(Unreadable) as refused:
        read_bytes(make_pdf([outlines]))
    assert refused.value.code == "needs_ocr"
    reading = read_bytes(make_pdf([outlines, table_of_figures]))
    assert "needs_ocr" in [issue.code for issue in reading.issues]
    assert len(grids(reading)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(48))
def test_no_damage_changes_a_reading_in_silence(seed, monkeypatch):
    monkeypatch.setattr("pipelines.parse.read.ocr.begin_page", refuse_pictures)
    chance = random.Random(seed)
    content = make_pdf(
        [table_of_figures, lambda c: draw_lines(c, ["后记 27 件"])], pageCompression=1, invariant=1
    )
    damaged = bytearray(content)
    for _ in range(chance.choice([1, 3, 10])):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    try:
        reading = read_bytes(bytes(damaged))
    except Unreadable:
        return
    if reading.kind == "pages" and printed(reading) != printed(read_bytes(content)):
        assert [issue.code for issue in reading.issues if issue.severity != "info"]


def test_a_page_tree_of_ten_thousand_pages_is_refused():
    kids = b" ".join(b"3 0 R" for _ in range(10_000))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 10000 /Kids [" + kids + b"] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    with pytest.raises(Unreadable) as caught:
        read_bytes(raw_pdf(objects))
    assert caught.value.code == "too_large"


def raw_pdf(objects: list[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % n + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def as_stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def test_a_pdf_without_anything_on_it_is_empty():
    with pytest.raises(Unreadable) as caught:
        read_bytes(make_pdf([lambda c: None]))
    assert caught.value.code == "empty"


_SAYS_42 = b"BT /F 12 Tf 20 100 Td (Report 42) Tj ET"


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        (as_stream(_SAYS_42), None),
        (_SAYS_42, "corrupted"),  # no stream: nothing of it reaches the page
        (as_stream(zlib.compress(_SAYS_42), b"/Filter /DCTDecode"), "corrupted"),
        (as_stream(b"0 0 9 9 re W n " + _SAYS_42.replace(b"Report ", b"")), "unseen_text"),
        (as_stream(b"0 0 9 9 re f " * 9), "empty"),
    ],
)
def test_a_pdf_that_holds_text_is_never_called_empty(drawn: bytes, code: str | None):
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        drawn,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    if code is None:
        assert lines(read_bytes(raw_pdf(objects))) == ["Report 42"]
        return
    with pytest.raises(Unreadable) as caught:
        read_bytes(raw_pdf(objects))
    assert caught.value.code == code


def test_scripts_are_mentioned_not_run():
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length 38 >>\nstream\nBT /F 12 Tf 20 100 Td (Report 42) Tj ET\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    reading = read_bytes(raw_pdf(objects))
    assert lines(reading) == ["Report 42"]
    assert "active_content" in {issue.code for issue in reading.issues}


# --- the real one ----------------------------------------------------------

REAL = SHARED / "huaian_hongze_district_2023.pdf"
real = pytest.mark.skipif(not REAL.exists(), reason="no real documents beside the project")


@real
def test_the_real_report_has_every_figure_in_its_row():
    gold = json.loads((SHARED / "gold" / "huaian_hongze_district_2023.json").read_text(encoding="utf-8"))
    reading = read_bytes(REAL.read_bytes())
    assert reading.issues == ()
    proactive1, proactive2, above, below, reviews = grids(reading)
    printed = [[cell.text for cell in row][-7:] for grid in (above, below) for row in grid.rows()][3:]
    assert [[int(text) for text in row] for row in printed] == list(gold["applications"]["rows"].values())
    assert [int(text) for text in texts(reviews)[3]] == [
        n for stage in gold["review"]["rows"].values() for n in stage
    ]
    stated = {row[0]: row[1:] for grid in (proactive1, proactive2) for row in texts(grid)}
    assert stated["行政规范性文件"] == ["0", "5", "5"]
    assert stated["行政许可"] == ["550"]
    assert stated["行政处罚"] == ["4119"]
    assert stated["行政事业性收费"] == ["7730.28"]
    labels = [cell.text.replace("\n", "") for cell in above.cells if cell.rowspan > 1]
    assert "三、本年度办理结果" in labels
