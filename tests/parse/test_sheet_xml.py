"""Workbooks saved as XML Spreadsheet 2003: cells by their places, as they look."""

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import UNREAD, Document, Grid, Unreadable

OFFICE = "urn:schemas-microsoft-com:office"
SPACES = (
    f'xmlns="{OFFICE}:spreadsheet" xmlns:ss="{OFFICE}:spreadsheet"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:h="http://www.w3.org/TR/REC-html40"'
)
FAR = 'ss:Index="60000"'
STYLES = """<Style ss:ID="Default"><Font ss:Size="11" ss:Color="#000000"/></Style>
<Style ss:ID="dash"><NumberFormat ss:Format="0;-0;&quot;/&quot;"/></Style>
<Style ss:ID="fixed"><NumberFormat ss:Format="Fixed"/></Style>
<Style ss:ID="named"><NumberFormat ss:Format="Scientific"/></Style>
<Style ss:ID="struck"><Font ss:StrikeThrough="1"/></Style>
<Style ss:ID="below" ss:Parent="struck"><NumberFormat ss:Format="0"/></Style>
<Style ss:ID="white"><Font ss:Color="#FFFFFF"/></Style>
<Style ss:ID="on-blue"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#0000FF" ss:Pattern="Solid"/></Style>"""


def workbook(rows: str, options: str = "", before: str = "", behind: str = "") -> bytes:
    sheet = f"<Table>{rows}</Table><x:WorksheetOptions>{options}</x:WorksheetOptions>{behind}"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook {SPACES}>'
        f"<Styles>{STYLES}</Styles>{before}<Worksheet ss:Name='1'>{sheet}</Worksheet></Workbook>"
    ).encode()


def cell(text: str, kind: str = "String", attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def texts(content: bytes) -> list[list[str]]:
    (grid,) = [b for b in read(Document(content, name="a.xls")).blocks if isinstance(b, Grid)]
    return [[c.text for c in row] for row in grid.rows()]


def test_cells_stand_where_they_say_or_behind_the_one_before():
    merged, behind = "ss:MergeAcross='1' ss:MergeDown='1'", "ss:Index='3'"
    rows = (
        f"<Row>{cell('一、总体情况')}</Row>"
        f"<Row ss:Index='3'>{cell('申请人情况', attributes=merged)}{cell('总计')}</Row>"
        f"<Row>{cell('7', 'Number', behind)}</Row>"
        f"<Row>{cell('本年新收')}{cell('12.0', 'Number')}{cell('1E2', 'Number')}</Row>"
    )
    line, grid = read(Document(workbook(rows))).blocks
    assert line.text == "一、总体情况"
    found = [[c.text for c in row] for row in grid.rows()]
    assert found == [["申请人情况", "总计"], ["7"], ["本年新收", "12", "100"]]
    assert (grid.cells[0].rowspan, grid.cells[0].colspan) == (2, 2)
    assert (grid.cells[-1].place.row, grid.cells[-1].place.column) == (4, 2)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (cell("0", "Number", 'ss:StyleID="dash"'), "/"),
        (cell("2.345", "Number", 'ss:StyleID="fixed"'), "2.35"),
        (cell("2.345", "Number", 'ss:StyleID="named"'), UNREAD),
        (cell("98", "Number", 'ss:StyleID="struck"'), ""),
        (cell("98", "Number", 'ss:StyleID="below"'), ""),
        (cell("98", "Number", 'ss:StyleID="white"'), UNREAD * 2),
        (cell("98", "Number", 'ss:StyleID="on-blue"'), "98"),
        (cell("#DIV/0!", "Error"), UNREAD),
        ('<Cell ss:Formula="=1+6"/>', UNREAD),
        (cell("7", "Number", 'ss:Formula="=1+6"'), "7"),
        ('<Cell><ss:Data ss:Type="String"><h:S>98</h:S><h:B>7</h:B></ss:Data></Cell>', "7"),
        ('<Cell><ss:Data ss:Type="String">7<h:Sup>1</h:Sup></ss:Data></Cell>', "7¹"),
        (cell("7") .replace("</Cell>", "<Comment><ss:Data><h:B>98</h:B></ss:Data></Comment></Cell>"), "7"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_looks(shown, text):
    assert texts(workbook(f"<Row>{cell('总计')}{shown}{cell('8')}</Row>")) == [["总计", text, "8"]]


def test_hidden_rows_columns_and_sheets_are_not_seen():
    row = f"<Row>{cell('1')}{cell('98')}{cell('2')}</Row>"
    hidden = row.replace("<Row>", '<Row ss:Hidden="1">'), row.replace("<Row>", '<Row ss:Height="0">')
    other = (
        f"<Worksheet ss:Name='0'><Table>{row}</Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible>"
    )
    columns = '<Column/><Column ss:Hidden="1"/>'
    content = workbook(columns + row + "".join(hidden), before=f"{other}</x:WorksheetOptions></Worksheet>")
    assert texts(content) == [["1", "2"]]


def test_figures_that_a_format_may_hide_on_a_condition_are_unreadable_and_zeros_may_not_be_shown():
    condition = (
        "<x:ConditionalFormatting><x:Range>R1C2</x:Range><x:Condition><x:Value1>0</x:Value1>"
        "<x:Format Style='color:white'/></x:Condition></x:ConditionalFormatting>"
    )
    rows = f"<Row>{cell('总计')}{cell('0', 'Number')}{cell('0', 'Number')}{cell('8', 'Number')}</Row>"
    content = workbook(rows, options="<x:DoNotDisplayZeros/>", behind=condition)
    assert texts(content)[0][2:] == ["", "8"]
    assert texts(content.replace(b"<x:DoNotDisplayZeros/>", b"")) == [["总计", UNREAD, "0", "8"]]


def test_a_cell_far_out_is_refused_or_told():
    far = f"<Row>{cell('1')}{cell('98', 'Number', FAR)}</Row><Row>{cell('2')}</Row>"
    more = f"<Worksheet ss:Name='0'><Table><Row>{cell('7')}</Row></Table></Worksheet>"
    reading = read(Document(workbook(far, before=more)))
    assert [issue.code for issue in reading.issues] == ["sheet_too_large"]
    with pytest.raises(Unreadable, match="too_large"):
        read(Document(workbook(far)))
    with pytest.raises(Unreadable, match="corrupted"):
        read(Document(workbook(far.replace("60000", "99999999999"))))
