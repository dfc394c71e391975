"""From a number to its place in the archived document: found again, marked, masked, and harmless."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from lxml import html
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipelines.parse.read.html import read_html
from pipelines.parse.records import Grid, Unreadable
from pipelines.publish import marking
from pipelines.publish.marking import drawn as drawn_page
from pipelines.publish.marking import rebuilt
from pipelines.publish.originals import NotShown, Originals, Source
from pipelines.publish.pages import evidence
from pipelines.publish.plugins.site_guard import FRAMED

PHONE, IDENTITY = "13912345678", "11010519491231002X"
PAGE = f"""<html><head><script>alert(1)</script><title>报告</title></head><body onload="alert(2)">
<h1>清溪县教育局2023年政府信息公开工作年度报告</h1><p>联系人手机{PHONE}，证号{IDENTITY}。</p>
<img src="http://evil.example/x.png" onerror="alert(3)"><iframe src="http://evil.example/"></iframe>
<table><tr><th>项</th><th>自然人</th><th>总计</th></tr>
<tr><td>一、本年新收政府信息公开申请数量</td><td>3</td><td>&lt;b&gt;5</td></tr></table></body></html>"""


def shown(
    content: bytes, location: dict[str, Any], keep: list[str] | None = None, *, masked: bool = True
) -> str:
    arguments = {"location": json.dumps(location), "keep": keep or [], "masked": masked, "name": "报告"}
    return marking.answer(arguments, [content])["content"]


def here(page: str) -> list[str]:
    """The text of what is marked."""
    tree = html.document_fromstring(page)
    return ["".join(element.itertext()).strip() for element in tree.xpath("//*[@id='here']")]


def test_a_cell_of_a_page_is_marked_and_nothing_of_the_page_runs():
    text = shown(PAGE.encode(), {"table": 0, "row": 1, "column": 2})
    assert here(text) == ["<b>5"] and "&lt;b&gt;5" in text
    assert not re.search(r"<script|onload|onerror|<iframe|<img|evil|javascript", text)


def test_a_page_keeps_its_own_look():
    page = """<style>.head { color: #123456; background: url(http://evil.example) }
        p:hover { position: fixed; width: 9px } @import "http://evil.example" b { width: 9px }</style>
        <table class="head" width="80%"><tr>
        <td align="right" style="font-weight: bold; background: url(x)">5</td></tr></table>"""
    text = shown(page.encode(), {"table": 0, "row": 0, "column": 0})
    assert ".head { color: #123456 }" in text and "p:hover { width: 9px }" in text
    assert '<table width="80%" class="head"' in html_of(text, "table")
    assert 'align="right"' in text and "font-weight: bold" in text
    assert "evil" not in text and "url(" not in text


def html_of(page: str, tag: str) -> str:
    return html.tostring(html.document_fromstring(page).find(f".//{tag}"), encoding="unicode")


def test_a_marked_cell_is_shown_where_a_script_would_have_had_to_open_it():
    words = "<p>总体情况 结转下年度 结果维持</p>"
    page = f'<div style="display:none">{words}<table><tr><td>7</td></tr></table></div>'
    text = shown(page.encode(), {"table": 0, "row": 0, "column": 0})
    assert here(text) == ["7"] and "display: revert !important" in html_of(text, "div")


def test_personal_data_is_masked_in_the_page_also_where_tags_cut_it():
    text = shown(PAGE.encode(), {"table": 0, "row": 1, "column": 1})
    assert PHONE not in text and IDENTITY not in text and "[已隐去:手机号]" in text
    cut = f"<p>手机{PHONE[:3]}<b>{PHONE[3:7]}</b>{PHONE[7:]}。</p>"
    cut += "<table><tr><td>139</td><td>12345678</td></tr></table>"
    text = shown(cut.encode(), {"table": 0, "row": 0, "column": 1})
    assert "手机[已隐去:手机号]<b></b>。" in text
    assert here(text) == ["12345678"] and ">139<" in text  # two cells are two numbers


ROSTER = [["序号", "姓名", "联系电话"], ["1", "张琥珀", ""], ["2", "李珊瑚", "4021664"]]
TOTALS = [["本年新收申请数量", "3"], ["结转下年度", "7"]]


def as_html() -> bytes:
    tables = (
        "".join(f"<tr>{''.join(f'<td><p>{c}</p></td>' for c in r)}</tr>" for r in t) for t in (ROSTER, TOTALS)
    )
    return "".join(f"<table><tbody>{rows}</tbody></table><p>完</p>" for rows in tables).encode()


def as_docx() -> bytes:
    document = docx.Document()
    for rows in (ROSTER, TOTALS):
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        document.add_paragraph("完")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("make", [as_html, as_docx])
def test_of_a_roster_the_page_shows_its_head_alone(make):
    page = shown(make(), {"table": 1, "row": 1, "column": 1})
    assert here(page) == ["7"]
    assert "联系电话" in page and page.count("[已隐去:名单]") == 6
    assert not re.search("琥珀|珊瑚|4021664", page)


def test_a_span_of_a_line_is_marked():
    text = "一、总体情况\n本年新收申请\t3\t4\n"
    start = text.index("4")
    page = shown(text.encode(), {"line": 1, "span": [start, start + 1]})
    assert '\t<mark id="here">4</mark>' in page


@pytest.mark.parametrize("place", [{"table": 7, "row": 1, "column": 2}, {"block": 99}])
def test_a_place_that_is_not_there_is_not_guessed(place):
    with pytest.raises(marking.Unmarkable):
        shown(PAGE.encode(), place)


def test_a_member_of_an_archive_is_found_by_its_digest():
    page = "<table><tr><td>新收</td><td>7</td></tr><tr><td>结转</td><td>8</td></tr></table>".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
        archive.writestr("report.html", page)
    place = {"table": 0, "row": 1, "column": 1, "part": sha256(page).hexdigest()}
    assert here(shown(buffer.getvalue(), place)) == ["8"]
    with pytest.raises(marking.Unmarkable):
        shown(buffer.getvalue(), place | {"part": "0" * 64})


TABLE = "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>"
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script in svg": "<svg><script>alert(1)</script><animate onbegin=alert(1)></svg>",
    "handler": '<p onclick="alert(1)">x</p><img src=x onerror=alert(1)>',
    "handler without quotes": "<div/onmouseover=alert(1)>x</div>",
    "javascript link": '<a href="javascript:alert(1)">x</a><a href=" java\nscript:alert(1)">y</a>',
    "data link": '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    "iframe": "<iframe src=//evil.test></iframe><frame src=//evil.test><object data=//evil.test>x</object>",
    "image": '<img src=//evil.test/a srcset="//evil.test/b 2x"><picture><source srcset=//evil.test>',
    "style": '<style>@import "//evil.test/a.css";body{background:url(//evil.test)}</style>',
    "style attribute": '<p style="background:url(//evil.test/x);position:fixed;inset:0">x</p>',
    "link": '<link rel=stylesheet href="//evil.test/a.css"><link rel=prefetch href=//evil.test>',
    "base": '<base href="//evil.test/" target=_top>',
    "meta refresh": '<meta http-equiv=refresh content="0;url=//evil.test">',
    "form": '<form action="//evil.test"><input autofocus><button formaction=//evil.test>go</button>',
    "textarea": "<textarea><script>alert(1)</script></textarea>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>",
    "template": "<template><script>alert(1)</script></template>",
    "comment": "<!--[if IE]><script>alert(1)</script><![endif]--><!-- --!><script>alert(1)</script> -->",
    "processing instruction": '<?xml-stylesheet href="//evil.test/a.xsl"?><?php echo 1 ?>',
    "escaped text": "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "attribute breakout": '<td rowspan=\'1" onclick="alert(1)\' colspan="2 onfocus=alert(1)">x</td>',
    "alt text": '<img alt="&lt;script&gt;alert(1)&lt;/script&gt;">',
    "name space": '<v:vml:script xmlns:v="x">1</v:vml:script><o:p onclick=1>y</o:p>',
    "custom element": "<x-evil onload=alert(1)><slot name=a></slot></x-evil>",
    "id of ours": '<p id="evidence">9</p><mark id=evidence>9</mark>',
    "video": "<video src=//evil.test poster=//evil.test autoplay></video><audio src=//evil.test></audio>",
    "marquee": "<marquee onstart=alert(1)>x</marquee><details open ontoggle=alert(1)>x</details>",
    "nested deep": "<div>" * 150 + "x" + "</div>" * 150,
    "xmp": "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(2)</script>",
}
LIVE = re.compile(r"evil\.test|url\(|@import|javascript:|expression\(", re.IGNORECASE)
INERT = {"style", "class", "id", "rowspan", "colspan", "width", "align", "lang", "charset"}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("where", ["before", "inside"])
def test_nothing_of_a_hostile_page_lives(payload, where):
    page = payload + TABLE if where == "before" else TABLE.replace("<td>2</td>", f"<td>2{payload}</td>")
    content = f"<html><body><h1>年度报告</h1>{page}</body></html>".encode()
    tables = [block for block in read_html(content).blocks if isinstance(block, Grid)]
    place = json.loads(tables[-1].cells[-1].place.to_json()) if tables else {"block": 0}
    try:
        text = shown(content, place)
    except marking.Unmarkable:  # what the reader takes for the title stands nowhere in the page
        assert not tables
        return
    tree = html.document_fromstring(text)
    for element in tree.iter():
        assert element.tag in {"html", "head", "meta", "title", "style", "body", *rebuilt._KEPT}, element
        assert set(element.attrib) <= INERT, element.attrib
        assert not any(LIVE.search(value) for value in element.attrib.values())
    assert len(tree.xpath("//style")) == 1 and not LIVE.search(tree.xpath("string(//style)"))
    assert len(here(text)) == 1


def pdf(turned: int = 0) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 300))
    canvas.drawString(50, 200, "total 42")
    canvas.drawString(50, 100, PHONE)
    canvas.drawString(50, 50, IDENTITY[:9])  # goes on in the next line
    canvas.drawString(50, 35, IDENTITY[9:])
    canvas.save()
    document = pypdfium2.PdfDocument(out.getvalue())
    document[0].set_rotation(turned)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def drawn(content: bytes, box: tuple[int, ...], keep: list[str] | None = None) -> Image.Image:
    page = html.document_fromstring(shown(content, {"page": 0, "box": box}, keep))
    source = page.xpath("string(//img/@src)").removeprefix("data:image/png;base64,")
    return Image.open(io.BytesIO(base64.b64decode(source)))


def colours(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> set[Any]:
    scale = picture.width / 400
    crop = picture.crop(tuple(round(value * scale) for value in (left, top, right, bottom)))
    return {colour for _, colour in crop.getcolors(1 << 16)}


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_of_a_pdf_is_drawn_the_way_its_places_count(turned):
    place = {"page": 0, "box": (70, 85, 100, 105)}
    page = html.document_fromstring(shown(pdf(turned), place))
    style = dict(part.split(":") for part in page.xpath("string(//mark[@id='here']/@style)").split(";"))
    left, top = (float(style[side].rstrip("%")) for side in ("left", "top"))
    assert left == pytest.approx(17.5, abs=0.5) and top == pytest.approx(28.3, abs=0.7)
    picture = drawn(pdf(turned), place["box"])
    assert picture.width > picture.height
    assert len(colours(picture, 52, 88, 100, 100)) > 3  # the words stand there


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_personal_data_is_covered_in_a_picture_and_statistics_are_not(turned):
    picture = drawn(pdf(turned), (70, 85, 100, 105))
    assert colours(picture, 56, 194, 108, 197) == {drawn_page.COVER}
    assert drawn_page.COVER in colours(picture, 52, 243, 90, 248)
    assert drawn_page.COVER in colours(picture, 52, 258, 90, 263)
    kept = drawn(pdf(turned), (70, 85, 100, 105), [PHONE])
    assert drawn_page.COVER not in colours(kept, 50, 190, 130, 202)


@pytest.mark.parametrize("masked", [True, False])
def test_a_picture_is_read_again_only_where_something_was_masked(monkeypatch, masked):
    read_again = []
    monkeypatch.setattr(drawn_page, "read", lambda document: read_again.append(document) or Nothing())
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    for content in (out.getvalue(), scanned(out.getvalue())):
        assert here(shown(content, {"page": 0, "box": (70, 85, 100, 105)}, masked=masked)) == [""]
    assert len(read_again) == (2 if masked else 0)


class Nothing:
    blocks = ()


def scanned(picture: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).save(out, "PDF")
    return out.getvalue()


@pytest.mark.parametrize(("phone", "masked"), [("13987654321", 1), ("87654321", 0)])
def test_what_was_masked_in_a_report_is_known_by_its_marks(tmp_path, store_at, publish_at, phone, masked):
    store = store_at(tmp_path)
    report = store.add_report("990102-dddd", "石桥县河东镇人民政府", 2023, text=f"联系电话{phone}。")
    publish_at(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute(evidence._MASKED, (report,)).fetchone() == (masked,)


def test_a_page_that_is_not_there_is_said():
    with pytest.raises(Unreadable):
        shown(pdf(), {"page": 7, "box": (1, 1, 2, 2)})


def ofd() -> bytes:
    """A page of 100 by 80 millimetres: a number below a line, a telephone number below that."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def text(y: int, words: str) -> str:
        code = f'<ofd:TextCode X="0" Y="4" DeltaX="g {len(words) - 1} 3">{words}</ofd:TextCode>'
        return f'<ofd:TextObject ID="1" Boundary="10 {y} 80 5" Size="4">{code}</ofd:TextObject>'

    path = "<ofd:AbbreviatedData>M 0 0 L 50 0</ofd:AbbreviatedData>"
    line = f'<ofd:PathObject ID="2" Boundary="10 8 50 1">{path}</ofd:PathObject>'
    members = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocRoot>D/D.xml</ofd:DocRoot></ofd:OFD>",
        "D/D.xml": f"<ofd:Document {space}><ofd:PhysicalBox>0 0 100 80</ofd:PhysicalBox>"
        '<ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Document>',
        "D/P.xml": f"<ofd:Page {space}>{line}{text(10, '总计&lt;42')}{text(20, PHONE)}</ofd:Page>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_a_page_of_an_ofd_is_drawn_from_its_own_characters_without_personal_data():
    scale = 72 / 25.4
    box = tuple(value * scale for value in (16, 10, 24, 15))
    tree = html.document_fromstring(shown(ofd(), {"page": 0, "box": box}))
    assert "".join(tree.xpath("//svg/text/text()")) == "总计<42"
    assert len(tree.xpath("//svg/path")) == 1 and len(tree.xpath("//svg/rect")) == len(PHONE)
    style = dict(part.split(":") for part in tree.xpath("string(//mark[@id='here']/@style)").split(";"))
    left, top = (float(style[side].rstrip("%")) for side in ("left", "top"))
    assert left == pytest.approx(16, abs=1) and top == pytest.approx(12.5, abs=1)
    kept = html.document_fromstring(shown(ofd(), {"page": 0, "box": box}, [PHONE]))
    assert "".join(kept.xpath("//svg/text/text()")) == f"总计<42{PHONE}"
    with pytest.raises(marking.Unmarkable):
        shown(ofd(), {"page": 3, "box": box})


def test_what_is_not_archived_here_says_so(tmp_path: Path):
    originals = Originals(tmp_path)
    source = Source("a" * 64, "none.warc.gz", 0, "x")
    assert not originals.has(source)
    with pytest.raises(NotShown):
        asyncio.run(originals.marked(source, "{}", []))
    originals.close()


def test_pages_are_kept_up_to_a_limit(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pipelines.publish.originals._KEPT", 100)
    originals = Originals(tmp_path)
    for number in range(5):
        originals._keep((str(number), ""), "x" * 40)
    assert [key for key, _ in originals._kept] == ["3", "4"]


def test_a_document_is_framed_and_sandboxed_whatever_is_asked(ask_site):
    for address in (
        "/evidence/990101-aaaa-2024/document?table=applications&row=granted&column=total",
        "/evidence/nobody-2020/document",
    ):
        (answer,) = ask_site(address)
        assert answer.status_code in (404, 503)
        for name, value in FRAMED.items():
            assert answer.headers[name] == value
