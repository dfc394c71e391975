"""What Word shows of a cell is what is read of it: styles, fields, numbers of lists, pictures, boxes."""

import struct

import pytest

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.records import UNREAD, Document, Grid, State

from .docx_making import REL, W, make_docx, make_zip, p, tbl, tc, tr

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:type="character" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="as-gone"><w:basedOn w:val="gone"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="struck"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="old"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="as-up"><w:basedOn w:val="up"/></w:style>
</w:styles>"""
LISTS = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">
<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
LISTED = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
FILLED = '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">%s</w14:textFill>'
BLACK = '<w14:solidFill><w14:schemeClr w14:val="tx1"/></w14:solidFill>'
CLEAR = (
    '<w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/></w14:srgbClr></w14:solidFill>'
)
BOX = f"<w:txbxContent>{p('98')}</w:txbxContent>"
PICTURE = '<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">%s</v:shape></w:pict>'


def r(text, looks=""):
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


def mark(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text):
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def field(instruction, result=None):
    shown = mark("separate") + result if result is not None else ""
    return mark("begin") + instruction + shown + mark("end")


def math(name, parts):
    inner = "".join(f"<m:{tag}><m:r><m:t>{text}</m:t></m:r></m:{tag}>" for tag, text in parts.items())
    return f'<m:oMath xmlns:m="{MATH}"><m:{name}>{inner}</m:{name}></m:oMath>'


def style(name, looks=""):
    return f'<w:rStyle w:val="{name}"/>{looks}'


READ = {
    "hidden by what its style is based on": r("98", style("as-gone")) + r("7"),
    "shown although its style hides": r("7", style("gone", '<w:vanish w:val="0"/>')),
    "not struck although its style is": r("7", style("struck", '<w:strike w:val="false"/>')),
    "struck by two styles": '<w:pPr><w:pStyle w:val="old"/></w:pPr>' + r("7", style("struck")),
    "on the line although its style is not": r("7", style("up", '<w:vertAlign w:val="baseline"/>')),
    "all letters raised a little": r("7", '<w:position w:val="4"/>'),
    "letters of nearly one size": r("1", '<w:sz w:val="21"/>') + r("2", '<w:sz w:val="18"/>'),
    "a field within an instruction": field(code("=") + field(code("=1"), r("98")) + code("+6"), r("7")),
    "text in an instruction": field(r("=3+4"), r("7")),
    "an entry of an index": r("7") + field(code("XE ") + r("98")),
    "a field in two paragraphs": mark("begin") + code("=3") + "</w:p><w:p>" + code("+4") + mark("separate")
    + r("7") + mark("end"),
    "a button": field(code("MACROBUTTON NoMacro 7")),
    "the mark of a note": r("7") + '<w:r><w:footnoteReference w:customMarkFollows="1"/><w:t>1</w:t></w:r>',
    "black for readers of today": r("7", '<w:color w:val="FFFFFF"/>' + FILLED % BLACK),
    "a digit of a font": '<w:r><w:sym w:font="Symbol" w:char="F037"/></w:r>',
}  # fmt: skip
DOUBTED = {
    "raised by what its style is based on": r("7") + r("1", style("as-up")),
    "nearly white": r("7", '<w:color w:val="FEFEFE"/>'),
    "of the colour of the paper": r("7", '<w:color w:val="auto" w:themeColor="background1"/>'),
    "of the colour behind": r("7", '<w:color w:val="D9D9D9"/><w:shd w:val="clear" w:fill="D9D9D9"/>'),
    "blacked out": r("7", '<w:color w:val="000000"/><w:highlight w:val="black"/>'),
    "filled with white": r("7", FILLED % '<w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill>'),
    "filled with nothing": r("7", FILLED % "<w14:noFill/>"),
    "filled with what one sees through": r("7", FILLED % CLEAR),
    "of a size that nobody reads": r("98", '<w:sz w:val="2"/>') + r("7"),
    "pressed to nothing": r("98", '<w:w w:val="1"/>') + r("7"),
    "raised by points": r("7") + r("1", '<w:position w:val="8"/>'),
    "small behind a figure": r("7", '<w:sz w:val="21"/>') + r("1", '<w:sz w:val="12"/>'),
    "a link behind a figure": r("7") + f'<w:hyperlink w:anchor="n">{r("1")}</w:hyperlink>',
    "a field behind a figure": r("7") + field(code("NOTEREF _Ref1"), r("1")),
    "the same field in one element": r("7") + f'<w:fldSimple w:instr="PAGE">{r("3")}</w:fldSimple>',
    "signs in place of digits": r("7", '<w:rFonts w:ascii="Wingdings"/>'),
    "a sign": '<w:r><w:sym w:font="Wingdings" w:char="0031"/></w:r>',
    "letters turned round": f'<w:bdo w:val="rtl">{r("12")}</w:bdo>',
    "a circle drawn around": field(code("EQ \\o\\ac(○,7)")),
    "a field never computed": field(code("DOCPROPERTY number")),
    "the same in one element": '<w:fldSimple w:instr=" =SUM(LEFT) "/>',
    "a field without an end": mark("begin") + code("=1") + r("7"),
    "the number of a list alone": LISTED,
    "the number of a list before a figure": LISTED + r("7"),
    "a root": math("rad", {"deg": "3", "e": "7"}),
    "a part that is not shown": math("phant", {"e": "7"}),
    "struck in a formula": math("borderBox", {"e": "7"}),
    "a picture": f"<w:r>{PICTURE % '<v:imagedata/>'}</w:r>",
    "drawn letters": f"<w:r>{PICTURE % '<v:textpath/>'}</w:r>",
}


LINKED = f'<w:hyperlink w:anchor="n">{r("9")}</w:hyperlink>'


def cell(inner):
    body = tbl(tr(tc("（七）总计"), f"<w:tc><w:p>{inner}</w:p></w:tc>"))
    (grid,) = read(Document(make_docx(body, styles=STYLES, numbering=LISTS))).blocks
    return grid.cells[1].text


@pytest.mark.parametrize("name", READ)
def test_what_word_shows_is_read(name):
    assert read_value(cell(READ[name])).value == (12 if name == "letters of nearly one size" else 7)


@pytest.mark.parametrize("name", DOUBTED)
def test_what_nobody_can_tell_is_no_number_and_no_blank(name):
    assert read_value(cell(DOUBTED[name])).state is State.UNREADABLE


def test_a_cell_struck_under_review_is_out():
    row = tr(tc("（七）总计"), tc("98", "<w:cellDel/>"), tc("7"))
    (grid,) = read(Document(make_docx(tbl(row)))).blocks
    assert [c.text for c in grid.cells] == ["（七）总计", "7"]


@pytest.mark.parametrize(
    "loose",
    [
        p("98", '<w:framePr w:x="900" w:y="900"/>'),
        f"<w:p><w:r>{PICTURE % BOX}</w:r></w:p>",
    ],
)
def test_a_figure_that_floats_beside_a_table_may_stand_over_its_blanks(loose):
    table = tbl(tr(tc("（七）总计"), tc(""), tc("7")))
    grid = next(b for b in read(Document(make_docx(loose + table))).blocks if isinstance(b, Grid))
    assert [c.text for c in grid.cells] == ["（七）总计", UNREAD, "7"]


def test_a_field_without_an_end_costs_no_other_paragraph():
    body = p("一、总体情况") + f"<w:p>{mark('begin')}{code('=1')}</w:p>" + p("公开信息7条。")
    assert [b.text for b in read(Document(make_docx(body))).blocks] == ["一、总体情况", "公开信息7条。"]


@pytest.mark.parametrize("width", [40, 900])
def test_a_table_pasted_as_a_drawn_picture_is_told_as_unread(width):
    # the head of an EMF: its kind and length, its bounds twice, its mark
    head = struct.pack("<II8i4s", 1, 108, 0, 0, width, 600, 0, 0, width * 26, 600 * 26, b" EMF")
    drawn = head + struct.pack("<IIIHHIIIiiii", 0x10000, 108, 1, 1, 0, 0, 0, 0, 1000, 800, 260, 208)
    picture = "<w:p><w:r>" + PICTURE % '<v:imagedata r:id="r1"/>' + "</w:r></w:p>"
    relation = f'<Relationship Id="r1" Type="{REL}/image" Target="media/image1.emf"/>'
    names = "http://schemas.openxmlformats.org/package/2006/relationships"
    body = f"<w:body>{p('一')}{picture}</w:body>"
    content = make_zip(
        {
            "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{REL}">{body}</w:document>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{names}">{relation}</Relationships>',
            "word/media/image1.emf": drawn,
        }
    )
    assert [issue.code for issue in read(Document(content)).issues] == ["needs_ocr"] * (width > 400)


def test_a_link_behind_a_figure_is_no_mark_that_sums_may_leave_out():
    assert cell(r("3") + LINKED) == f"3{UNREAD}9"


def test_a_raised_mark_in_a_link_is_the_mark_of_a_note():
    assert cell(r("7") + LINKED.replace("<w:rPr>", '<w:rPr><w:vertAlign w:val="superscript"/>')) == "7⁹"
