"""Hostile pages, texts and saved pages: name → a function that makes the bytes."""

from __future__ import annotations

from collections.abc import Callable

Case = Callable[[], bytes]

_ROW = "<tr><td>（一）予以公开</td>" + "<td>1</td>" * 7 + "</tr>"
_PAGE = "<html><head><title>某局2023年政府信息公开工作年度报告</title></head><body>{}</body></html>"
_NUMBERS = (
    "100000",
    str(2**53),
    str(10**9),
    "9" * 400,
    "-1",
    "0",
    "",
    "abc",
    "1e9",
    "１０００",
    "0x7fffffff",
)
_BLOCKS = ("div", "b", "table", "font", "ul", "td", "blockquote", "a", "span", "form", "section")
_UNCLOSED = (
    "script",
    "style",
    "textarea",
    "title",
    "select",
    "table",
    "td",
    "noscript",
    "svg",
    "object",
    "!--",
    "a",
)
_CHARACTERS = {
    "digits": "1",
    "numerals": "一",
    "commas": "、",
    "blanks": " ",
    "wide blanks": "\u3000",
    "tabs": "\t",
    "line ends": "\n",
    "returns": "\r",
    "dots": ".",
    "brackets": "（",
    "pipes": "|",
    "dashes": "-",
    "hashes": "#",
    "stars": "*",
    "nuls": "\0",
    "zero width": "\u200b",
    "right to left": "\u202e",
    "combining": "\u0301",
    "radicals": "\u2f00",
    "astral": "\U00020000",
    "headings": "一、总体情况\n",
    "ordinals": "（一）",
    "labels": "本年新收政府信息公开申请数量",
    "years": "2023年",
    "money": "3600万元，",
    "agencies": "某县教育局",
    "pages": "- 1 -\n",
    "rows": "予以公开\t1\t2\t3\t4\t5\t6\t7\n",
    "markdown rows": "|予以公开|1|2|3|4|5|6|7|\n|---|---|\n",
    "cells": "1\n\n",
}


def page(body: str) -> bytes:
    return _PAGE.format(body).encode()


def _repeated(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def _spans() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in ("colspan", "rowspan"):
        for number in _NUMBERS:
            cell = f'<table><tr><td {name}="{number}">三、收到和处理</td><td>2</td></tr>{_ROW * 3}</table>'
            cases[f"html {name} {number[:12]}"] = lambda cell=cell: page(cell)
    return cases


def _nested() -> dict[str, Case]:
    return {
        f"html {depth} nested {tag}": lambda tag=tag, depth=depth: page(
            f"<{tag}>" * depth + "一、总体情况 1 件"
        )
        for tag in _BLOCKS
        for depth in (300, 30_000)
    }


def _unclosed() -> dict[str, Case]:
    return {
        f"html unclosed {tag}": lambda tag=tag: page(
            f"<table>{_ROW}</table><{tag}>" + f"<table>{_ROW * 50}</table>"
        )
        for tag in _UNCLOSED
    }


def _characters() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name, text in _CHARACTERS.items():
        cases[f"text of {name}"] = lambda text=text: _repeated(text, 60_000).encode()
        cases[f"html of {name}"] = lambda text=text: page(f"<p>{_repeated(text, 40_000)}</p>")
    return cases


HTML: dict[str, Case] = {
    "html tag of 2 MB": lambda: page("<p " + "x" * 2_000_000 + ">1</p>"),
    "html 200000 attributes": lambda: page("<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">1</p>"),
    "html attribute of 5 MB": lambda: page(f'<p title="{"x" * 5_000_000}">1</p>'),
    "html text of 7 MB": lambda: page("<p>" + "公" * 2_300_000 + "</p>"),
    "html of 9 MB": lambda: page("<p>公开</p>" * 700_000),
    "html picture of 3 MB inside": lambda: page(
        f'<img src="data:image/png;base64,{"A" * 3_000_000}"><p>1</p>'
    ),
    "html 50000 paragraphs": lambda: page("<p>1</p>" * 50_000),
    "html 100000 cells": lambda: page(f"<table>{('<tr>' + '<td>1</td>' * 10) * 10_000}</table>"),
    "html 20000 columns": lambda: page(f"<table><tr>{'<td>1</td>' * 20_000}</tr></table>"),
    "html 30000 rows": lambda: page(f"<table>{'<tr><td>1</td></tr>' * 30_000}</table>"),
    "html 5000 tables": lambda: page(f"<table>{_ROW}</table>" * 5_000),
    "html staircase of spans": lambda: page(
        "<table>"
        + "".join(f"<tr><td rowspan={n} colspan={n}>{n}</td></tr>" for n in range(1, 90))
        + "</table>"
    ),
    "html tables in cells": lambda: page("<table><tr><td>1" * 150 + "</td></tr></table>" * 150),
    "html entities": lambda: page("&nbsp;&#x110000;&#0;&#55555;&notanentity;&#99999999999;" * 3_000),
    "html billion laughs": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + page("&b;" * 1000)
    ),
    "html external entity": lambda: (
        b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page("&x; 1")
    ),
    "html quotes that never end": lambda: page('<p title="' + "<td>1</td>" * 5_000),
    "html angle brackets": lambda: page("<" * 100_000 + ">" * 100_000),
    "html comments": lambda: page("<!-- -->" * 30_000 + "<!--" * 10_000),
    "html cdata": lambda: page("<![CDATA[" * 5_000 + "1" + "]]>" * 5_000),
    "html of unknown charset": lambda: b'<meta charset="x-none-such">' + page("一、总体情况"),
    "html of charset utf-7": lambda: b'<meta charset="utf-7">' + page("+ADw-script+AD4-"),
    "html gbk labelled utf-8": lambda: '<meta charset="utf-8"><p>一、总体情况</p>'.encode("gbk"),
    "html half utf-8 half gbk": lambda: page("一、总体情况") + "二、主动公开".encode("gbk"),
    "html utf-16 without mark": lambda: page("一、总体情况").decode().encode("utf-16-le"),
    "html utf-16 odd": lambda: b"\xff\xfe" + page("一").decode().encode("utf-16-le")[:-1],
    "html surrogates": lambda: page("") + b"\xed\xa0\x80\xed\xb0\x80" * 1_000,
    "html overlong": lambda: page("") + b"\xc0\xbc\xe0\x80\xbc" * 1_000,
    "html report in a script": lambda: page(f"<script>var c = '{_ROW * 2_000}';</script>"),
    "html json of a report": lambda: page(f'<script>{{"content": "{"<p>一、总体情况" * 5_000}"}}</script>'),
    "html hidden copies": lambda: page(f'<div style="display:none"><table>{_ROW}</table></div>' * 2_000),
    "html hiding rules": lambda: page(
        "<style>" + "".join(f".a{n}{{display:none}}" for n in range(20_000)) + "</style>" + _ROW
    ),
    "html xml declaration": lambda: b'<?xml version="1.0" encoding="utf-16"?>' + page("1"),
    "html frames": lambda: b"<html><frameset>" + b"<frame src=a>" * 5_000,
    "html links": lambda: page('<a href="javascript:1">x</a><a href="file:///etc/passwd">y</a>' * 5_000),
    "html word paste": lambda: page(
        "<!--[if gte mso 9]><xml><w:x></xml><![endif]-->" * 5_000 + "<o:p>1</o:p>" * 5_000
    ),
    "html table parts out of place": lambda: page("<tr><tbody><td><tfoot><th><thead><caption>1" * 3_000),
    "html 12 MB of blanks": lambda: page(" " * 12_000_000),
}

_MHTML = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary={0}\r\n\r\n--{0}\r\n"
    "Content-Type: text/html; charset={1}\r\nContent-Transfer-Encoding: {2}\r\n\r\n{3}\r\n--{0}--\r\n"
)


def _mhtml(
    boundary: str = "b", charset: str = "utf-8", coding: str = "8bit", body: str = "<p>1</p>"
) -> bytes:
    return _MHTML.format(boundary, charset, coding, body).encode()


MHTML: dict[str, Case] = {
    "mhtml broken base64": lambda: _mhtml(coding="base64", body="!!!" * 1_000),
    "mhtml broken quoting": lambda: _mhtml(coding="quoted-printable", body="=ZZ=" * 10_000),
    "mhtml unknown coding": lambda: _mhtml(coding="x-uuencode", body="begin 644 x\nM\n"),
    "mhtml unknown charset": lambda: _mhtml(charset="none-such"),
    "mhtml boundary of 10 kB": lambda: _mhtml(boundary="b" * 10_000),
    "mhtml without boundary": lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<p>1</p>",
    "mhtml without parts": lambda: (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b--"
    ),
    "mhtml 20000 parts": lambda: (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/plain\r\n\r\n1\r\n" * 20_000
    ),
    "mhtml nested": lambda: "".join(
        f"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b{n}\r\n\r\n--b{n}\r\n"
        for n in range(500)
    ).encode(),
    "mhtml header of 1 MB": lambda: b"MIME-Version: 1.0\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\nmultipart/",
    "mhtml 50000 headers": lambda: b"MIME-Version: 1.0\r\n" + b"X: y\r\n" * 50_000 + b"\r\nmultipart/",
    "mhtml cut": lambda: _mhtml()[:-20],
}

CASES: dict[str, Case] = {
    **HTML,
    **_spans(),
    **_nested(),
    **_unclosed(),
    **_characters(),
    **MHTML,
    "empty": lambda: b"",
    "one byte": lambda: b"\x00",
    "only a byte order mark": lambda: b"\xef\xbb\xbf",
    "every byte": lambda: bytes(range(256)) * 100,
}
