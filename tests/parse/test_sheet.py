import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.read import read
from pipelines.parse.read.number_format import shown_number
from pipelines.parse.records import UNREAD, Document, Grid, Paragraph, Reading, Unreadable
from tests.parse.docx_making import make_zip

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def make_xlsx(
    rows: list[dict[str, str | float]],
    merged: tuple[str, ...] = (),
    raw: str = "",
    columns: str = "",
    styles: str = "",
    behind: str = "",
) -> bytes:
    body = raw or "".join(
        f'<row r="{n}">{"".join(cell(f"{column}{n}", value) for column, value in row.items())}</row>'
        for n, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merges = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    package = "http://schemas.openxmlformats.org/package/2006"
    return make_zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
            '<sheet name="申请" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">'
            f"{columns}<sheetData>{body}</sheetData>{merges}{behind}</worksheet>",
        }
    )


ROWS: list[dict[str, str | float]] = [
    {"A": "三、收到和处理政府信息公开申请情况"},
    {"A": "", "B": "申请人情况"},
    {"A": "一、本年新收", "B": 12, "C": 0, "D": 12.0},
    {"A": "二、上年结转", "B": "/", "C": 1234567, "D": 0.1},
    {},
    {"A": "四、复议情况"},
]


def check(reading: Reading) -> None:
    assert [block.text for block in reading.blocks if isinstance(block, Paragraph)] == [
        "三、收到和处理政府信息公开申请情况",
        "四、复议情况",
    ]
    (grid,) = [block for block in reading.blocks if isinstance(block, Grid)]
    assert [[c.text for c in row] for row in grid.rows()] == [
        ["", "申请人情况"],
        ["一、本年新收", "12", "0", "12"],
        ["二、上年结转", "/", "1234567", "0.1"],
    ]
    header = grid.cells[1]
    assert (header.row, header.column, header.colspan) == (0, 1, 3)
    figure = next(c for c in grid.cells if c.text == "1234567")
    assert (figure.place.table, figure.place.row, figure.place.column) == (0, 3, 2)


def test_values_and_merged_ranges():
    check(read(Document(make_xlsx(ROWS, ("A1:D1", "B2:D2", "A6:D6")), name="a.xlsx")))


def test_the_binary_format_too():
    content = (Path(__file__).parent / "documents" / "filled.xls").read_bytes()
    reading = read(Document(content, name="a.xls"))
    assert reading.media_type == "application/vnd.ms-excel"
    check(reading)


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576"])
def test_a_cell_far_out_is_refused(place):
    content = make_xlsx(
        [], raw=f'<row r="1"><c r="A1"><v>1</v></c></row><row>{cell(place, 2)}{cell("XFD2", 2)}</row>'
    )
    with pytest.raises(Unreadable) as caught:
        read(Document(content))
    assert caught.value.code == "bomb"


def test_a_huge_merged_range_costs_nothing():
    grid = read(Document(make_xlsx([{"A": "甲", "B": 1}, {"A": "乙", "B": 2}], ("D1:XFD1048576",)))).blocks[0]
    assert [c.text for c in grid.cells] == ["甲", "1", "乙", "2"]


def test_a_workbook_without_anything_is_empty():
    with pytest.raises(Unreadable) as caught:
        read(Document(make_xlsx([{"A": " "}])))
    assert caught.value.code == "empty"


def test_a_torn_workbook_is_corrupted():
    content = make_xlsx(ROWS)
    with pytest.raises(Unreadable) as caught:
        read(Document(content[: len(content) // 2]))
    assert caught.value.code == "corrupted"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b"<!DOCTYPE a []>" + parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(Unreadable):
        read(Document(make_zip(parts)))


def grid_of(raw: str) -> list[list[str]]:
    (grid,) = [b for b in read(Document(make_xlsx([], raw=raw))).blocks if isinstance(b, Grid)]
    return [[cell.text for cell in row] for row in grid.rows()]


HEAD = '<row r="1"><c r="A1" t="str"><v>甲</v></c><c r="B1" t="str"><v>乙</v></c></row>'


def second(inner: str) -> str:
    return f'{HEAD}<row r="2"><c r="A2"><v>7</v></c>{inner}</row>'


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ('<c r="B2"><f>SUM(C1:C9)</f><v>12</v></c>', "12"),
        ('<c r="B2"><f>SUM(C1:C9)</f></c>', "\ufffd"),
        ('<c r="B2"><f>SUM(C1:C9)</f><v></v></c>', "\ufffd"),
        (
            '<c r="B2" t="inlineStr"><is><r><t>1</t></r><r><rPr><sz val="6"/></rPr><t>2</t></r></is></c>',
            "1²",
        ),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "\ufffd"),
        ('<c r="B2" t="inlineStr"><is><t> 12 </t></is></c>', "12"),
        (
            '<c r="B2" t="inlineStr"><is><r><rPr><strike/></rPr><t>9</t></r><r><t>12</t></r></is></c>',
            "12",
        ),
        (
            '<c r="B2" t="inlineStr"><is><r><t>12</t></r><r><rPr><vertAlign val="superscript"/></rPr>'
            "<t>1</t></r></is></c>",
            "12¹",
        ),
        ('<c r="B2" t="inlineStr"><is><r><t>1</t></r><r><t>2</t></r></is></c>', "12"),
    ],
)
def test_a_cell_shows_its_value_or_that_it_is_unknown(inner, text):
    assert grid_of(second(inner)) == [["甲", "乙"], ["7", text]]


FORMATS: list[tuple[float, str, str]] = [  # a value, the code of its format, and what is seen
    (7, "General", "7"),
    (0.5, "0%", "50%"),
    (3, "0%", "300%"),
    (1.452, "0", "1"),
    (2.5, "0_ ", "3"),
    (1234567.891, "#,##0.00", "1,234,567.89"),
    (12345, "0!.0,&quot;万&quot;", "1.2万"),
    (1234567, "#,##0,", "1,235"),
    (5, "0&quot;件&quot;", "5件"),
    (5, "000", "005"),
    (0, "0;-0;;@", ""),
    (5, ";;;", ""),
    (0, "_ * #,##0_ ;_ * -#,##0_ ;_ * &quot;-&quot;_ ;_ @_ ", "-"),
    (6, "+0;-0;0", "+6"),
    (-6, "+0;-0;0", "-6"),
    (-6, "0_);[Red]\\(0\\)", "(6)"),
    (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
    (12, "@", "12"),
    (0, "[=0]&quot;/&quot;;0", "/"),
    (12, "[=0]&quot;/&quot;;0", "12"),
    (12345, "[&gt;=10000]0!.0,&quot;万&quot;;0", "1.2万"),
    (9999, "[&gt;=10000]0!.0,&quot;万&quot;;0", "9999"),
    (3, "[=1]&quot;是&quot;;[=0]&quot;否&quot;;General", "3"),
]
UNTOLD: list[tuple[float, str]] = [  # what is seen of these takes more than a few rules
    (-6, "0;[Red]0"),
    (12, "0.00E+00"),
    (0.5, "# ?/?"),
    (-12, "[=0]&quot;/&quot;;0"),
    (12, "[=0]&quot;/&quot;;-0;0"),
    (12, "[&lt;10]0"),
    (12, "[DBNum1][$-804]General"),
]


def numbers(values: list[float]) -> str:
    """Rows of one number each between texts, the first of the first format, and so on."""
    texts = [f'<c r="{{}}{n}" t="str"><v>甲</v></c>' for n in range(1, len(values) + 1)]
    cells = [f'<c r="B{n}" s="{n - 1}"><v>{value}</v></c>' for n, value in enumerate(values, 1)]
    rows = zip(texts, cells, strict=True)
    return "".join(
        f'<row r="{n}">{text.format("A")}{cell}{text.format("C")}</row>'
        for n, (text, cell) in enumerate(rows, 1)
    )


def formatted(values: list[float], codes: list[str]) -> bytes:
    known = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    forms = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(codes)))
    return make_xlsx([], raw=numbers(values), styles=f"<numFmts>{known}</numFmts><cellXfs>{forms}</cellXfs>")


def second_column(content: bytes, name: str = "") -> list[str]:
    (grid,) = [b for b in read(Document(content, name=name)).blocks if isinstance(b, Grid)]
    return [row[1].text for row in grid.rows()]


def test_a_number_is_what_its_format_shows():
    values, codes, seen = zip(*FORMATS, strict=True)
    assert second_column(formatted(list(values), list(codes))) == list(seen)


def test_what_a_format_shows_is_unknown_where_its_code_is_not_understood():
    values, codes = zip(*UNTOLD, strict=True)
    assert second_column(formatted(list(values), list(codes))) == ["\ufffd"] * len(UNTOLD)


CODES = st.text('0#?.,%;@-+()[]"\\!_* E/ym件万', max_size=12)


@given(st.floats(), CODES | st.sampled_from(["%" * 255, "0." + "0" * 253, "0" * 300, "#" + "," * 254]))
def test_any_code_is_survived_and_shows_no_more_digits_than_there_are(value, code):
    shown = shown_number(value, code)
    assert shown is None or len(shown) < 1200
    if shown is not None and code in ("0", "#", "@", "General"):
        assert abs(float(shown or 0) - value) <= 0.5


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_is_the_same_number_in_every_plain_format(number):
    assert shown_number(number, "0") == shown_number(number, "General") == str(number)
    assert shown_number(number, "#,##0_ ") == f"{number:,}"
    assert shown_number(number, "0.00") == f"{number}.00"


def test_a_date_is_no_figure():
    assert all("-" in text for text in second_column(formatted([45000, 45000.5], ["yyyy-m-d", "m-d"])))


def test_built_in_formats_and_zeros_that_a_sheet_does_not_show():
    forms = "".join(f'<xf numFmtId="{n}"/>' for n in (9, 3, 1, 57))
    hidden = '<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>'
    content = make_xlsx(
        [], raw=numbers([0.25, 1234, 0, 45000]), columns=hidden, styles=f"<cellXfs>{forms}</cellXfs>"
    )
    *figures, date = second_column(content)
    assert figures == ["25%", "1,234", ""]
    assert not date.isdecimal()


@pytest.mark.parametrize("name", ["formats.xls", "formats.ods"])
def test_numbers_of_other_workbooks_are_what_their_formats_show(name):
    """Each number stands there three times, twice side by side; that of 12 has a format of powers of ten."""
    content = (Path(__file__).parent / "documents" / name).read_bytes()
    (grid,) = [b for b in read(Document(content, name=name)).blocks if isinstance(b, Grid)]
    first, second, third = ([row[n].text for row in grid.rows()] for n in (1, 3, 4))
    assert first == second == third
    assert first[:7] == ["50%", "1", "", "5件", "300%", "1,234,567", "7"]
    assert first[7] in ("\ufffd", "1.20E+01")
    assert first[8:9] + first[10:] == ["", "8", "9", "10.0"]


def test_hidden_rows_and_columns_are_not_seen_and_places_stay_those_of_the_sheet():
    cells = "".join(f'<c r="{c}{{n}}"><v>{v}{{n}}</v></c>' for c, v in (("A", 1), ("B", 2), ("C", 3)))
    hidden = {2: ' hidden="1"'}
    raw = "".join(f'<row r="{n}"{hidden.get(n, "")}>{cells.format(n=n)}</row>' for n in (1, 2, 3))
    content = make_xlsx([], raw=raw, columns='<cols><col min="2" max="2" hidden="1"/></cols>')
    (grid,) = [b for b in read(Document(content)).blocks if isinstance(b, Grid)]
    assert [[cell.text for cell in row] for row in grid.rows()] == [["11", "31"], ["13", "33"]]
    last = grid.cells[-1]
    assert (last.row, last.column, last.place.row, last.place.column) == (1, 1, 2, 2)


def test_rows_and_cells_that_do_not_say_where_they_stand_follow_one_another():
    first, hidden = "<c><v>1</v></c><c s='1'><v>98</v></c><c><v>2</v></c>", "<c><v>98</v></c>"
    raw = f"<row>{first}</row><row hidden='1'>{hidden}</row><row>{'<c><v>3</v></c>' * 3}</row>"
    struck = "<fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf fontId='1'/></cellXfs>"
    (grid,) = read(Document(make_xlsx([], raw=raw, styles=struck))).blocks
    assert [[cell.text for cell in row] for row in grid.rows()] == [["1", "", "2"], ["3", "3", "3"]]


def test_lines_of_text_stand_where_the_sheet_begins():
    rows = [
        {"B": "一、总体情况"},
        {"B": "公开7条。"},
        {},
        {"B": "本年新收", "C": 12},
        {"B": "上年结转", "C": 0},
    ]
    first, second, grid = read(Document(make_xlsx(rows))).blocks
    assert (first.text, second.text) == ("一、总体情况", "公开7条。")
    assert isinstance(grid, Grid) and (first.place.row, first.place.column) == (0, 1)


@pytest.mark.parametrize("heading", ["五、存在的主要问题及改进情况", "（五）存在的主要问题及改进情况"])
def test_a_heading_merged_over_the_columns_of_the_table_above_it_is_none_of_its_rows(heading):
    rows = [{"A": "结果维持", "B": "总计"}, {"A": 2, "B": 2}, {"A": heading}, {"A": "1.解读不多。"}]
    table, *lines = read(Document(make_xlsx(rows, merged=("A3:B3", "A4:B4")))).blocks
    assert isinstance(table, Grid) and table.n_rows == 2
    assert [line.text for line in lines] == [heading, "1.解读不多。"]


@pytest.mark.parametrize(
    ("shape", "below"),
    [
        ("<x:sp><x:txBody><a:p><a:r><a:t>7</a:t></a:r></a:p></x:txBody></x:sp>", UNREAD),
        ("<x:sp><x:txBody><a:p><a:r><a:t>件</a:t></a:r></a:p></x:txBody></x:sp>", ""),
        ("<x:pic/>", UNREAD),
    ],
)
def test_a_blank_cell_over_which_a_figure_may_float_is_unreadable(shape, below):
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    anchor = (
        "<x:from><x:col>1</x:col><x:row>0</x:row></x:from>"
        "<x:to><x:col>2</x:col><x:colOff>0</x:colOff><x:row>0</x:row><x:rowOff>9</x:rowOff></x:to>"
    )
    members = {
        "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="d" Type="{REL}/drawing" Target="../drawings/d.xml"/>'
        "</Relationships>",
        "xl/drawings/d.xml": f'<x:wsDr xmlns:x="{drawing}/spreadsheetDrawing" xmlns:a="{drawing}/main">'
        f"<x:twoCellAnchor>{anchor}{shape}</x:twoCellAnchor></x:wsDr>",
    }
    rows = [{"A": "本年新收", "B": "", "C": 3}, {"A": "上年结转", "B": 1, "C": 2}]
    content = io.BytesIO(make_xlsx(rows))
    with zipfile.ZipFile(content, "a") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    (grid,) = read(Document(content.getvalue())).blocks
    assert [cell.text for cell in grid.cells] == ["本年新收", below, "3", "上年结转", "1", "2"]


def test_a_blank_cell_of_an_xls_over_which_a_figure_floats_is_unreadable():
    content = (Path(__file__).parent / "documents" / "boxes.xls").read_bytes()
    (grid,) = read(Document(content)).blocks
    assert {row[0].text: row[1].text for row in grid.rows()} == {
        "a figure in a box": UNREAD,
        "words in a box": "",
        "nothing": "",
    }


SIZES = [(1, ""), (2, ' ht="0" customHeight="1"'), (3, ' ht="14.5"')]


def test_rows_and_columns_of_no_size_are_not_seen():
    rows = [
        f'<row r="{n}"{size}>{cell(f"A{n}", n)}{cell(f"B{n}", 98)}{cell(f"C{n}", 8)}</row>'
        for n, size in SIZES
    ]
    columns = '<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'
    (grid,) = read(Document(make_xlsx([], raw="".join(rows), columns=columns))).blocks
    assert [[cell.text for cell in row] for row in grid.rows()] == [["1", "8"], ["3", "8"]]


def test_a_formula_that_gives_a_text_of_no_letters_is_blank():
    empty = '<c r="B2" t="str"><f>IF(C1=0,&quot;&quot;,C1)</f><v></v></c><c r="C2"><v>8</v></c>'
    assert grid_of(second(empty)) == [["甲", "乙", ""], ["7", "", "8"]]


@pytest.mark.parametrize("name", ["hidden.xls", "hidden.ods"])
def test_what_is_hidden_or_an_error_in_other_workbooks_is_told_apart_too(name):
    """The third row and column are hidden, B5 is #REF!, C5 a formula without a value, D5 one of 3."""
    content = (Path(__file__).parent / "documents" / name).read_bytes()
    (grid,) = [b for b in read(Document(content, name=name)).blocks if isinstance(b, Grid)]
    assert [[cell.text for cell in row] for row in grid.rows()] == [
        ["项目", "一", "三"],
        ["甲", "1", "3"],
        ["乙", "4", "6"],
        ["错", "\ufffd", "3"],
    ]
    assert (grid.cells[-1].place.row, grid.cells[-1].place.column) == (4, 3)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_workbook_cut_off_is_never_read_in_silence(share):
    content = (Path(__file__).parent / "documents" / "hidden.xls").read_bytes()
    with pytest.raises(Unreadable):
        read(Document(content[: int(len(content) * share)], name="a.xls"))


def test_letters_of_other_workbooks_are_read_as_they_look():
    content = (Path(__file__).parent / "documents" / "fonts.xls").read_bytes()
    rows = [row for b in read(Document(content)).blocks if isinstance(b, Grid) for row in b.rows()]
    assert rows[1][2].text == "x" * 4300 + "乙" * 200  # a string over several records
    assert {row[0].text: row[1].text for row in rows[2:]} == {
        "shown": "7",
        "white": UNREAD * 2,
        "white on white": UNREAD * 2,
        "white on blue": "7",
        "blue on blue": UNREAD * 2,
        "signs": UNREAD * 2,
        "tiny": UNREAD * 2,
        "raised in part": "7¹",
        "struck in part": "7",
        "small in part": "7¹",
        "plain in parts": "12",
        "never computed": UNREAD,
    }


FONTS = {
    "": "7",
    '<color rgb="FFFEFEFE"/>': UNREAD,
    '<color indexed="9"/>': UNREAD,
    '<color theme="0"/>': UNREAD,
    '<color theme="0" tint="-0.5"/>': "7",
    '<sz val="1"/>': UNREAD,
    '<name val="Wingdings 2"/>': UNREAD,
    "<strike/>": "",
    '<strike val="0"/>': "7",
}
FILLS = {
    "FF0000FF": "7",
    "FFFFFFFF": UNREAD,
}


@pytest.mark.parametrize("font", FONTS)
def test_letters_of_a_cell_are_read_as_they_look(font):
    styles = f'<fonts><font/><font>{font}</font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>'
    raw = second('<c r="B2" s="1"><v>7</v></c><c r="C2"><v>8</v></c>')
    assert second_column(make_xlsx([], raw=raw, styles=styles))[1] == FONTS[font]


def test_pieces_of_a_text_look_as_they_say_whatever_their_cell_does():
    styles = "<fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf fontId='1'/></cellXfs>"
    pieces = "<r><t>98</t></r><r><rPr><b/></rPr><t>7</t></r>"
    raw = second(f'<c r="B2" s="1" t="inlineStr"><is>{pieces}</is></c><c r="C2"><v>8</v></c>')
    assert second_column(make_xlsx([], raw=raw, styles=styles))[1] == "7"
    content = (Path(__file__).parent / "documents" / "pieces.xls").read_bytes()
    assert second_column(content) == ["7", "7"]


@pytest.mark.parametrize("fill", FILLS)
def test_white_letters_are_read_on_a_colour(fill):
    styles = (
        '<fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts><fills><fill/><fill><patternFill '
        f'patternType="solid"><fgColor rgb="{fill}"/></patternFill></fill></fills>'
        '<cellXfs><xf/><xf fontId="1" fillId="1"/></cellXfs>'
    )
    raw = second('<c r="B2" s="1"><v>7</v></c>')
    assert second_column(make_xlsx([], raw=raw, styles=styles))[1] == FILLS[fill]


_WHITE = '<font><color rgb="FFFFFFFF"/></font>'
_NOTHING = '<numFmt numFmtId="200" formatCode=";;;"/>'
_DARK = _WHITE + '<fill><patternFill><bgColor rgb="FF0000FF"/></patternFill></fill>'
CONDITIONS = [  # the format, its rule, what 0, 7 and 12 show then
    (_WHITE, 'type="cellIs" operator="equal"><formula>0</formula>', [UNREAD, "7", "12"]),
    (_NOTHING, 'type="cellIs" operator="lessThan"><formula>10</formula>', [UNREAD, UNREAD, "12"]),
    (_WHITE, 'type="expression"><formula>$B1&gt;=7</formula>', ["0", UNREAD, 2 * UNREAD]),
    (_WHITE, 'type="expression"><formula>A1=0</formula>', [UNREAD, UNREAD, 2 * UNREAD]),
    (_WHITE, 'type="duplicateValues">', [UNREAD, UNREAD, 2 * UNREAD]),
    (_DARK, 'type="cellIs" operator="equal"><formula>0</formula>', ["0", "7", "12"]),
    ("<font><b/></font>", 'type="cellIs" operator="equal"><formula>0</formula>', ["0", "7", "12"]),
    ("", 'type="dataBar"><dataBar showValue="0"/>', [UNREAD, UNREAD, 2 * UNREAD]),
    ("", 'type="dataBar"><dataBar/>', ["0", "7", "12"]),
]


@pytest.mark.parametrize(("form", "rule", "shown"), CONDITIONS)
def test_figures_that_a_format_hides_on_a_condition_are_unreadable(form, rule, shown):
    named = 'dxfId="0" ' if form else ""
    behind = f'<conditionalFormatting sqref="B1:B9"><cfRule {named}{rule}</cfRule></conditionalFormatting>'
    styles = f"<dxfs><dxf>{form}</dxf></dxfs>"
    raw = numbers([0, 7, 12]).replace(' s="1"', "").replace(' s="2"', "")
    assert second_column(make_xlsx([], raw=raw, styles=styles, behind=behind)) == shown


_ODF = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def ods_cell(style: str, inner: str, value: str = "") -> str:
    kind = f'office:value-type="float" office:value="{value}"' if value else 'office:value-type="string"'
    return f'<table:table-cell {kind} table:style-name="{style}">{inner}</table:table-cell>'


def make_ods(cells: list[str], conditions: str = "") -> bytes:
    """A sheet of one row of cells; ``mapped`` is a style that is white on a condition."""
    names = ("office", "text", "table", "style", "drawing")
    spaces = " ".join(f'xmlns:{name}="{_ODF.format(name)}"' for name in names)
    spaces += f' xmlns:fo="{_ODF.format("xsl-fo-compatible")}" xmlns:calcext="{_CALC}"'
    looks = {"white": 'fo:color="#ffffff"', "small": 'fo:font-size="5pt"', "bold": 'fo:font-weight="bold"'}
    styles = "".join(
        f'<style:style style:name="{name}"><style:text-properties {told}/></style:style>'
        for name, told in looks.items()
    )
    dark = '<style:table-cell-properties fo:background-color="#000080"/>'
    dark += '<style:text-properties fo:color="#ffffff"/>'
    styles += f'<style:style style:name="dark">{dark}</style:style>'
    for name, other in (("mapped", "white"), ("harmless", "bold")):
        styles += (
            f'<style:style style:name="{name}"><style:map style:apply-style-name="{other}"/></style:style>'
        )
    row = f"<table:table-row>{''.join(cells)}</table:table-row>"
    sheet = f'<table:table table:name="S">{row}{conditions}</table:table>'
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    members = {"META-INF/manifest.xml": manifest, "content.xml": content}
    return make_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", **members})


def ods_texts(content: bytes) -> list[str]:
    (grid,) = [block for block in read(Document(content)).blocks if isinstance(block, Grid)]
    return [cell.text for cell in grid.cells]


_P = "<text:p>{}</text:p>".format
ODS_CELLS = [
    (ods_cell("white", _P("12"), "12"), 2 * UNREAD),
    (ods_cell("dark", _P("12"), "12"), "12"),
    (ods_cell("", _P('12<text:span text:style-name="small">3</text:span>')), "12³"),
    (ods_cell("", _P('12<text:span text:style-name="white">3</text:span>')), f"12{UNREAD}"),
    (ods_cell("mapped", _P("12"), "12"), 2 * UNREAD),
    (ods_cell("harmless", _P("12"), "12"), "12"),
    (ods_cell("", "<drawing:frame><drawing:image/></drawing:frame>"), UNREAD),
    (ods_cell("", f"{_P('12')}<drawing:frame>{_P('3')}</drawing:frame>", "12"), f"12{UNREAD}"),
]


def test_what_a_cell_of_an_ods_covers_is_not_seen():
    covered = ods_cell("", _P("98"), "98").replace("table-cell", "covered-table-cell")
    merged = ods_cell("", _P("甲")).replace(
        "<table:table-cell", '<table:table-cell table:number-columns-spanned="2"'
    )
    assert ods_texts(make_ods([merged, covered, ods_cell("", _P("7"), "7")])) == ["甲", "", "7"]


@pytest.mark.parametrize(("cell", "text"), ODS_CELLS)
def test_cells_of_an_ods_are_read_as_they_look(cell, text):
    assert ods_texts(make_ods([ods_cell("", _P("甲")), cell])) == ["甲", text]


@pytest.mark.parametrize(
    ("style", "value", "texts"),
    [("white", "=0", [UNREAD, "12"]), ("white", "unique", [UNREAD, 2 * UNREAD]), ("bold", "=0", ["0", "12"])],
)
def test_figures_of_an_ods_that_a_condition_hides_are_unreadable(style, value, texts):
    condition = f'<calcext:condition calcext:apply-style-name="{style}" calcext:value="{value}"/>'
    area = 'calcext:target-range-address="S.A1:S.B9"'
    conditions = f"<calcext:conditional-format {area}>{condition}</calcext:conditional-format>"
    conditions = f"<calcext:conditional-formats>{conditions}</calcext:conditional-formats>"
    cells = [ods_cell("", _P(value), value) for value in ("0", "12")]
    assert ods_texts(make_ods(cells, conditions)) == texts
