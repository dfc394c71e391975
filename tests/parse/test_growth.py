"""The work that a document makes grows with its size and not with the square of it."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pipelines.parse.records import Document
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from tests.parse.pdf_making import make_pdf

pytestmark = pytest.mark.slow

CORE = str(Path("pipelines", "parse"))
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "六、其他需要报告的事项",
)
ROW = "<tr><td>行政许可</td><td>3</td><td>0</td></tr>"
TEXT = "全年主动公开政府信息126条，其中网站公开80条。"


def _page(body: str) -> bytes:
    title = "云岭县教育局2023年政府信息公开工作年度报告"
    return (
        f"<html><head><title>{title}</title></head><body><div id='zoom'>{body}</div></body></html>".encode()
    )


def _headings(n: int) -> bytes:
    return _page("".join(f"<p>{HEADINGS[i % len(HEADINGS)]}</p><p>无</p>" for i in range(n)))


def _headings_in_text(n: int) -> bytes:
    return "\n".join(HEADINGS[-1 - i % len(HEADINGS)] for i in range(2 * n)).encode()


def _paragraphs(n: int) -> bytes:
    return _page(f"<p>{TEXT}</p>" * n)


def _line_breaks(n: int) -> bytes:
    return _page("<div>" + "文字<br>打印本页<br>" * n + "</div>")


def _rows(n: int) -> bytes:
    return _page(f"<table>{ROW * n}</table>")


def _tables(n: int) -> bytes:
    return _page(f"<table>{ROW * 2}</table>" * n)


def _rows_that_are_headings(n: int) -> bytes:
    heads = "".join(f"<tr><td colspan=3>{HEADINGS[i % 4]}</td></tr>{ROW}" for i in range(n))
    return _page(f"<table>{heads}</table>")


def _fields(n: int) -> bytes:
    return ("其他处理\t1\t0\t0\t0\t0\t0\t1\n" * n).encode()


def _blank_fields(n: int) -> bytes:
    return ("云岭县教育局的某项工作\t\n" * n).encode()


def _labels(n: int) -> bytes:
    return "\n".join(f"本年新收政府信患公开甲请数{i}" for i in range(n)).encode()


def _text_on_text(n: int) -> bytes:
    return make_pdf([lambda canvas: [canvas.drawString(50 + 25 * i / n, 500, str(i % 10)) for i in range(n)]])


DOCUMENTS = (
    _headings,
    _headings_in_text,
    _paragraphs,
    _line_breaks,
    _rows,
    _tables,
    _rows_that_are_headings,
    _fields,
    _blank_fields,
    _labels,
    _text_on_text,
)


def _steps(content: bytes, regions: Regions) -> int:
    """How many lines of the reading core reading takes, each turn of a loop counted."""
    steps = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        if CORE not in frame.f_code.co_filename:
            return None
        steps += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        parse(Document(content), regions)
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("made", DOCUMENTS, ids=lambda made: made.__name__.strip("_"))
def test_four_times_the_document_is_about_four_times_the_work(made: Any) -> None:
    regions = Regions.builtin()
    small, large = made(100), made(400)
    parse(Document(large), regions)  # what is worked out once and remembered is no part of the growth
    assert _steps(large, regions) < 6 * _steps(small, regions)
