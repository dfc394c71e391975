import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Reading, Unreadable
from tests.parse.docx_making import make_docx, p, tc, tr
from tests.parse.looking import grids, lines, texts

SOFFICE = shutil.which("soffice")
LABELS = ["一、本年新收", "二、上年结转", "（一）予以公开", "（二）部分公开"]
FIGURES = [[3 * r + c for c in range(6)] for r in range(4)]


def rtf_text(text: str) -> str:
    return "".join(
        char if char.isascii() else f"\\u{ord(char) - (65536 if ord(char) > 32767 else 0)}?" for char in text
    )


def rtf_row(cells: list[str], borders: list[str], again: bool = False) -> str:
    definition = "\\trowd\\trleft-108" + "".join(borders)
    body = "".join(f"\\pard\\intbl {rtf_text(cell)}\\cell" for cell in cells)
    return definition + body + (definition if again else "") + "\\row\n"


def rtf(body: str) -> bytes:
    head = "{\\rtf1\\ansi\\ansicpg936\\uc1{\\fonttbl{\\f0 SimSun;}}"
    return (head + body + "}").encode("ascii")


# --- RTF -------------------------------------------------------------------


@pytest.mark.parametrize("again", [False, True])
def test_rtf_cells_survive(again):
    borders = [f"\\cellx{1000 * n}" for n in range(1, 8)]
    rows = [
        rtf_row([label, *map(str, row)], borders, again) for label, row in zip(LABELS, FIGURES, strict=True)
    ]
    reading = read(
        Document(
            rtf(f"\\pard {rtf_text('三、申请情况')}\\par " + "".join(rows) + f"\\pard {rtf_text('完')}\\par ")
        )
    )
    assert lines(reading) == ["三、申请情况", "完"]
    (grid,) = grids(reading)
    assert texts(grid) == [[label, *map(str, row)] for label, row in zip(LABELS, FIGURES, strict=True)]


def test_rtf_merged_and_empty_cells_and_lines_in_cells():
    body = (
        rtf_row(["题"], ["\\cellx3000"])
        + rtf_row(["办理", "予以公开", "1"], ["\\clvmgf\\cellx1000", "\\clbrdrt\\cellx2000", "\\cellx3000"])
        + rtf_row(["", "a\\par b", ""], ["\\clvmrg\\cellx1000", "\\cellx2000", "\\cellx3000"])
        + rtf_row(["合计", "", "7"], ["\\clmgf\\cellx1000", "\\clmrg\\cellx2000", "\\cellx3000"])
    ).replace("\\\\par", "\\par")
    (grid,) = grids(read(Document(rtf(body))))
    assert [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells] == [
        (0, 0, 1, 3, "题"),
        (1, 0, 2, 1, "办理"),
        (1, 1, 1, 1, "予以公开"),
        (1, 2, 1, 1, "1"),
        (2, 1, 1, 1, "a\nb"),
        (2, 2, 1, 1, ""),
        (3, 0, 1, 2, "合计"),
        (3, 2, 1, 1, "7"),
    ]


def test_rtf_in_gbk():
    raw = "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 " + "".join(
        f"\\'{byte:02x}" for byte in "政府信息公开".encode("gbk")
    )
    assert lines(read(Document(raw.encode() + b"\\par}"))) == ["政府信息公开"]


@pytest.mark.parametrize(
    "content", [b"{\\rtf1", b"{\\rtf1 }", b"{\\rtf1{{{{{{", b"{\\rtf1\\trowd\\cellx99\\row}"]
)
def test_broken_rtf_is_unreadable(content):
    with pytest.raises(Unreadable):
        read(Document(content))


# --- DOC -------------------------------------------------------------------


def filled_docx() -> bytes:
    head = tr(tc("", '<w:tcW w:w="2000" w:type="dxa"/>'), tc("申请人情况", '<w:gridSpan w:val="6"/>'))
    start, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [
        tr(tc(label, start if n == 1 else ""), *(tc(str(v)) for v in row))
        for n, (label, row) in enumerate(zip(LABELS, FIGURES, strict=True))
    ]
    rows.insert(2, tr(tc("", go_on), *(tc(str(v)) for v in (7, 8, 9, 10, 11, 12))))
    grid = "<w:tblGrid><w:gridCol w:w='2000'/>" + "<w:gridCol w:w='1000'/>" * 6 + "</w:tblGrid>"
    deleted = (
        "<w:del w:id='1' w:author='a' w:date='2024-01-01T00:00:00Z'><w:r>"
        "<w:delText>99</w:delText></w:r></w:del>"
    )
    revised = f"<w:p><w:r><w:t>全年收到</w:t></w:r>{deleted}<w:r><w:t>12件</w:t></w:r></w:p>"
    table = f"<w:tbl><w:tblPr><w:tblW w:w='8000' w:type='dxa'/></w:tblPr>{grid}{head}{''.join(rows)}</w:tbl>"
    return full_package(p("三、申请情况") + table + revised)


def full_package(body: str) -> bytes:
    """A package complete enough for other programs to open."""
    import io
    import zipfile

    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" '
        "Type="
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    buffer = io.BytesIO(make_docx(body))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", rels)
    return buffer.getvalue()


def check_filled(reading: Reading) -> None:
    assert lines(reading) == ["三、申请情况", "全年收到12件"]
    (grid,) = grids(reading)
    assert texts(grid) == [
        ["", "申请人情况"],
        [LABELS[0], *map(str, FIGURES[0])],
        [LABELS[1], *map(str, FIGURES[1])],
        ["7", "8", "9", "10", "11", "12"],
        [LABELS[2], *map(str, FIGURES[2])],
        [LABELS[3], *map(str, FIGURES[3])],
    ]
    spans = {
        cell.text: (cell.rowspan, cell.colspan) for cell in grid.cells if cell.rowspan + cell.colspan > 2
    }
    assert spans == {"申请人情况": (1, 6), LABELS[1]: (2, 1)}
    assert grid.exact


def test_the_docx_that_is_converted_below():
    check_filled(read(Document(filled_docx())))


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed")
def test_a_doc_saved_by_a_word_processor(tmp_path):
    source = tmp_path / "a.docx"
    source.write_bytes(filled_docx())
    subprocess.run(
        [
            SOFFICE,
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "doc",
            str(source),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    content = (tmp_path / "a.doc").read_bytes()
    reading = read(Document(content, name="a.wps"))
    check_filled(reading)
    assert reading.issues == ()
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(Unreadable):
            read(Document(content[: int(len(content) * share)]))


DOC = Path(__file__).parent / "documents" / "filled.doc"


def test_a_doc_kept_with_the_tests():
    check_filled(read(Document(DOC.read_bytes(), media_type="application/msword")))


@pytest.mark.parametrize("at", range(60))
def test_damaged_docs_raise_nothing_else(at):
    content = bytearray(DOC.read_bytes())
    for i in range(at * 97 % 512 + 512, len(content), 1543):
        content[i] ^= at + 1
    try:
        read(Document(bytes(content)))
    except Unreadable as error:
        assert error.code


def test_word_pages_named_doc_are_html():
    page = (
        "<html><head><meta charset='utf-8'></head><body><p>一、总体情况</p><table>"
        "<tr><td>甲</td><td>5</td></tr></table></body>"
    )
    reading = read(Document(page.encode(), name="年报.doc", media_type="application/msword"))
    assert reading.media_type == "text/html"
    assert "media_type_mismatch" in {issue.code for issue in reading.issues}
    assert "5" in texts(grids(reading)[0])[0]


def test_single_file_pages_are_read():
    html = "<html><body><p>总体情况</p><table><tr><td>甲</td><td>5</td></tr></table></body></html>"
    message = (
        (
            b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
            b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        + html.encode("gb2312")
        + b"\r\n--b--\r\n"
    )
    reading = read(Document(message, name="a.doc"))
    assert texts(grids(reading)[0]) == [["甲", "5"]]
    assert "总体情况" in lines(reading)
