import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, Reading, Unreadable
from tests.parse.docx_making import REL, W, make_docx, make_zip, p, tbl, tc, tr
from tests.parse.looking import lines
from tests.parse.test_sheet import make_xlsx

FORM = Path(__file__).parents[3] / "shared" / "real" / "zwgk_annual_report_template_2021.docx"


def read_body(body: str, **parts: str) -> Reading:
    return read(Document(make_docx(body, **parts), name="a.docx"))


def shape(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.rowspan, cell.colspan, cell.text) for cell in grid.cells]


def test_merged_cells_and_places():
    merge, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = p("前文") + tbl(
        tr(tc("题", '<w:gridSpan w:val="3"/>')),
        tr(tc("三、办理|结果", merge), tc("予以公开"), tc("1,234")),
        tr(tc("", go_on), tc("不予"), tc("")),
        tr(tc("", go_on), tc("其他"), tc("/")),
    )
    reading = read_body(body)
    grid = reading.blocks[1]
    assert isinstance(grid, Grid)
    assert shape(grid) == [
        (0, 0, 1, 3, "题"),
        (1, 0, 3, 1, "三、办理\n结果"),
        (1, 1, 1, 1, "予以公开"),
        (1, 2, 1, 1, "1,234"),
        (2, 1, 1, 1, "不予"),
        (2, 2, 1, 1, ""),
        (3, 1, 1, 1, "其他"),
        (3, 2, 1, 1, "/"),
    ]
    assert (grid.n_rows, grid.n_columns, grid.exact) == (4, 3, True)
    place = grid.cells[3].place
    assert (place.table, place.row, place.column) == (0, 1, 2)
    assert reading.blocks[0].place.block == 0


def test_a_row_may_begin_further_right():
    row = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("乙") + "</w:tr>"
    grid = read_body(tbl(tr(tc("甲"), tc("1")), row)).blocks[0]
    assert shape(grid)[-1] == (1, 1, 1, 1, "乙")


def gridded(widths: Sequence[int], *rows: str) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return tbl(f"<w:tblGrid>{columns}</w:tblGrid>", *rows)


def wide(text: str, span: int) -> str:
    return tc(text, f'<w:gridSpan w:val="{span}"/>')


def test_rows_drawn_a_little_aside_from_each_other_have_the_same_columns():
    """A border dragged in one row alone is a border of the grid that no other row has."""
    rows = tr(tc("类别"), wide("自然人", 3), tc("总计")), tr(wide("甲", 2), wide("1", 2), tc("2"))
    last = tr(wide("乙", 3), tc(""), tc("4"))
    grid = read_body(gridded([2000, 60, 70, 1500, 1500], *rows, last)).blocks[0]
    assert (grid.n_columns, [c.column for c in grid.cells if c.row == 2]) == (3, [0, 1, 2])
    assert {(cell.colspan, cell.rowspan) for cell in grid.cells} == {(1, 1)}


def test_a_narrow_cell_keeps_its_column():
    rows = tr(tc("甲"), tc(""), tc("1")), tr(wide("乙", 2), tc("2"))
    grid = read_body(gridded([2000, 60, 1500], *rows)).blocks[0]
    assert shape(grid)[2:] == [(0, 2, 1, 1, "1"), (1, 0, 1, 2, "乙"), (1, 2, 1, 1, "2")]


def test_python_docx_documents_read_the_same():
    import docx

    document = docx.Document()
    document.add_heading("一、总体情况", level=2)
    table = document.add_table(rows=3, cols=8)
    for r in range(3):
        for c in range(8):
            table.cell(r, c).text = f"{r * 100 + c}"
    table.cell(0, 1).merge(table.cell(0, 7)).text = "申请人情况"
    document.core_properties.title = "甲县报告"
    buffer = io.BytesIO()
    document.save(buffer)
    reading = read(Document(buffer.getvalue()))
    heading, grid = reading.blocks
    assert (heading.text, heading.level) == ("一、总体情况", 2)
    assert [cell.text for cell in grid.cells if cell.row == 2] == [str(200 + c) for c in range(8)]
    assert grid.cells[1].colspan == 7
    assert reading.meta["title"] == "甲县报告"


def test_nested_tables_stand_after_their_outer_one():
    inner = tbl(tr(tc("内1"), tc("内2")))
    outer = tbl(tr("<w:tc>" + p("外") + inner + p("") + "</w:tc>", tc("5")))
    first, second = read_body(outer + tbl(tr(tc("后"), tc("6")))).blocks[:2]
    assert [cell.text for cell in first.cells] == ["外", "5"]
    assert [cell.text for cell in second.cells] == ["内1", "内2"]
    assert second.place.table == 1


def test_a_frame_of_one_cell_is_no_table():
    assert lines(read_body(tbl(tr(tc("第一段|第二段"))))) == ["第一段", "第二段"]


def test_text_boxes_are_read_once():
    box = "<w:txbxContent>" + p("框内文字") + "</w:txbxContent>"
    drawn = (
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert lines(read_body(f"<w:p><w:r><w:t>正文</w:t>{drawn}</w:r></w:p>")) == ["正文", "框内文字"]


def test_tabs_breaks_symbols_and_revisions():
    run = (
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:noBreakHyphen/></w:r>'
    )
    changed = "<w:del><w:r><w:delText>12</w:delText></w:r></w:del><w:ins><w:r><w:t>21</w:t></w:r></w:ins>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
    assert lines(read_body(f"<w:p>{run}{changed}{hidden}</w:p>")) == ["甲\t乙", "丙☑-21"]


def test_deleted_rows_are_out():
    deleted = "<w:tr><w:trPr><w:del/></w:trPr>" + tc("旧") + tc("1") + "</w:tr>"
    grid = read_body(tbl(tr(tc("甲"), tc("2")), deleted, tr(tc("乙"), tc("3")))).blocks[0]
    assert [cell.text for cell in grid.cells] == ["甲", "2", "乙", "3"]


def numbering(*levels: tuple[str, str]) -> str:
    body = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for i, (style, text) in enumerate(levels)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="7">{body}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num></w:numbering>"
    )


def item(text: str, level: int = 0, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_automatic_numbers_are_printed():
    lists = numbering(("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    body = (
        item("总体情况")
        + item("主动公开", 1)
        + item("依申请公开", 1)
        + item("其中", 2)
        + item("公开情况")
        + item("甲", 1)
    )
    assert lines(read_body(body, numbering=lists)) == [
        "一、总体情况",
        "（一）主动公开",
        "（二）依申请公开",
        "1.其中",
        "二、公开情况",
        "（一）甲",
    ]


def test_a_list_that_starts_over():
    lists = numbering(("decimal", "%1."))
    body = item("甲") + item("乙") + item("丙", number=2)
    assert lines(read_body(body, numbering=lists)) == ["1.甲", "2.乙", "1.丙"]


def test_numbers_of_a_style_and_in_cells():
    lists = numbering(("chineseCounting", "%1、"))
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="S1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    body = p("总体", '<w:pStyle w:val="S1"/>') + tbl(tr("<w:tc>" + item("新收") + "</w:tc>", tc("3")))
    heading, grid = read_body(body, numbering=lists, styles=styles).blocks
    assert (heading.text, heading.level) == ("一、总体", 1)
    assert grid.cells[0].text == "二、新收"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (103, "一百零三"), (1010, "一千零一十")],
)
def test_chinese_counting(number, text):
    from pipelines.parse.read.numbering import han

    assert han(number) == text


def test_links_and_radicals():
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="http://x.cn/a.pdf"/></Relationships>'
    )
    body = '<w:p><w:hyperlink r:id="r1"><w:r><w:t>附⼀</w:t></w:r></w:hyperlink></w:p>'
    content = make_docx(body)
    import zipfile

    with zipfile.ZipFile(buffer := io.BytesIO(content), "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", rels)
    reading = read(Document(buffer.getvalue()))
    assert lines(reading) == ["附一"]
    assert reading.links == (("http://x.cn/a.pdf", "附⼀"),)


# --- hostile ---------------------------------------------------------------


@pytest.mark.parametrize("span", ["1000000000", "99999999999999999999", "-5", "x"])
def test_an_absurd_span_costs_nothing(span):
    grid = read_body(
        tbl(tr(tc("甲", f'<w:gridSpan w:val="{span}"/>'), tc("1")), tr(tc("乙"), tc("2")))
    ).blocks[0]
    assert [cell.text for cell in grid.cells] == ["甲", "1", "乙", "2"]
    assert grid.n_columns <= 102


def test_a_doctype_is_refused():
    document = (
        f'<!DOCTYPE a [<!ENTITY e "x">]><w:document xmlns:w="{W}"><w:body>{p("&e;")}</w:body></w:document>'
    )
    with pytest.raises(Unreadable) as caught:
        read(Document(make_zip({"word/document.xml": document})))
    assert caught.value.code == "corrupted"


def test_a_bomb_is_refused_before_it_is_inflated():
    with pytest.raises(Unreadable) as caught:
        read(Document(make_docx(p("一" * 10) + " " * (40 << 20))))
    assert caught.value.code == "bomb"


def test_depth_without_end_is_refused():
    with pytest.raises(Unreadable) as caught:
        read_body("<w:sdt><w:sdtContent>" * 5000 + p("x") + "</w:sdtContent></w:sdt>" * 5000)
    assert caught.value.code in {"corrupted", "too_deep"}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_cut_off_is_corrupted(share):
    content = make_docx(p("正文") * 200)
    with pytest.raises(Unreadable) as caught:
        read(Document(content[: int(len(content) * share)]))
    assert caught.value.code == "corrupted"


def test_an_empty_document_and_a_picture():
    with pytest.raises(Unreadable) as caught:
        read_body(p(""))
    assert caught.value.code == "empty"
    with pytest.raises(Unreadable) as caught:
        read_body('<w:p><w:r><w:drawing><a:blip xmlns:a="urn:a"/></w:drawing></w:r></w:p>')
    assert caught.value.code == "needs_ocr"


@pytest.mark.skipif(not FORM.exists(), reason="no real documents beside the project")
def test_the_blank_official_form():
    reading = read(Document(FORM.read_bytes()))
    proactive, applications, reviews = [block for block in reading.blocks if isinstance(block, Grid)]
    assert (proactive.n_rows, proactive.n_columns) == (14, 4)
    assert (applications.n_rows, applications.n_columns) == (28, 10)
    assert (reviews.n_rows, reviews.n_columns) == (4, 15)
    spanning = {cell.text: cell.rowspan for cell in applications.cells if cell.rowspan > 2 and cell.text}
    assert spanning["三、本年度办理结果"] == 22
    assert all(len(row) in {8, 9, 10} for row in list(applications.rows())[3:])


RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def with_insert(body: str, target: str, content: bytes) -> bytes:
    relations = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="x" Target="{target}"/></Relationships>'
    document = f'<w:document xmlns:w="{W}" xmlns:r="{REL}"><w:body>{body}</w:body></w:document>'
    return make_zip(
        {
            "word/document.xml": document,
            "word/_rels/document.xml.rels": relations,
            f"word/{target}": content,
        }
    )


CHUNK = '<w:altChunk r:id="x"/>'
PART = '<w:p><w:subDoc r:id="x"/></w:p>'
SHEET = (
    '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" '
    'ProgID="Excel.Sheet.12" r:id="x"/></w:object></w:r></w:p>'
)


@pytest.mark.parametrize("inside", [CHUNK, PART])
def test_a_document_inside_is_read_where_it_stands_and_its_places_name_it(inside):
    page = "<meta charset=utf-8><p>块中文字</p><table><tr><td>甲<td>7</table>".encode()
    for target, content in (
        ("c.html", page),
        ("c.docx", make_docx(p("块中文字") + tbl(tr(tc("甲"), tc("7"))))),
    ):
        reading = read(Document(with_insert(p("前") + inside + p("后"), target, content)))
        first, text, grid, last = reading.blocks
        assert [first.text, text.text, grid.cells[-1].text, last.text] == ["前", "块中文字", "7", "后"]
        assert {text.place.part, grid.cells[0].place.part} == {hashlib.sha256(content).hexdigest()}
        assert first.place.part == last.place.part == ""


def test_an_embedded_workbook_is_read_as_the_table_it_shows():
    book = make_xlsx([{"A": "甲", "B": "乙"}, {"A": "丙", "B": 7}])
    _, grid = read(Document(with_insert(p("前") + SHEET, "b.xlsx", book))).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["甲", "乙", "丙", "7"]


@pytest.mark.parametrize("relation", ["x", "missing"])
@pytest.mark.parametrize("inside", [CHUNK, PART])
def test_a_document_inside_that_cannot_be_read_is_reported(inside, relation):
    content = with_insert(p("前") + inside.replace('"x"', f'"{relation}"'), "c.bin", b"\x00\x01\x02")
    reading = read(Document(content))
    assert lines(reading) == ["前"]
    assert [issue.code for issue in reading.issues] == ["unreadable_members"]


def test_documents_within_documents_end():
    content = make_docx(p("核"))
    for _ in range(5):
        content = with_insert(p("壳") + CHUNK, "c.docx", content)
    reading = read(Document(content))
    assert lines(reading) == ["壳", "壳"]
    assert [issue.code for issue in reading.issues] == ["unreadable_members"]


def cell_texts(reading: Reading) -> list[str]:
    return [cell.text for block in reading.blocks if isinstance(block, Grid) for cell in block.cells]


def raw_tc(content: str) -> str:
    return f"<w:tc><w:tcPr/>{content}</w:tc>"


def test_a_frame_around_a_figure_is_part_of_its_cell():
    framed = tbl(tr(raw_tc(tbl(tr(tc("12")))))) + "<w:p/>"
    reading = read_body(tbl(tr(tc("行政处罚"), raw_tc(framed)), tr(tc("行政强制"), tc("3"))))
    assert cell_texts(reading) == ["行政处罚", "12", "行政强制", "3"]
    assert len(reading.blocks) == 1


def test_tables_of_figures_at_the_edge_of_a_page_are_read_once_and_letter_heads_are_not():
    table = tbl(tr(*(tc(str(n)) for n in range(5))))
    edge = f'<w:hdr xmlns:w="{W}">{{}}</w:hdr>'
    letter_head = edge.format(tbl(tr(tc("甲县"), tc("2023"))))
    reading = read_body(
        p("正文"), header1=edge.format(table), header2=letter_head, footer1=edge.format(table)
    )
    assert cell_texts(reading) == list("01234")


def test_tables_of_figures_in_a_note_are_read():
    table = tbl(tr(*(tc(str(n)) for n in range(5))))
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="2">{p("注")}{table}</w:footnote></w:footnotes>'
    assert cell_texts(read_body(p("正文"), footnotes=notes)) == list("01234")


def test_a_table_drawn_from_right_to_left_is_read_as_it_is_seen():
    rows = tr(tc("3"), tc("2"), tc("行政处罚")), tr(tc("5", '<w:gridSpan w:val="2"/>'), tc("行政强制"))
    mirrored = tbl("<w:tblPr><w:bidiVisual/></w:tblPr>", *rows)
    assert cell_texts(read_body(mirrored)) == ["行政处罚", "2", "3", "行政强制", "5"]
    assert cell_texts(read_body(mirrored.replace("bidiVisual", 'bidiVisual w:val="0"')))[0] == "3"


def test_a_table_around_larger_tables_is_a_frame():
    figures = tbl(*(tr(tc(f"行{n}"), tc(str(n))) for n in range(3)))
    whole = tbl(tr(tc("一、总体情况"), tc("正文。")), tr(tc("二、主动公开"), raw_tc(figures + p(""))))
    first, second, third, grid = read_body(whole).blocks
    assert [first.text, second.text, third.text] == ["一、总体情况", "正文。", "二、主动公开"]
    assert [cell.text for cell in grid.cells] == ["行0", "0", "行1", "1", "行2", "2"]


@pytest.mark.parametrize(
    ("other", "text"), [("12", "共12"), ("34", "共\ufffd\ufffd"), ("", "共\ufffd\ufffd")]
)
def test_figures_in_which_the_ways_to_show_a_thing_differ_are_unreadable(other, text):
    shown, instead = (f"<w:t>{words}</w:t>" for words in ("共12", other))
    ways = f'<mc:Choice Requires="x">{shown}</mc:Choice><mc:Fallback>{instead}</mc:Fallback>'
    body = f"<w:p><w:r><mc:AlternateContent>{ways}</mc:AlternateContent></w:r></w:p>"
    assert lines(read_body(body)) == [text]


def test_of_two_ways_to_show_a_thing_the_one_with_words_is_read():
    box = f"<w:pict><w:txbxContent>{p('框内')}</w:txbxContent></w:pict>"
    ways = f'<mc:Choice Requires="x"><w:drawing/></mc:Choice><mc:Fallback>{box}</mc:Fallback>'
    body = f"<w:p><w:r><mc:AlternateContent>{ways}</mc:AlternateContent></w:r></w:p>"
    assert lines(read_body(body)) == ["框内"]


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def m(tag: str, *content: str) -> str:
    return f"<m:{tag}>{''.join(content)}</m:{tag}>"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (m("r", m("t", "12")), "12"),
        (m("f", m("num", m("r", m("t", "1"))), m("den", m("r", m("t", "2")))), "1/2"),
        (m("sSup", m("e", m("r", m("t", "5"))), m("sup", m("r", m("t", "2")))), "5^2"),
    ],
)
def test_the_parts_of_a_formula_make_no_figure(formula, text):
    assert lines(read_body(f"<w:p><m:oMath {MATH}>{formula}</m:oMath></w:p>")) == [text]


def field(begin: str, instruction: str, result: str = "") -> str:
    def mark(kind: str, inside: str = "") -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'

    shown = mark("separate") + f"<w:r><w:t>{result}</w:t></w:r>" if result else ""
    asked = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return f"<w:p>{mark('begin', begin)}{asked}{shown}{mark('end')}</w:p>"


def test_a_formula_without_its_result_is_no_blank_and_a_list_shows_its_entry():
    entries = '<w:result w:val="1"/><w:listEntry w:val="0"/><w:listEntry w:val="7"/>'
    chosen = field(f"<w:ffData><w:ddList>{entries}</w:ddList></w:ffData>", "FORMDROPDOWN")
    fields = (field("", "=SUM(ABOVE)"), field("", "=1+2", "3"), chosen, field("", "PAGE"))
    reading = read_body(tbl(tr(*map(raw_tc, fields)), tr(*(tc("0") for _ in fields))))
    assert cell_texts(reading)[:4] == ["\ufffd", "3", "7", ""]


def test_the_body_is_the_part_that_the_package_names():
    """Word on the web saves document2.xml and styles2.xml."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relations = '<Relationships><Relationship Id="a" Type="{}" Target="{}"/></Relationships>'
    style = '<w:style w:type="character" w:styleId="s"><w:rPr><w:strike/></w:rPr></w:style>'
    struck = f'<w:styles xmlns:w="{W}">{style}</w:styles>'
    run = '<w:r><w:rPr><w:rStyle w:val="s"/></w:rPr><w:t>9</w:t></w:r>'
    content = make_zip(
        {
            "_rels/.rels": relations.format(kinds + "officeDocument", "/word/document2.xml"),
            "word/_rels/document2.xml.rels": relations.format(kinds + "styles", "styles2.xml"),
            "word/styles2.xml": struck,
            "word/document2.xml": f'<w:document xmlns:w="{W}"><w:body>{p("一、总体情况")}'
            f"<w:p>{run}</w:p></w:body></w:document>",
        }
    )
    assert [block.text for block in read(Document(content)).blocks][:1] == ["一、总体情况"]
    assert not any("9" in block.text for block in read(Document(content)).blocks)


def test_what_a_field_says_as_long_as_it_is_not_filled_in_is_blank():
    field = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    unfilled, filled = field.format("<w:showingPlcHdr/>", "{}"), field.format("", "{}")
    texts = ("单击此处输入文字。", "0", "/")
    row = [*(unfilled.format(p(text)) for text in texts), filled.format(p("7"))]
    reading = read_body(tbl(tr(*(f"<w:tc>{cell}</w:tc>" for cell in row))))
    assert [cell.text for cell in reading.blocks[0].cells] == ["", "0", "/", "7"]


def test_a_title_drawn_as_letters_is_a_line_of_the_text():
    drawn = '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="民政局年度报告"/></v:shape>'
    reading = read_body(f"<w:p><w:r><w:pict>{drawn}</w:pict></w:r></w:p>" + p("一、总体情况"))
    assert [block.text for block in reading.blocks] == ["民政局年度报告", "一、总体情况"]
