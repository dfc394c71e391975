"""Text boxes of office documents: what they hold is read behind what they hang on, tables too."""

from pathlib import Path

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid
from tests.parse.docx_making import W, make_zip, p, tbl, tc, tr

ODF = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
TITLE, HEADING, NEXT, END = (
    "青垄县2023年政府信息公开工作年度报告",
    "二、主动公开政府信息情况",
    "三、其他",
    "完",
)
HELD = [["甲", "1"], ["乙", "22"]]
AROUND = [["丙", "3"], ["丁", "\ufffd"]]  # a 7 floats over the last cell, or over another


def shown(content: bytes) -> list:
    """The texts of a document's paragraphs, and the rows of its tables."""
    return [
        [[cell.text for cell in row] for row in block.rows()] if isinstance(block, Grid) else block.text
        for block in read(Document(content)).blocks
    ]


def test_boxes_of_a_doc_that_a_word_processor_saved():
    content = (Path(__file__).parent / "documents" / "boxes.doc").read_bytes()
    assert shown(content) == [TITLE, HEADING, HELD, NEXT, AROUND, "7", END]


def rtf_text(text: str) -> str:
    return "".join(c if c.isascii() else f"\\u{(ord(c) + 32768) % 65536 - 32768}?" for c in text)


def rtf_box(held: str) -> str:
    drawn = r"{\*\shpinst\shpleft0\shptop0{\sp{\sn shapeType}{\sv 202}}{\shptxt " + held + "}}"
    return r"{\shp" + drawn + r"{\shprslt{\*\do\dptxbx{\dptxbxtext " + held + "}}}}"


def rtf_table(*rows: list[str]) -> str:
    row = r"\trowd\cellx2000\cellx4000\pard\intbl {}\cell {}\cell\row"
    return "\n".join(row.format(*map(rtf_text, cells)) for cells in rows)


def test_boxes_of_an_rtf():
    floating = rtf_table(["丙", "3"], ["丁", "@"]).replace("@", rtf_box("7"))
    lines = [
        rtf_text("附") + rtf_box(rtf_text(TITLE)) + rtf_box("12") + rtf_text("件") + r"\par",
        rtf_text(HEADING) + rtf_box(rtf_table(*HELD) + r"\pard x") + r"\par",
        floating + r"\pard " + rtf_text(END) + rtf_box(rtf_text("末")),
    ]
    content = (r"{\rtf1\ansi\ansicpg936\uc1 " + "\n".join(lines) + "}").encode()
    assert shown(content) == ["附件", TITLE, "12", HEADING, HELD, "x", AROUND, END, "末"]


def odt_rows(*rows: list[str]) -> str:
    cell = "<table:table-cell>{}</table:table-cell>"
    held = [[x if x.startswith("<") else f"<text:p>{x}</text:p>" for x in cells] for cells in rows]
    made = "".join(f"<table:table-row>{''.join(map(cell.format, cells))}</table:table-row>" for cells in held)
    return f"<table:table>{made}</table:table>"


def odt_box(held: str, before: str = "") -> str:
    return f"<text:p>{before}<draw:frame><draw:text-box>{held}</draw:text-box></draw:frame></text:p>"


def test_boxes_and_shapes_of_an_odt():
    names = {"office": "office", "text": "text", "table": "table", "draw": "drawing"}
    spaces = " ".join(f'xmlns:{name}="{ODF.format(full)}"' for name, full in names.items())
    body = (
        f"<text:p>附件<draw:custom-shape><text:p>{TITLE}</text:p></draw:custom-shape></text:p>"
        + odt_box(odt_rows(*HELD), HEADING)
        + odt_rows(["丙", "3"], ["丁", odt_box("<text:p>7</text:p>")])
    )
    body = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {spaces}>{body}</office:document-content>"
    found = shown(make_zip({"META-INF/manifest.xml": "<manifest/>", "content.xml": content}))
    assert found == ["附件", TITLE, HEADING, HELD, AROUND, "7"]


OLD = "http://schemas.microsoft.com/office/word/2003/wordml"


@pytest.mark.parametrize("drawn", ["{}", "<w:pict><v:shape><v:textbox>{}</v:textbox></v:shape></w:pict>"])
def test_boxes_of_a_document_in_word_2003_xml(drawn):
    held = "".join(tr(*map(tc, cells)) for cells in HELD)
    box = drawn.format(f"<w:txbxContent>{p(TITLE)}{tbl(held)}</w:txbxContent>")
    content = (
        f'<?xml version="1.0"?><w:wordDocument xmlns:w="{OLD}" xmlns:v="urn:schemas-microsoft-com:vml">'
        f"<w:body><w:p><w:r><w:t>{HEADING}</w:t></w:r><w:r>{box}</w:r></w:p></w:body></w:wordDocument>"
    )
    assert W and shown(content.encode()) == [HEADING, TITLE, HELD]
