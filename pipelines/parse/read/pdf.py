"""PDF with text to grids and lines, by pdfium's characters and ruling lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Final

import pypdfium2 as pdfium

from pipelines.parse.read.gates import MAX_PDF_BYTES, MAX_PDF_CHARS, MAX_PDF_PAGES, gate_size
from pipelines.parse.read.layout import page_blocks
from pipelines.parse.read.line_numbers import without_binding_lines, without_line_numbers
from pipelines.parse.read.margins import without_furniture
from pipelines.parse.read.pasted import put_in
from pipelines.parse.read.pdfium_faces import own_fonts_alone
from pipelines.parse.read.pdfium_page import (
    LARGE_PICTURE,
    PrintedPage,
    load_page,
    open_page,
    quarters_to_upright,
)
from pipelines.parse.read.second_look import look_at_file, look_at_text, shows_text
from pipelines.parse.read.sniff import PDF
from pipelines.parse.read.two_pages import pages_of
from pipelines.parse.records import Block, Issue, Reading, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

# a page with fewer characters than this under a large picture is a scan
_FEW_CHARS: Final = 16
# and so is one without a large picture but with as many outlines: its letters are drawn
_MANY_OUTLINES: Final = 100
# a page of which more than this share has no Unicode can't be read as text
_UNMAPPED_SHARE: Final = 0.2
# nor can one that says, of many characters, no Chinese ones and more than this share of accented letters: its
# fonts name their glyphs anyhow
_GARBLED_SHARE: Final = 0.2
_HAN = re.compile("[\u2e80-\u9fff]")
_ACCENTED = re.compile("[\u00a1-\u024f]")


def read_pdf(content: bytes) -> Reading:
    """Read a PDF; raises :class:`Unreadable` encrypted, corrupted, empty, unseen_text, too_large, needs_ocr.

    Pages that are pictures go through OCR where the extra is installed; then the
    whole reading is of kind ``scan``. Without it a PDF of pictures only is
    Unreadable, a mixed one carries an issue that names the pages.
    """
    gate_size(content, MAX_PDF_BYTES, "PDF")
    pdf = _open(content)
    with closing(pdf), own_fonts_alone():
        meta = {key.lower(): value.strip() for key, value in pdf.get_metadata_dict(skip_empty=True).items()}
        pages = without_line_numbers(without_binding_lines(_load(pdf)))
        sheets = [[_blocks(page, n) for page in pages_of(sheet)] for n, sheet in enumerate(pages)]
        issues = look_at_file(content, len(pages))
        scans = [n for n, page in enumerate(pages) if is_picture(page)]
        kind = "pages"
        if scans:
            kind = _read_scans(pdf, pages, sheets, scans, issues)
        printed = [list(chain.from_iterable(sheet)) for sheet in sheets]
        pictures_unread = put_in(pdf, pages, sheets, scans)
    blocks = [list(chain.from_iterable(sheet)) for sheet in sheets]
    if not any(blocks):
        raise _nothing(content, pages)
    if kind == "pages":
        issues += look_at_text(content, [page.plain for page in pages], printed, suspicious=bool(issues))
    issues += pictures_unread
    issues += (
        _unmapped(pages, scans) + _unseen(pages, scans) + _blank(blocks, scans if kind == "pages" else ())
    )
    heights = [page.height for page, sheet in zip(pages, sheets, strict=True) for _ in sheet]
    kept = without_furniture(list(chain.from_iterable(sheets)), heights)
    return Reading(kind, PDF, tuple(chain.from_iterable(kept)), meta=meta, issues=tuple(issues))


def _nothing(content: bytes, pages: Sequence[PrintedPage]) -> Unreadable:
    """Why nothing was read: text that nobody sees, text that no page leads to, or none."""
    unseen = _unseen(pages, ())
    if unseen:
        return Unreadable(unseen[0].code, unseen[0].detail)
    if not any(page.plain for page in pages) and shows_text(content):
        return Unreadable(
            "corrupted", "PDF 内有文字而各页都没有，请重新下载 / text that no page shows: fetch the PDF again"
        )
    return Unreadable("empty", "PDF 中没有文字 / no text in the PDF")


def _blocks(page: PrintedPage, number: int) -> list[Block]:
    size = page.width, page.height
    return page_blocks(page.glyphs, page.edges, number, page.faint, size=size, bare=page.bare)


def render_upright(content: bytes, page: int, scale: float, most: int) -> tuple[Image, float]:
    """Page ``page`` (0-based) painted the way up its places count, and the pixels to a point it really has.

    ``most``: pixels that no side passes. Raises :class:`Unreadable` as :func:`read_pdf`, and corrupted
    where there is no such page.
    """
    with _open(content) as document:
        if not 0 <= page < len(document):
            raise Unreadable("corrupted", f"没有第 {page + 1} 页 / there is no page {page + 1}")
        opened = open_page(document, page)
        # a scan's places come from the page as it is shown, those of text from the way it is printed
        turned = 0 if is_picture(load_page(opened)) else quarters_to_upright(opened)
        scale = min(scale, most / max(*opened.get_size(), 1.0))
        return opened.render(scale=scale, rotation=90 * turned).to_pil(), scale


def _open(content: bytes) -> pdfium.PdfDocument:
    """Open a PDF, with the empty password where it has one; gates the number of pages."""
    try:
        pdf = pdfium.PdfDocument(content, password="")
        pdf.init_forms()
        count = len(pdf)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable(
                "encrypted", "PDF 有密码，请先解密 / the PDF needs a password: decrypt it first"
            ) from error
        raise Unreadable(
            "corrupted", f"PDF 已损坏，请重新下载 / damaged PDF, fetch it again: {error}"
        ) from error
    if 0 < count <= MAX_PDF_PAGES:
        return pdf
    pdf.close()
    if not count:
        raise Unreadable("empty", "PDF 没有页面 / a PDF without pages")
    raise Unreadable(
        "too_large", f"PDF 有 {count} 页，上限 {MAX_PDF_PAGES} / a PDF of {count} pages: split it"
    )


def _load(pdf: pdfium.PdfDocument) -> list[PrintedPage]:
    pages: list[PrintedPage] = []
    chars = 0
    for n in range(len(pdf)):
        try:
            page = open_page(pdf, n)
            pages.append(load_page(page))
            page.close()
        except pdfium.PdfiumError as error:
            raise Unreadable(
                "corrupted", f"PDF 第 {n + 1} 页打不开 / page {n + 1} can't be opened: {error}"
            ) from error
        chars += len(pages[-1].glyphs)
        if chars > MAX_PDF_CHARS:
            raise Unreadable(
                "too_large", f"PDF 文字超过 {MAX_PDF_CHARS} 字 / more than {MAX_PDF_CHARS} characters"
            )
    return pages


def is_picture(page: PrintedPage) -> bool:
    """Whether a page must be read by OCR: a picture, letters drawn as outlines, text without Unicode or in
    letters of another script, or an unpainted layer of text.
    """
    if page.invisible or _is_garbled(page.plain):
        return True
    drawn = page.picture_share >= LARGE_PICTURE or _is_outlined(page)
    if not page.unmapped and not drawn:  # nearly all
        return False
    printed = sum(1 for glyph in page.glyphs if glyph.text.strip())
    if drawn and printed < _FEW_CHARS:
        return True
    return printed > 0 and page.unmapped > _UNMAPPED_SHARE * printed


def _is_outlined(page: PrintedPage) -> bool:
    return page.bare is not None and len(page.bare.marks) >= _MANY_OUTLINES


def _is_garbled(text: str) -> bool:
    if _HAN.search(text):  # nearly always
        return False
    printed = len("".join(text.split()))
    return printed >= _FEW_CHARS and len(_ACCENTED.findall(text)) > _GARBLED_SHARE * printed


def _read_scans(
    pdf: pdfium.PdfDocument,
    pages: Sequence[PrintedPage],
    sheets: list[list[list[Block]]],
    scans: Sequence[int],
    issues: list[Issue],
) -> str:
    """Put what OCR reads in the place of the pages that are pictures; returns the kind of the reading."""
    from pipelines.parse.read import image  # heavy, and rarely needed

    numbers = "、".join(str(n + 1) for n in scans)
    try:
        for n in scans:
            sheets[n] = [image.read_pdf_page(pdf[n], n)]
    except Unreadable as error:
        layered = all(pages[n].invisible for n in scans)
        if layered:
            detail = (
                f"第 {numbers} 页是扫描件自带的识别文字层 "
                f"/ pages {numbers} are read from the scan's own text layer"
            )
            issues.append(Issue("text_layer", "warning", detail))
            return "scan"
        if len(scans) == len(pages):
            raise
        issues.append(Issue("needs_ocr", "warning", f"第 {numbers} 页是图片：{error.detail}"))
        return "pages"
    return "scan"


def _blank(blocks: Sequence[Sequence[Block]], scans: Sequence[int]) -> list[Issue]:
    """A page that shows nothing between others may have lost its text: damage there leaves no other trace."""
    blank = "、".join(str(n + 1) for n, found in enumerate(blocks) if not found and n not in scans)
    return [Issue("blank_page", "warning", f"第 {blank} 页没有内容 / page {blank} is blank")] if blank else []


def _unmapped(pages: Sequence[PrintedPage], scans: Sequence[int]) -> list[Issue]:
    found = {n + 1: page.unmapped for n, page in enumerate(pages) if page.unmapped and n not in scans}
    if not found:
        return []
    detail = (
        f"{sum(found.values())} 个字没有对应的 Unicode，在第 {'、'.join(map(str, found))} 页 "
        "/ characters without Unicode"
    )
    return [Issue("unmapped_glyphs", "warning", detail)]


def _unseen(pages: Sequence[PrintedPage], scans: Sequence[int]) -> list[Issue]:
    found = {n + 1: page.unseen for n, page in enumerate(pages) if page.unseen and n not in scans}
    if not found:
        return []
    detail = (
        f"{sum(found.values())} 个字被裁去、遮盖或看不清，未计入，在第 {'、'.join(map(str, found))} 页 "
        "/ characters cut off, painted over or too pale to be seen, left out"
    )
    return [Issue("unseen_text", "info", detail)]
