"""A second reading of a PDF that must agree with the first: nothing is lost in silence.

A damaged PDF often opens and shows wrong or missing text. Cheap looks come
first (the end of the file, the checksum of every compressed stream, the number
of pages, pdfium's own text against the blocks made of it); pdfminer reads the
file again, slowly, where one of them finds something.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.records import Block, Grid, Issue

# it has a line for every broken token of a broken file
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_LINE_END = re.compile(rb"\r?\n")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_FLATE = re.compile(rb"/Filter\s*\[?\s*/(?:ASCII85Decode\s*/)?(?:FlateDecode|Fl)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BODY = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
# text begins and a string is printed; either alone may stand in the bytes of a picture
_SHOWS_TEXT = re.compile(rb"\bBT\s.{0,4096}?[)>\]]\s*T[jJ]\b", re.DOTALL)
_HIDES_TEXT = (b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/Launch")
# how far the lengths of two readings of the same text may differ
_TOLERANCE: Final = 0.05
# the digits of ASCII85, and the value of each byte as one
_ASCII85: Final = bytes(range(33, 33 + 85))
_VALUES: Final = bytes((byte - 33) % 256 for byte in range(256))
_MAX_STREAM: Final = 32 << 20
_SHOWN: Final = 8
# marks of notes are printed as other digits are
_MARKS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "0123456789" * 2)


def look_at_file(content: bytes, n_pages: int) -> list[Issue]:
    """Issues of the file itself: cut off, damaged inside, pages that don't add up, active content."""
    issues = []
    if b"%%EOF" not in content[-2048:]:
        issues.append(
            Issue("truncated", "warning", "PDF 没有结尾标记，可能没有下载完整 / no %%EOF at the end")
        )
    damaged, pages = _streams(content)
    if damaged:
        issues.append(
            Issue(
                "damaged_stream",
                "warning",
                f"PDF 内有 {damaged} 段数据校验不符 / {damaged} streams fail their checksum",
            )
        )
    elif pages and pages != n_pages:
        issues.append(
            Issue(
                "page_count",
                "info",
                f"PDF 打开 {n_pages} 页，文件中有 {pages} 页 / {pages} page objects, {n_pages} pages",
            )
        )
    suspected = any(mark in content for mark in _HIDES_TEXT)
    outside = _BODY.sub(b"", content) if suspected else b""  # a picture's bytes may spell anything
    found = [mark.decode()[1:] for mark in _HIDES_TEXT if mark in outside]
    if found:
        issues.append(Issue("active_content", "info", f"PDF 含有 {'、'.join(found)}（未执行） / not run"))
    return issues


def shows_text(content: bytes) -> bool:
    """Whether any stream of a file, or what should be one, has a page print text."""
    if _SHOWS_TEXT.search(content):
        return True
    starts = (start for _, start in _stream_starts(content))
    return any(_SHOWS_TEXT.search(_begun(content[start:])) for start in starts)


def _streams(content: bytes) -> tuple[int, int]:
    """How many Flate streams fail to inflate whole, and how many page objects there are in all."""
    damaged = 0
    if b"/Encrypt" in content:  # streams are ciphered: nothing to see without the key
        return 0, 0
    pages = len(_PAGE.findall(content))
    for keyword, start in _stream_starts(content):
        head = content[max(0, keyword - 600) : keyword].rpartition(b"obj")[2]
        if not _FLATE.search(head):
            continue
        tries = map(_inflated, _packed(content, start, b"ASCII85" in head))
        inflated = next((whole for whole in tries if whole is not None), None)
        damaged += inflated is None
        if inflated and b"/ObjStm" in head:
            pages += len(_PAGE.findall(inflated))
    return damaged, pages


def _stream_starts(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each keyword ``stream`` stands, and where the bytes behind it begin."""
    at = content.find(b"stream")
    while at >= 0:
        line_end = _LINE_END.match(content, at + len(b"stream"))
        if line_end and content[max(0, at - 3) : at] != b"end":
            yield at, line_end.end()
        at = content.find(b"stream", at + 1)


def _packed(content: bytes, start: int, in_ascii: bool) -> Iterator[bytes]:
    """The zlib data of a stream: up to the mark of its end, or all that follows if its bytes spell it."""
    end = content.find(b"endstream", start)
    if in_ascii:
        yield _from_ascii85(content[start:end].strip().removesuffix(b"~>"))
        return
    yield content[start:end]
    yield content[start:]


def _from_ascii85(text: bytes) -> bytes:
    """The bytes that ASCII85 stands for; empty where it is broken.

    Groups of five are decoded here, many times faster than by ``base64``, which
    takes the rest: zeros written as z, a short last group.
    """
    plain = text.translate(None, b" \t\r\n\0\x0b\x0c")
    whole = len(plain) // 5 * 5 if b"z" not in plain else 0
    if plain[:whole].translate(None, _ASCII85):
        return b""
    digits = plain[:whole].translate(_VALUES)
    groups = [
        (((a * 85 + b) * 85 + c) * 85 + d) * 85 + e for a, b, c, d, e in zip(*[iter(digits)] * 5, strict=True)
    ]
    try:
        return struct.pack(f">{len(groups)}I", *groups) + base64.a85decode(plain[whole:])
    except (ValueError, struct.error):
        return b""


def _inflated(packed: bytes) -> bytes | None:
    """What a stream inflates to, None where its checksum fails or its end is missing."""
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(packed, _MAX_STREAM)
    except zlib.error:
        return None
    return inflated if inflater.eof or len(inflated) >= _MAX_STREAM else None


def _begun(packed: bytes) -> bytes:
    """What a stream inflates to as far as it is whole."""
    inflater = zlib.decompressobj()
    with suppress(zlib.error):
        return inflater.decompress(packed, _MAX_STREAM)
    return b""


def look_at_text(
    content: bytes, plain: Sequence[str], pages: Sequence[Sequence[Block]], suspicious: bool
) -> list[Issue]:
    """Issues where blocks and readings disagree.

    ``plain`` is pdfium's own text of each page, ``pages`` the blocks made of it.
    ``suspicious`` asks for pdfminer's reading too.
    """
    ours = "\n".join(block_text(block) for page in pages for block in page)
    theirs = repair_glyphs("\n".join(plain))
    issue = _compare(ours, theirs, "pdfium")
    if issue is None and suspicious:
        issue = _compare(ours, repair_glyphs(_pdfminer_text(content)), "pdfminer")
    return [issue] if issue else []


def block_text(block: Block) -> str:
    """The text of a block, cells apart."""
    return "\n".join(cell.text for cell in block.cells) if isinstance(block, Grid) else block.text


def _pdfminer_text(content: bytes) -> str:
    from pdfminer.high_level import extract_text  # ten megabytes that few files cost

    try:
        return extract_text(io.BytesIO(content), laparams=None)
    except Exception:  # noqa: BLE001 - pdfminer raises whatever a broken file makes it raise
        return ""


def _compare(ours: str, theirs: str, reader: str) -> Issue | None:
    a, b = _bare(ours), _bare(theirs)
    if a == b or (a := a.translate(_MARKS)) == (b := b.translate(_MARKS)):
        return None
    digits_a, digits_b = Counter(filter(str.isdigit, a)), Counter(filter(str.isdigit, b))
    if digits_a != digits_b:
        detail = (
            f"数字与另一种读法（{reader}）不一致：{_difference(ours, theirs)} "
            f"/ numbers differ from {reader}'s reading"
        )
        return Issue("text_loss", "warning", detail)
    if abs(len(a) - len(b)) > _TOLERANCE * max(len(a), len(b)):
        detail = (
            f"文字 {len(a)} 字，另一种读法（{reader}）{len(b)} 字 "
            f"/ {len(a)} characters, {reader} reads {len(b)}"
        )
        return Issue("text_loss", "warning", detail)
    return None


def _difference(ours: str, theirs: str) -> str:
    a, b = Counter(_NUMBER.findall(ours)), Counter(_NUMBER.findall(theirs))
    changed = sorted((a - b) + (b - a), key=lambda token: (-len(token), token))
    return "、".join(changed[:_SHOWN])


def _bare(text: str) -> str:
    plain = "".join(text.split()).replace("-", "")
    return plain if plain.isprintable() else "".join(filter(str.isprintable, plain))
