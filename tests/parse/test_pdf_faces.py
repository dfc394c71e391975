"""Fonts that stand in for those that a PDF does not bring along."""

import sys
from pathlib import Path

import pytest

from pipelines.parse.read import pdfium_faces, read
from pipelines.parse.records import Document

sys.path.insert(0, str(Path(__file__).parent))

from pdf_making import draw_lines, make_pdf


def read_page(text: str) -> str:
    content = make_pdf([lambda canvas: draw_lines(canvas, [text])])
    return "".join(block.text for block in read(Document(content, media_type="application/pdf")).blocks)


class Counting(pdfium_faces._SystemFonts):
    whole = 0

    def GetFontData(self, _, font, table, buffer, size):  # noqa: N802 - its name
        self.whole += table in (pdfium_faces._WHOLE, pdfium_faces._COLLECTION) and size > 0
        return super().GetFontData(_, font, table, buffer, size)


@pytest.fixture
def fonts():
    read_page("先读一页")
    while pdfium_faces._before:
        pdfium_faces._before.pop().close()
    counting = Counting()
    counting.setup()
    yield counting
    pdfium_faces._SystemFonts().setup()


def test_a_stand_in_is_loaded_once_for_files_that_follow_one_another(fonts: Counting):
    texts = ["某县政府信息公开工作年度报告", "公开政府信息12条", "收到申请3件"]
    assert [read_page(text) for text in texts] == texts
    if not fonts.whole:
        pytest.skip("no font of this system stands in for a Chinese one")
    assert fonts.whole == 1


def test_a_large_file_is_not_held_on_to(monkeypatch: pytest.MonkeyPatch):
    read_page("小文件")
    assert len(pdfium_faces._before) == 1
    monkeypatch.setattr(pdfium_faces, "_MOST_BYTES", 0)
    read_page("大文件")
    assert not pdfium_faces._before
