"""How letters look decides what they say: the same four looks in every format that has them."""

import pytest

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, State
from tests.parse.docx_making import W, make_docx, make_zip, tbl, tr
from tests.parse.test_office_kin import ODF, word_2003

LOOKS = ("struck", "hidden", "raised", "lowered", "white")
#: what a cell says in which 98 looks so, between 7 and 1
SAYS = {"struck": "71", "hidden": "71", "raised": "7⁹⁸1", "lowered": "7₉₈1", "white": "7\ufffd\ufffd1"}

_RUN = {
    "struck": "<w:strike/>",
    "hidden": "<w:vanish/>",
    "raised": '<w:vertAlign w:val="superscript"/>',
    "lowered": '<w:vertAlign w:val="subscript"/>',
    "white": '<w:color w:val="FFFFFF"/>',
}
_ODT = {
    "struck": 'style:text-line-through-style="solid"',
    "hidden": 'text:display="none"',
    "raised": 'style:text-position="super 58%"',
    "lowered": 'style:text-position="sub 58%"',
    "white": 'fo:color="#ffffff"',
}
_RTF = {"struck": "\\strike", "hidden": "\\v", "raised": "\\super", "lowered": "\\sub", "white": "\\cf1"}
_CSS = {
    "struck": "text-decoration: line-through",
    "hidden": "font-size:0",
    "raised": "vertical-align:super",
    "white": "color: #FFF",
}
_TAG = {"struck": "s", "hidden": "rt", "raised": "sup", "lowered": "sub"}


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def cells(*texts: str) -> str:
    return tbl(tr(*(f"<w:tc><w:p>{text}</w:p></w:tc>" for text in texts)))


def docx(properties: str) -> bytes:
    return make_docx(cells(run("甲"), run("7") + run("98", properties) + run("1")))


def docx_by_style(properties: str) -> bytes:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:type="character" w:styleId="x"><w:rPr>{properties}</w:rPr>'
        "</w:style></w:styles>"
    )
    body = cells(run("甲"), run("7") + run("98", '<w:rStyle w:val="x"/>') + run("1"))
    return make_docx(body, styles=styles)


def word_xml(properties: str) -> bytes:
    return word_2003(cells(run("甲"), run("7") + run("98", properties) + run("1")))


def odt(properties: str, flat: bool = False) -> bytes:
    names = " ".join(
        f'xmlns:{short}="{ODF.format(long)}"'
        for short, long in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )
    styles = f'<style:style style:name="T1"><style:text-properties {properties}/></style:style>'
    row = (
        "<table:table-cell><text:p>甲</text:p></table:table-cell><table:table-cell>"
        '<text:p>7<text:span text:style-name="T1">98</text:span>1</text:p></table:table-cell>'
    )
    table = f"<table:table><table:table-row>{row}</table:table-row></table:table>"
    content = (
        f"<office:document {names}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{table}</office:text></office:body></office:document>"
    )
    return content.encode() if flat else make_zip({"META-INF/manifest.xml": "<m/>", "content.xml": content})


def rtf(word: str) -> bytes:
    head = "{\\rtf1\\ansi\\ansicpg936{\\colortbl;\\red255\\green255\\blue255;}"
    row = f"\\trowd\\cellx900\\cellx1800\\intbl \\u30002?\\cell 7{{{word} 98}}1\\cell\\row"
    return f"{head}{row}\\pard\\par}}".encode()


def html(inner: str) -> bytes:
    return f"<meta charset=utf-8><table><tr><td>甲</td><td>7{inner}1</td></tr></table>".encode()


def sheet(css: str) -> bytes:
    return f"<style>.a, td .x {{{css}}}</style>".encode()


def docx_in_table(shade: str) -> bytes:
    """White letters in a table with a style, which gives it a colour perhaps."""
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:type="table" w:styleId="base"><w:tcPr>{shade}</w:tcPr></w:style>'
        '<w:style w:type="table" w:styleId="own"><w:basedOn w:val="base"/></w:style></w:styles>'
    )
    body = cells(run("甲"), run("7") + run("98", _RUN["white"]) + run("1"))
    body = body.replace("<w:tbl>", '<w:tbl><w:tblPr><w:tblStyle w:val="own"/></w:tblPr>')
    return make_docx(body, styles=styles)


CASES = {
    **{f"docx {look}": (docx(_RUN[look]), look) for look in LOOKS},
    **{f"docx style {look}": (docx_by_style(_RUN[look]), look) for look in LOOKS},
    **{f"word xml {look}": (word_xml(_RUN[look]), look) for look in LOOKS},
    **{f"odt {look}": (odt(_ODT[look]), look) for look in LOOKS},
    **{f"fodt {look}": (odt(_ODT[look], flat=True), look) for look in LOOKS},
    **{f"rtf {look}": (rtf(_RTF[look]), look) for look in LOOKS},
    **{f"html style {look}": (html(f'<span style="{css}">98</span>'), look) for look, css in _CSS.items()},
    **{f"html tag {look}": (html(f"<{tag}>98</{tag}>"), look) for look, tag in _TAG.items()},
    "html font": (html("<font color=white>98</font>"), "white"),
    "html pale font": (html('<font color="#FEFEFE">98</font>'), "white"),
    "html pale by lightness": (html('<b style="color:hsl(0, 0%, 98%)">98</b>'), "white"),
    "html nearly clear": (html('<b style="color:rgba(0,0,0,.02)">98</b>'), "white"),
    "html deleted": (html("<del>98</del>"), "struck"),
    **{
        f"html sheet {rule}": (f"<style>{rule}</style>".encode() + html('<i class="x">98</i>'), "hidden")
        for rule in (
            "td>i{display:none}",
            "b, table .x {color:red; visibility: hidden}",
            "@media screen{/* x */i.x{display:none}}",
        )
    },
    "html pale by its last figures": (html('<b style="color:#00000000">98</b>'), "white"),
    **{
        f"html {css}": (html(f'<i style="{css}">98</i>'), "hidden")
        for css in (
            "clip-path:circle(0)",
            "filter:opacity(0)",
            "opacity:0%",
            "zoom:.01",
            "content-visibility:hidden",
            "position:absolute;transform:translateX(-9999px)",
        )
    },
    **{
        f"html sheet {rule}": (f"<style>{rule}</style>".encode() + html('<i class="x">98</i>'), "hidden")
        for rule in (
            "@media (width >= 600px){.x{display:none}}",
            "@media screen and (orientation: landscape){.x{display:none}}",
        )
    },
    "html closed dialog": (html("<dialog>98</dialog>"), "hidden"),
    "html zoom": (html('<i style="zoom:0">98</i>'), "hidden"),
    "html higher": (html('<i style="position:relative;top:-4px">98</i>'), "raised"),
    "html of word": (html('<i style="mso-text-raise:4pt">98</i>'), "raised"),
    "html clipped": (html('<i style="position:absolute;clip:rect(0,0,0,0)">98</i>'), "hidden"),
    "html of no width": (html('<i style="display:inline-block;width:0;overflow:hidden">98</i>'), "hidden"),
    "html of no size": (html('<i style="transform: scale(0)">98</i>'), "hidden"),
    "html transparent": (html('<i style="color:rgba(0, 0, 0, 0)">98</i>'), "white"),
    "html nearly white": (html('<i style="color:#fefefe">98</i>'), "white"),
    **{f"html sheet {look}": (sheet(css) + html('<i class="x">98</i>'), look) for look, css in _CSS.items()},
    "docx in a table with lines": (docx_in_table(""), "white"),
    "docx in a table on white": (docx_in_table('<w:shd w:val="clear" w:fill="auto"/>'), "white"),
    "html in no cell of its own": (html('<i style="display:table-column">98</i>'), "hidden"),
    **{
        f"html {css}": (html(f'<i style="{css}">98</i>'), "white")
        for css in (
            "letter-spacing:-1em",
            "letter-spacing: -.6em; color:red",
            "color:#222;background:#222",
            "background-color:Navy;font-size:9pt;color:navy",
        )
    },
    "html off the screen": (html('<i style="position:absolute;left:-9999px">98</i>'), "hidden"),
}


def last_cell(content: bytes) -> str:
    (grid,) = [block for block in read(Document(content)).blocks if isinstance(block, Grid)]
    return grid.cells[-1].text


@pytest.mark.parametrize(("content", "look"), CASES.values(), ids=CASES)
def test_letters_say_what_they_look_like(content, look):
    assert last_cell(content) == SAYS[look]
    value = read_value(last_cell(content))
    assert value.value == (71 if look in ("struck", "hidden") else None)
    assert value.state is (State.NUMBER if look in ("struck", "hidden") else State.UNREADABLE)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (docx('<w:strike w:val="0"/>'), "7981"),
        (docx('<w:color w:val="FFFFFF"/><w:shd w:fill="000080"/>'), "7981"),
        (docx("<w:b/>"), "7981"),
        (docx_in_table('<w:shd w:val="clear" w:fill="1F3864"/>'), "7981"),
        (sheet("color:#fff;background:#006") + html('<b class="x">98</b>'), "7 98 1"),
        (sheet("color:#f00") + html('<b class="x">98</b>'), "7 98 1"),
        (sheet("color:#333") + html('<b class="x">98</b>'), "7981"),
        (html('<b style="color:red">98</b>'), "7 98 1"),
        (html('<b style="color:hsl(0, 100%, 50%)">98</b>'), "7 98 1"),
        (html('<font color="#0000ff">98</font>'), "7 98 1"),
        (html('<b style="color:rgb(51, 51, 51)">98</b><i style="color: windowtext">6</i>'), "79861"),
        (html('<b style="color:red">9</b><b style="color:red;margin:0">8</b>'), "7 98 1"),
        (html('<b style="width:0">98</b>'), "7981"),
        (html("<select><option>5<option selected>98</select>"), "7981"),
        (html('<select><option>5<option selected label="98"></select>'), "7981"),
        (html("<textarea>98</textarea><button>打印</button>"), "7981"),
        (html("<script>document.write('98')</script>"), "7981"),
        (html("<script>document.write(a[5])</script>"), "7\ufffd1"),
        (html("<svg><title>5</title><text>98</text></svg>"), "7981"),
        (html('<s style="text-decoration:none">98</s>'), "7981"),
        (html('<b style="letter-spacing:-0.5pt">98</b>'), "7981"),
        (html('<x-n><template shadowrootmode="open"><i>98</i></template>5</x-n>'), "7981"),
        (html('<x-n><template shadowrootmode="closed">9<slot>6</slot></template>8</x-n>'), "7981"),
        (html('<x-n><template shadowrootmode="open">9<slot>8</slot></template></x-n>'), "7981"),
        (html('<x-n><template shadowrootmode="open">9<slot></slot></template><i>8</i></x-n>'), "7981"),
        (html("<template>98</template>"), "71"),
        (html('<b aria-hidden="true">98</b>'), "7981"),
        (rtf("\\strike0"), "7981"),
        (rtf("\\strike\\plain"), "7981"),
        (html('<b style="color:white;background:#006">98</b>'), "7 98 1"),
        (html('<b style="opacity:0.5;font-size:0.9em">98</b>'), "7981"),
        (html("<s></s>98"), "7981"),
        (html("<sup>[98]</sup>"), "7[98]1"),
        (html('<i class="x">98</i>'), "7 98 1"),
        (html('<i class="x">９８</i>'), "7 ９８ 1"),
        (html('<a href="#n1">98</a>'), "7 98 1"),
        *(
            (html(f'<b style="{style}">98</b>'), "7 98 1")
            for style in (
                "-webkit-text-fill-color:transparent",
                "filter:blur(8px)",
                "transform:rotateY(90deg)",
                "zoom:0%",
                "font-size:calc(0px)",
                "margin-left:20px",
            )
        ),
        (html('<b style="color:rgb(0 0 0 / 0%)">98</b>'), "7\ufffd\ufffd1"),
        (sheet("background:linear-gradient(#fff 49%,#000 49%)") + html('<b class="x">98</b>'), "7 98 1"),
        (html('<b style="margin-left:20px">980</b>'), "7\ufffd980 1"),
        (html('<b style="zoom:1;overflow:visible;transform:none;margin-left:0px">98</b>'), "7981"),
        (html("<math><mn>98</mn><annotation>98</annotation></math>"), "7 98 1"),
        (html("<noframes>98</noframes><i popover>98</i>"), "71"),
        (html('<textarea style="display:none">98</textarea>'), "71"),
        (html('<object data="a.svg"></object>'), "71"),
        (html('<input type=tel value="98">'), "7981"),
        (html('<font size="1">98</font>'), "7 98 1"),
        (html('<font size="3">98</font>'), "7981"),
        (html('<i style="font-size:.6em">98</i>'), "7 98 1"),
        (html('<i style="font-size:10.5pt"><b style="font-size:8px">98</b></i>'), "7 98 1"),
        (html('<i style="font-size:14px">98</i>'), "7981"),
        (sheet("font-size:9px") + html('<i class="x">98</i>'), "7 98 1"),
        (html('<i lang=EN-US>9</i><b style="font-family:Arial">8</b>'), "7981"),
        (b"<style>@media print{i.x{display:none}}.x{color:red}</style>" + html("<i>98</i>"), "7981"),
        *(
            (f"<style>{rule}</style>".encode() + html('<i class="x">98</i>'), "7981")
            for rule in (
                "/* .x{display:none} */",
                "@media print{/* { */ .x{display:none}}",
                "@media print{.a{color:red} /* } */ .x{text-decoration:line-through}}",
                "@MEDIA PRINT{.x{color:#fff}}",
                "@media print{@supports (display:grid){.a{color:red}} .x{display:none}}",
                "@media print{.a::after{content:'}'} .x{display:none}}",
                "@container (max-width:300px){.x{display:none}}",
                "@keyframes fade{from{opacity:0} .x{display:none}}",
                "td:hover .x{display:none}",
            )
        ),
        (html('<input value="98">'), "7981"),
        (html('<input value="8项">'), "78项1"),
        (html('<input type=hidden value="98">'), "71"),
    ],
)
def test_what_only_resembles_such_a_look_is_read(content, text):
    assert last_cell(content) == text


def test_struck_text_is_reported():
    (issue,) = read(Document(CASES["docx struck"][0])).issues
    assert (issue.code, issue.severity) == ("struck_text", "info")
    (issue,) = read(Document(CASES["html deleted"][0])).issues
    assert (issue.code, issue.severity) == ("struck_text", "info")


def test_a_careless_tag_around_the_article_strikes_nothing():
    text = "本年度收到申请件数详见下表。" * 10
    assert text in read(Document(f"<meta charset=utf-8><s><p>{text}</p></s>".encode())).blocks[0].text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ('<i style="float:right">2</i><i style="float:right">1</i>', "��"),
        ('<p style="display:flex;flex-direction:row-reverse"><i>2</i><i>1</i></p>', "��"),
        ('<i style="position:relative;left:7px">2</i><i style="position:relative;left:-7px">1</i>', "��"),
        ('<i style="position:absolute;left:0">12</i>', "12"),
        ('1<i style="display:var(--shown)">2</i>', "��"),
        ('1<i style="position:absolute;z-index:-1">2</i>', "��"),
        ('<p><span style="mso-list:Ignore">1.</span>0</p>', "�.�"),
        ('<p><span style="mso-list:Ignore">1.</span>5件</p>', "\ufffd.\ufffd件"),
        ('<p><span style="mso-list:Ignore">1.</span>属于国家秘密</p>', "1.属于国家秘密"),
        ('<b style="unicode-bidi:bidi-override;direction:rtl">21</b>', "��"),
        ("<bdo dir=rtl>21</bdo>", "��"),
        ("\u202e21\u202c", "��"),
        ("<bdo dir=rtl>2</bdo>", "2"),
        ('<b style="float:right">21</b>', "21"),
        ('<b style="direction:rtl">21</b>', "21"),
    ],
)
def test_figures_shown_in_another_order_than_they_are_written_are_unreadable(inner, text):
    page = f"<meta charset=utf-8><table><tr><td>甲</td><td>{inner}</td></tr></table>"
    assert last_cell(page.encode()) == text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ('<img src="upload/n3.png">', "\ufffd"),
        ('<p>&nbsp;<img src="upload/n3.png" alt="3"></p>', "\ufffd"),
        ('<img src="theme/spacer.gif">', ""),
        ('<img src="a.gif" width="1px" height=20>', ""),
        ('3<img src="up.gif">', "3"),
        ('3<img src="img/5.gif">', "3\ufffd"),
        ('3<img src="a.gif" alt="5">', "3\ufffd"),
        ('<p>\u200b<img src="upload/n3.png">\ufeff</p>', "\ufffd"),
        ('3<img src="img/5.gif">&#8203;', "3\ufffd"),
        ('<svg><path d="M0 0L9 9"/></svg>', "\ufffd"),
        ('<canvas width="9"></canvas>', "\ufffd"),
        ('<input type="image" alt="9" value="9">', "\ufffd"),
        ('<iframe src="n.html"></iframe>', "\ufffd"),
        ('<iframe src="n.html" style="display:none"></iframe>', ""),
        ('<i class="num-5"></i>', "\ufffd"),
        ("<i></i>", ""),
        ('<span style="background:url(d.png) -50px 0"></span>', "\ufffd"),
        ('<span style="background:linear-gradient(#fff 49%,#000 49%)">9</span> 12', "\ufffd 12"),
    ],
)
def test_a_picture_alone_in_a_cell_of_a_row_may_be_a_figure(inner, text):
    page = f"<meta charset=utf-8><table><tr><td>甲</td><td>5</td><td>{inner}</td></tr></table>"
    assert last_cell(page.encode()) == text


def test_pictures_in_all_cells_of_a_row_may_be_figures():
    page = f"<meta charset=utf-8><table><tr><td>甲</td></tr><tr>{'<td><img src=a.png></td>' * 5}</tr></table>"
    assert last_cell(page.encode()) == "\ufffd"


@pytest.mark.parametrize(
    ("inner", "script", "text"),
    [
        ('<b data-to="12">0</b>', "", "\ufffd"),
        ('<b data-count="884.5">0</b>', "", "\ufffd"),
        ('<b data-count="0">0</b>', "", "0"),
        ('<b data-to="12">12</b>', "", "12"),
        ('<b id="n1">0</b>', 'document.getElementById("n1").innerHTML = "5"', "\ufffd"),
        ('<b id="n51.9">0</b>', 'document.getElementById("n51.9").innerText = 51.9', "\ufffd"),
        ('<b id="n1"></b>', "$('#n1').text(5)", "\ufffd"),
        ('<b id="n1"></b>', "document.querySelector('#n1').textContent = 5", "\ufffd"),
        ('<b class="num one"></b>', "$('.form .num').text(5)", "\ufffd"),
        ('<b class="num">0</b>', 'document.querySelector("td > .num").innerText = 5', "\ufffd"),
        (
            '<b class="num"></b>',
            'document.querySelectorAll(".num").forEach((e, i) => e.textContent = n[i])',
            "\ufffd",
        ),
        ('<b class="num">3</b>', "$('.hits').text(5); $('.num').text()", "3"),
        ('<b id="n1">0</b>', 'if (document.getElementById("n1").innerHTML == "5") go()', "0"),
        ('<b id="n1">0</b>', 'document.getElementById("hits").innerHTML = "5"', "0"),
        ('<b v-text="item.n1"></b>', "", "\ufffd"),
        ('<b ng-bind="n1">&nbsp;</b>', "", "\ufffd"),
        ('<b ng-bind="n1">3</b>', "", "3"),
        ('<x-number value="3"></x-number>', "", "\ufffd"),
        ("<x-number>3</x-number>", "", "3"),
    ],
)
@pytest.mark.parametrize("rows", [1, 8])
def test_figures_that_a_script_writes_are_unreadable(inner, script, text, rows):
    row = f"<tr><td>第二十条第（一）项</td><td>{inner}</td></tr>"
    page = f"<meta charset=utf-8><table>{row * rows}</table><script>{script}</script>"
    assert last_cell(page.encode()) == text


def test_a_digit_that_a_style_sheet_writes_as_an_escape_is_read():
    page = "<meta charset=utf-8><style>.d5::before{content:'\\35'}</style><table><tr><td>甲</td><td>"
    assert last_cell(f"{page}<i class=d5></i></td></tr></table>".encode()) == "5"


def test_a_picture_beside_no_label_is_none_of_a_row():
    page = f"<meta charset=utf-8><table><tr><td>{'文' * 80}</td><td><img src=a.png></td></tr></table>"
    assert last_cell(page.encode()) == ""


@pytest.mark.parametrize(
    "style", ["opacity:0", "font-size:0", "position:absolute;left:-9999px", "text-decoration:line-through"]
)
def test_a_row_that_is_struck_or_hidden_says_nothing(style):
    rows = f"<tr><td>甲</td><td>1</td></tr><tr style='{style}'><td>乙</td><td>2</td></tr>"
    page = f"<html><body><p>一二三四五六七八</p><table>{rows}</table></body></html>"
    (grid,) = [b for b in read(Document(page.encode())).blocks if isinstance(b, Grid)]
    assert [c.text for c in grid.cells] == ["甲", "1", "", ""]
