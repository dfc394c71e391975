"""Hostile packages (DOCX, XLSX, OFD, ZIP): name → a function that makes the bytes."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

Case = Callable[[], bytes]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
)
_NUMBERS = ("1000000000", str(2**63), "-5", "0", "", "x", "1.5", "9" * 300)


def packed(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# --- DOCX ----------------------------------------------------------------------


def docx(body: str, before: str = "", **parts: str) -> bytes:
    document = f'{before}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    return packed({"word/document.xml": document, **{f"word/{k}.xml": v for k, v in parts.items()}})


def _p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_p(text)}</w:tc>"


def _numbered() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for number in _NUMBERS:
        row = f"<w:tr>{_tc('1', f'<w:gridSpan w:val={chr(34)}{number}{chr(34)}/>')}{_tc('2')}</w:tr>"
        cases[f"docx gridSpan {number[:12]}"] = lambda row=row: docx(f"<w:tbl>{row * 3}</w:tbl>")
        level = f'<w:numPr><w:ilvl w:val="{number}"/><w:numId w:val="1"/></w:numPr>'
        lists = (
            f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
            f'<w:start w:val="{number}"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlText w:val="%1%9、"/></w:lvl>'
            '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
        )
        cases[f"docx list level {number[:12]}"] = lambda level=level, lists=lists: docx(
            _p("总体情况", level) + _p("x", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
            numbering=lists,
        )
    return cases


def _styles_in_a_loop() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 50}"/></w:style>'
        for n in range(50)
    )
    return docx(
        _p("一、总体情况", '<w:pStyle w:val="s0"/>'), styles=f'<w:styles xmlns:w="{_W}">{styles}</w:styles>'
    )


DOCX: dict[str, Case] = {
    "docx without body": lambda: packed({"word/document.xml": f'<w:document xmlns:w="{_W}"/>'}),
    "docx that is no xml": lambda: packed({"word/document.xml": "\x00\x01"}),
    "docx of another name space": lambda: packed(
        {"word/document.xml": "<document><body><p>1</p></body></document>"}
    ),
    "docx billion laughs": lambda: docx(_p("&e;"), before=_LAUGHS),
    "docx external entity": lambda: docx(
        _p("&x;"), before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "docx 300 nested tables": lambda: docx(
        "<w:tbl><w:tr><w:tc>" * 80 + _p("1") + "</w:tc></w:tr></w:tbl>" * 80
    ),
    "docx 5000 nested": lambda: docx(
        "<w:sdt><w:sdtContent>" * 5_000 + _p("1") + "</w:sdtContent></w:sdt>" * 5_000
    ),
    "docx 240 nested": lambda: docx(
        "<w:sdt><w:sdtContent>" * 120 + _p("1") + "</w:sdtContent></w:sdt>" * 120
    ),
    "docx 100 MB of text": lambda: docx(_p("公" * 33_000_000)),
    "docx 40000 cells": lambda: docx(f"<w:tbl>{('<w:tr>' + _tc('1') * 40 + '</w:tr>') * 1_000}</w:tbl>"),
    "docx 50000 paragraphs": lambda: docx(_p("一、") * 50_000),
    "docx 5000 tables": lambda: docx(f"<w:tbl><w:tr>{_tc('1')}{_tc('2')}</w:tr></w:tbl>" * 5_000),
    "docx vMerge without beginning": lambda: docx(
        f"<w:tbl>{('<w:tr>' + _tc('1', '<w:vMerge/>') * 9 + '</w:tr>') * 99}</w:tbl>"
    ),
    "docx gridBefore": lambda: docx(
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="999999999"/></w:trPr>' + _tc("1") + "</w:tr></w:tbl>"
    ),
    "docx rows without cells": lambda: docx("<w:tbl>" + "<w:tr/>" * 20_000 + "</w:tbl>"),
    "docx styles in a loop": _styles_in_a_loop,
    "docx pictures only": lambda: docx(
        '<w:p><w:r><w:drawing><a:blip xmlns:a="x" r:embed="rId1"/></w:drawing></w:r></w:p>' * 900
    ),
    "docx broken styles": lambda: docx(_p("1"), styles="<not xml"),
    "docx macros": lambda: packed(
        {"word/document.xml": f'<w:document xmlns:w="{_W}"/>', "word/vbaProject.bin": b"1"}
    ),
    "docx utf-16 that is utf-8": lambda: packed(
        {"word/document.xml": f'<?xml version="1.0" encoding="utf-16"?><w:document xmlns:w="{_W}"/>'}
    ),
    "docx line breaks": lambda: docx("<w:p>" + "<w:r><w:br/><w:tab/></w:r>" * 30_000 + "</w:p>"),
    "docx fields that never end": lambda: docx(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>' * 5_000 + _p("1")
    ),
}

# --- XLSX ----------------------------------------------------------------------


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)
_ROOT_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r0" Type="{_R}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)


def _workbook(relation: str) -> str:
    sheets = f'<sheets><sheet name="a" sheetId="1" r:id="{relation}"/></sheets>'
    return f'<workbook xmlns="{_S}" xmlns:r="{_R}">{sheets}</workbook>'


def xlsx(sheet: str, before: str = "", strings: str = "", **more: str) -> bytes:
    workbook = _workbook("r1")
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT_RELS,
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": rels,
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_S}">{sheet}</worksheet>',
    }
    if strings:
        members["xl/sharedStrings.xml"] = f'<sst xmlns="{_S}">{strings}</sst>'
    return packed({**members, **more})


def _cell(at: str, value: str = "1", kind: str = "n") -> str:
    return f'<c r="{at}" t="{kind}"><v>{value}</v></c>'


def _data(*rows: str) -> str:
    return "<sheetData>" + "".join(f"<row>{row}</row>" for row in rows) + "</sheetData>"


XLSX: dict[str, Case] = {
    "xlsx merged whole": lambda: xlsx(
        _data(_cell("A1")) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "xlsx 50000 merges": lambda: xlsx(
        _data(_cell("A1"))
        + "<mergeCells>"
        + "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 50_000))
        + "</mergeCells>"
    ),
    "xlsx overlapping merges": lambda: xlsx(
        _data(_cell("A1"), _cell("B2"))
        + '<mergeCells><mergeCell ref="A1:C3"/><mergeCell ref="B2:D4"/></mergeCells>'
    ),
    "xlsx far cell": lambda: xlsx(_data(_cell("A1"), _cell("XFD1048576"))),
    "xlsx cell beyond": lambda: xlsx(_data(_cell("ZZZZZZ99999999999"))),
    "xlsx cell backwards": lambda: xlsx(_data(_cell("C3"), _cell("A1"), _cell("A1"))),
    "xlsx cell without place": lambda: xlsx(_data("<c><v>1</v></c>" * 100)),
    "xlsx 300000 cells": lambda: xlsx(_data(*("<c><v>1</v></c>" * 100,) * 3_000)),
    "xlsx strings out of range": lambda: xlsx(
        _data(_cell("A1", "99", "s"), _cell("B1", "-1", "s")), strings="<si><t>x</t></si>"
    ),
    "xlsx strings missing": lambda: xlsx(_data(_cell("A1", "0", "s"))),
    "xlsx odd numbers": lambda: xlsx(
        _data(
            *(_cell(f"A{n}", v) for n, v in enumerate(("1e999", "NaN", "-0", "x", "", "1.0000000000001"), 1))
        )
    ),
    "xlsx errors": lambda: xlsx(
        _data(_cell("A1", "#REF!", "e"), _cell("B1", "1", "b"), _cell("C1", "x", "str"))
    ),
    "xlsx unknown kinds": lambda: xlsx(_data(_cell("A1", "1", "zz"))),
    "xlsx billion laughs": lambda: xlsx(_data(_cell("A1", "&e;", "str")), before=_LAUGHS),
    "xlsx without sheets": lambda: packed({"xl/workbook.xml": f'<workbook xmlns="{_S}"/>'}),
    "xlsx broken workbook": lambda: packed({"xl/workbook.xml": "<"}),
    "xlsx sheet that is not there": lambda: packed({"xl/workbook.xml": _workbook("r9")}),
    "xlsx nested strings": lambda: xlsx(
        _data(_cell("A1", "0", "s")), strings="<si>" + "<r>" * 300 + "<t>x</t>" + "</r>" * 300 + "</si>"
    ),
    "xlsx 60 MB of text": lambda: xlsx(_data(_cell("A1", "x" * 60_000_000, "str"))),
}

# --- OFD -----------------------------------------------------------------------

_O = "http://www.ofdspec.org/2016"


def ofd(page: str, root: str = "Doc_0/Document.xml", box: str = "0 0 210 297", pages: int = 1) -> bytes:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_0/Content.xml"/>' for n in range(pages))
    area = f"<ofd:PageArea><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:PageArea>"
    ns = f'xmlns:ofd="{_O}"'
    return packed(
        {
            "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody>"
            "</ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData>{area}</ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            "Doc_0/Pages/Page_0/Content.xml": f'<ofd:Page {ns}><ofd:Content><ofd:Layer ID="1">'
            f"{page}</ofd:Layer></ofd:Content></ofd:Page>",
        }
    )


def _text(
    code: str, attributes: str = 'X="0" Y="4"', boundary: str = "10 10 50 5", more: str = 'Size="4"'
) -> str:
    return (
        f'<ofd:TextObject ID="2" Boundary="{boundary}" {more}>'
        f"<ofd:TextCode {attributes}>{code}</ofd:TextCode></ofd:TextObject>"
    )


OFD: dict[str, Case] = {
    "ofd root elsewhere": lambda: ofd(_text("1"), root="../../etc/passwd"),
    "ofd root missing": lambda: packed({"OFD.xml": f'<ofd:OFD xmlns:ofd="{_O}"/>'}),
    "ofd 5000 pages": lambda: ofd(_text("1"), pages=5_000),
    "ofd odd boxes": lambda: ofd(_text("1", boundary="a b c"), box="0 0 -5 NaN"),
    "ofd infinite boxes": lambda: ofd(_text("1", boundary="inf nan 1e308 1e308"), box="0 0 1e308 1e308"),
    "ofd endless deltas": lambda: ofd(_text("公开", attributes='X="0" Y="0" DeltaX="g 1000000000 1"')),
    "ofd odd deltas": lambda: ofd(_text("公开", attributes='X="x" Y="" DeltaX="g g g" DeltaY="g 5"')),
    "ofd deltas without number": lambda: ofd(
        _text("公开" * 50, attributes='X="0" Y="0" DeltaX="g -5 3 1e400"')
    ),
    "ofd matrix": lambda: ofd(
        _text("1", more='Size="0" CTM="0 0 0 0 0 0"') + _text("2", more='Size="4" CTM="x"')
    ),
    "ofd 40000 texts": lambda: ofd(_text("1") * 40_000),
    "ofd text of 3 MB": lambda: ofd(_text("公" * 1_000_000)),
    "ofd nested blocks": lambda: ofd("<ofd:PageBlock>" * 200 + _text("1") + "</ofd:PageBlock>" * 200),
    "ofd laughs": lambda: packed({"OFD.xml": _LAUGHS + "<OFD>&e;</OFD>"}),
    "ofd paths": lambda: ofd(
        '<ofd:PathObject ID="3" Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L x y Q 1 B 1 2 C '
        + "L 1 1 " * 50_000
        + "</ofd:AbbreviatedData></ofd:PathObject>"
        + _text("1")
    ),
}

# --- ZIP -----------------------------------------------------------------------

_REPORT = "<h1>某局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p>"
_NAMES = {
    "traversal": "../../etc/passwd.html",
    "absolute": "/etc/passwd.html",
    "windows": "C:\\x\\..\\y.html",
    "device": "CON.html",
    "bidi": "a\u202elmth.exe.html",
    "300 bytes": "长" * 100 + ".html",
    "blank": " .html",
    "no name": ".html",
    "newline": "a\nb.html",
    "mark up": "<script>alert(1)</script>.html",
    "formula": "=HYPERLINK(1).html",
}


def _named() -> dict[str, Case]:
    return {f"zip name {key}": lambda name=name: packed({name: _REPORT}) for key, name in _NAMES.items()}


def _nested_zip(depth: int) -> bytes:
    content = packed({"a.html": _REPORT})
    for _ in range(depth):
        content = packed({"a.zip": content})
    return content


def _with_flag(content: bytes, flag: int) -> bytes:
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(magic)
        struct.pack_into("<H", changed, at + offset, flag)
    return bytes(changed)


def _lying(size: int) -> bytes:
    """Declares another size than its member inflates to."""
    changed = bytearray(packed({"a.html": _REPORT * 5_000}))
    at = changed.find(b"PK\x01\x02")
    struct.pack_into("<I", changed, at + 24, size)
    return bytes(changed)


def _overlapping() -> bytes:
    """Two hundred entries of the directory that all point to the same member."""
    content = packed({"a.html": _REPORT + " " * 500_000})
    at = content.find(b"PK\x01\x02")
    end = content.find(b"PK\x05\x06")
    entry, tail = content[at:end], bytearray(content[end:])
    struct.pack_into("<HHII", tail, 8, 200, 200, 200 * len(entry), at)
    return content[:at] + entry * 200 + bytes(tail)


ZIP: dict[str, Case] = {
    **{f"zip {depth} deep": lambda depth=depth: _nested_zip(depth) for depth in (1, 2, 3, 30)},
    "zip bomb of 300 MB": lambda: packed({"a.html": b"\0" * 300_000_000}),
    "zip bomb of many": lambda: packed({f"{n}.html": b" " * 3_000_000 for n in range(100)}),
    "zip 5000 members": lambda: packed({f"{n}.txt": "1" for n in range(5_000)}),
    "zip without members": lambda: packed({}),
    "zip of folders": lambda: packed({"a/": "", "b/c/": ""}),
    "zip with a password": lambda: _with_flag(packed({"a.html": _REPORT}), 1),
    "zip of unknown coding": lambda: packed({"a.html": _REPORT}).replace(b"\x08\x00", b"\x63\x00"),
    "zip that declares too little": lambda: _lying(10),
    "zip that declares too much": lambda: _lying(2**31),
    "zip overlapping": _overlapping,
    "zip cut": lambda: packed({"a.html": _REPORT})[:-30],
    "zip directory only": lambda: packed({"a.html": _REPORT})[-60:],
    "zip end only": lambda: b"PK\x05\x06" + b"\0" * 18,
    "zip of noise": lambda: packed({f"{n}.bin": bytes([n]) * 999 for n in range(200)}),
    "zip lzma": lambda: packed({"a.html": _REPORT}, zipfile.ZIP_LZMA),
    "zip bzip2": lambda: packed({"a.html": _REPORT}, zipfile.ZIP_BZIP2),
}

CASES: dict[str, Case] = {**DOCX, **_numbered(), **XLSX, **OFD, **ZIP, **_named()}
