"""On paper: all that a page says, where a row of a table is not cut, and the address it was printed from."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page

from tests.browser.test_access import addresses

pytestmark = pytest.mark.browser


def printed(page: Page, address: str) -> list[str]:
    """The text of each sheet."""
    page.goto(address)
    with pdfium.PdfDocument(page.pdf(prefer_css_page_size=True)) as sheets:
        return [sheet.get_textpage().get_text_range() for sheet in sheets]


@pytest.mark.parametrize(("size", "lang"), [("desktop", "zh"), ("phone", "en")], indirect=True)
def test_what_people_print_is_whole(page: Page, archive: Path, lang: str):
    _, _, agency, report, evidence, coverage, *_ = addresses(archive)
    for address in {"zh": (report, evidence), "en": (agency, coverage)}[lang]:
        sheets = printed(page, address)
        assert page.url.split("?")[0] in "".join(sheets[-1].split()), address
        assert all(len(sheet) > 60 for sheet in sheets), "a sheet with next to nothing on it"
        assert not any(word in "".join(sheets) for word in ("PNG", "English", "中文")), "what one can't click"
        if address == report:
            form = next(sheet for sheet in sheets if "三、收到和处理" in sheet)
            assert "一、本年新收" in form, "the form's head is on the sheet of its first row"
            assert sum(sheet.count("（逐列）") for sheet in sheets[:4]) == 2, "its foot is printed once"


def test_the_frame_with_the_document_is_left_out(page: Page, archive: Path):
    page.goto(addresses(archive)[4])
    page.emulate_media(media="print")
    assert not page.locator("iframe.original").is_visible()
    assert page.locator(".excerpt .here").is_visible() and page.locator(".printed").is_visible()
    page.emulate_media(media="screen")
    assert page.locator("iframe.original").is_visible() and not page.locator(".printed").is_visible()
