"""From a number to its place in the archived document: found again, marked, masked, and harmless."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipelines.publish import marking
from pipelines.publish.originals import Marked, NotShown, Originals, Source
from pipelines.publish.plugins.site_guard import FRAMED

PHONE, IDENTITY = "13912345678", "11010519491231002X"
PAGE = f"""<html><head><script>alert(1)</script><title>报告</title></head><body onload="alert(2)">
<h1>清溪县教育局2023年政府信息公开工作年度报告</h1><p>联系人手机{PHONE}，证号{IDENTITY}。</p>
<img src="http://evil.example/x.png" onerror="alert(3)"><iframe src="http://evil.example/"></iframe>
<table><tr><th>项</th><th>自然人</th><th>总计</th></tr>
<tr><td>一、本年新收政府信息公开申请数量</td><td>3</td><td>&lt;b&gt;5</td></tr></table></body></html>"""


def shown(content: bytes, location: dict[str, Any], keep: list[str] | None = None) -> dict[str, str]:
    arguments = {"location": json.dumps(location), "keep": keep or [], "name": "报告"}
    return marking.answer(arguments, [content])


def test_a_cell_of_a_page_is_marked_and_nothing_of_the_page_runs():
    text = shown(PAGE.encode(), {"table": 0, "row": 1, "column": 2})["content"]
    assert re.findall(r'<td id="here">(.*?)</td>', text) == ["&lt;b&gt;5"]
    assert not re.search(r"<script|onload|onerror|<iframe|<img|evil|javascript", text)


def test_personal_data_is_masked_in_the_page():
    text = shown(PAGE.encode(), {"table": 0, "row": 1, "column": 1})["content"]
    assert PHONE not in text and IDENTITY not in text and "[已隐去:手机号]" in text


def test_a_span_of_a_line_is_marked():
    text = "一、总体情况\n本年新收申请\t3\t4\n"
    start = text.index("4")
    page = shown(text.encode(), {"line": 1, "span": [start, start + 1]})["content"]
    assert '\t<mark id="here">4</mark>' in page


def test_a_place_that_is_not_there_is_not_guessed():
    with pytest.raises(marking.Unmarkable):
        shown(PAGE.encode(), {"table": 7, "row": 1, "column": 2})


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 300))
    canvas.drawString(50, 200, "total 42")
    canvas.drawString(50, 100, PHONE)
    canvas.drawString(50, 50, IDENTITY[:9])  # goes on in the next line
    canvas.drawString(50, 35, IDENTITY[9:])
    canvas.save()
    return out.getvalue()


def drawn(content: bytes, box: tuple[int, ...], keep: list[str] | None = None) -> Image.Image:
    answer = shown(content, {"page": 0, "box": box}, keep)
    assert answer["media_type"] == "image/png"
    return Image.open(io.BytesIO(base64.b64decode(answer["content"])))


def colours(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> set[Any]:
    scale = picture.width / 400
    crop = picture.crop(tuple(round(value * scale) for value in (left, top, right, bottom)))
    return {colour for _, colour in crop.getcolors(1 << 16)}


def test_a_page_of_a_pdf_has_the_cell_in_a_frame():
    picture = drawn(pdf(), (70, 85, 100, 105))
    assert marking._SEAL in colours(picture, 66, 81, 104, 109)
    assert marking._SEAL not in colours(picture, 200, 10, 390, 80)


def test_personal_data_is_covered_in_a_picture_and_statistics_are_not():
    picture = drawn(pdf(), (70, 85, 100, 105))
    assert colours(picture, 55, 193, 110, 198) == {marking._COVER}
    assert marking._COVER in colours(picture, 52, 243, 90, 248)
    assert marking._COVER in colours(picture, 52, 258, 90, 263)
    kept = drawn(pdf(), (70, 85, 100, 105), [PHONE])
    assert marking._COVER not in colours(kept, 50, 190, 130, 202)


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
        originals._keep((str(number), ""), Marked("text/html", b"x" * 40))
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
