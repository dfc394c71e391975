"""Every number can be shown in its document, and no document does anything to who looks at it."""

import io
import re
import zipfile
from hashlib import sha256

import pypdfium2
import pytest
from lxml import html
from PIL import Image, ImageChops

from pipelines import evidence
from pipelines.parse.read.html import read_html
from pipelines.parse.records import Document, Grid, Place, State, Unreadable
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.figures import project, simulate
from samples.prose import write
from samples.render import LAYOUTS
from samples.report import Agency, Habit, Report

NAMES = [n for n in ("html_plain", "html_word", "html_split", "docx", "text_tabs", "pdf") if n in LAYOUTS]
ALLOWED = {"html", "head", "meta", "title", "style", "body", "mark", "span", "a", *evidence._KEPT} - {"a"}


@pytest.fixture(scope="module")
def report():
    figures = project(simulate("shown", "busy", (2023,))[2023], "2021")
    agency = Agency("青垄县教育体育局", "青垄县", "980121", "department", "busy", "jtj")
    words = write(agency.name, 2023, figures, "shown")
    return Report(
        agency,
        2023,
        "2021",
        figures,
        words,
        f"{agency.name}2023年政府信息公开工作年度报告",
        "2024-01-20",
        Habit(),
    )


def numbers(content, name):
    parsed = parse(Document(content, name=name), Regions.builtin())
    return [c for c in parsed.report.cells if c.state is State.NUMBER and c.place]


def marked(shown):
    """The text of what is marked, after checking that the document is harmless."""
    assert shown.media_type == evidence.HTML
    return harmless(shown.content.decode())


def harmless(text):
    tree = html.document_fromstring(text)
    assert "default-src 'none'" in text
    for element in tree.iter():
        assert isinstance(element.tag, str) and element.tag in ALLOWED, element
        if element.tag not in ("html", "meta"):
            assert set(element.attrib) <= {"id", "rowspan", "colspan"}, element.attrib
    assert len(tree.xpath("//style")) == 1 and not re.search(
        r"url\(|@import|javascript:", tree.xpath("string(//style)")
    )
    return "".join("".join(e.itertext()) for e in tree.xpath("//*[@id='evidence']"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pdf"])
def test_each_number_is_marked_where_it_stands(report, name):
    layout = LAYOUTS[name]
    content = layout.render(report)
    document = Document(content, name=f"report.{layout.suffix}")
    for cell in numbers(content, document.name)[::9]:
        text = marked(evidence.show(document, cell.place))
        assert "".join(cell.raw.split()) in "".join(text.split()), cell


def test_the_page_of_a_pdf_has_its_box(report):
    content = LAYOUTS["pdf"].render(report)
    cell = numbers(content, "a.pdf")[20]
    shown = evidence.show(Document(content), cell.place, scale=2.0)
    assert shown.media_type == evidence.PNG
    picture = Image.open(io.BytesIO(shown.content))
    page = pypdfium2.PdfDocument(content)[cell.place.page]
    plain = page.render(scale=2.0).to_pil().convert("RGB")
    assert picture.size == plain.size
    changed = ImageChops.difference(picture, plain).getbbox()
    assert changed == pytest.approx([2 * v for v in cell.place.box], abs=5)


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_turned_page_is_shown_the_way_its_places_count(report, quarter):
    source = pypdfium2.PdfDocument(LAYOUTS["pdf"].render(report))
    for page in source:
        page.set_rotation(quarter)
    buffer = io.BytesIO()
    source.save(buffer)
    cell = numbers(buffer.getvalue(), "a.pdf")[20]
    upright = evidence.show(Document(LAYOUTS["pdf"].render(report)), cell.place)
    turned = evidence.show(Document(buffer.getvalue()), cell.place)
    one, other = (Image.open(io.BytesIO(shown.content)).convert("L") for shown in (upright, turned))
    assert one.size == other.size
    assert sum(ImageChops.difference(one, other).histogram()[128:]) < 0.01 * one.width * one.height


def test_a_picture_is_marked_in_pixels_and_kept_within_bounds():
    buffer = io.BytesIO()
    Image.new("RGB", (6000, 3000), "white").save(buffer, "PNG")
    shown = evidence.render_page(buffer.getvalue(), 0, [(600.0, 300.0, 1200.0, 600.0)])
    picture = Image.open(io.BytesIO(shown))
    assert max(picture.size) <= 4000
    by = picture.width / 6000
    assert picture.getpixel((round(900 * by), round(450 * by))) != (255, 255, 255)
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_a_member_of_an_archive_is_found_by_its_digest():
    page = "<table><tr><td>新收</td><td>7</td></tr><tr><td>结转</td><td>8</td></tr></table>".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
        archive.writestr("report.html", page)
    place = Place(table=0, row=1, column=1, part=sha256(page).hexdigest())
    assert marked(evidence.show(Document(buffer.getvalue()), place)) == "8"
    with pytest.raises(Unreadable):
        evidence.show(Document(buffer.getvalue()), Place(table=0, part="0" * 64))


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


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("where", ["before", "inside"])
def test_nothing_of_a_hostile_page_lives(payload, where):
    page = payload + TABLE if where == "before" else TABLE.replace("<td>2</td>", f"<td>2{payload}</td>")
    content = f"<html><body><h1>年度报告</h1>{page}</body></html>".encode()
    tables = [b for b in read_html(content).blocks if isinstance(b, Grid)]
    cell = tables[-1].cells[-1] if tables else None
    text = evidence.mark_html(content, "utf-8", cell.place if cell else Place(block=0))
    shown = harmless(text)
    assert cell is None or "".join(cell.text.split()) in "".join(shown.split())
    assert "evil.test" not in re.sub(r">[^<]*<", "><", text)


def test_a_place_that_is_not_there_marks_nothing():
    page = f"<html><body>{TABLE}</body></html>".encode()
    for place in (Place(table=9, row=0, column=0), Place(block=99), Place()):
        assert harmless(evidence.mark_html(page, "", place)) == ""


def test_text_is_escaped_and_its_span_marked():
    text = "一、<script>alert(1)</script>\n新收 7 件\n" * 100
    start = text.index("7", 900)
    shown = evidence.mark_text(text.encode(), "utf-8", Place(line=1, span=(start, start + 1)))
    assert harmless(shown) == "7" and "&lt;script&gt;" in shown
    assert len(shown) < len(text) + 2000


@pytest.mark.parametrize("span", [(10**9, 10**9 + 5), (-5, 3), (5, 2)])
def test_a_span_outside_the_text_is_no_error(span):
    harmless(evidence.mark_text("甲乙丙".encode(), "", Place(line=0, span=span)))


def test_a_page_that_is_not_there_is_said():
    buffer = io.BytesIO()
    Image.new("RGB", (50, 50)).save(buffer, "PNG")
    with pytest.raises(Unreadable):
        evidence.render_page(buffer.getvalue(), 3, [])
