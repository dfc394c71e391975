"""Text boxes of an RTF: put behind the paragraph that they hang on, where readers of plain RTF see them."""

from __future__ import annotations

import re
from typing import Final

# shapes of today, and those of Word 95
_BOX = re.compile(rb"\\(?:shptxt|dptxbxtext)(?![a-z])")
_SHAPE = re.compile(rb"\{\s*\\(?:shp|\*\s*\\do)(?![a-z])")
_BRACE = re.compile(rb"\\[\\{}]|[{}]")
_END = re.compile(rb"\\(par|cell|row|trowd|sect)(?![a-z])")
# a figure, outside of control words and their numbers
_WORDS = re.compile(rb"\\(?:'[0-9a-fA-F]{2}|u-?\d+ ?\??|[a-z]+-?\d* ?)|[{}]")
_UNREAD: Final = rb"{\uc0\u-3}"  # U+FFFD
_MOST: Final = 2000
BOX: Final = "\ue004"  # stands before each box that hangs on no cell
_MARK: Final = rb"{\uc0\u%d}" % (ord(BOX) - 0x10000)


def with_boxes(content: bytes) -> bytes:
    """The RTF with the text of its boxes as paragraphs and tables of its own.

    A box that hangs on a cell stays out; where it holds a figure, nobody knows over which cell that stands.
    """
    if not _BOX.search(content):
        return content
    parts: list[bytes] = []
    done = 0
    behind = b""  # the boxes of the paragraph that the walk is in
    at = 0  # where that paragraph ends
    for start, end, text in _shapes(content):
        if start >= at:
            parts += [content[done:at], behind]
            done, behind = max(at, done), b""
            mark = _END.search(content, end)
            in_text = mark is None or mark[1] in (b"par", b"sect")
            if mark is None:
                at, behind = content.rfind(b"}"), b"\\par "
            else:
                at = mark.end() if in_text else mark.start()
        parts.append(content[done:start])
        done = end
        behind += _framed(text) if in_text else _doubt(text)
    return b"".join([*parts, content[done:at], behind, content[at:]])


def _framed(text: bytes) -> bytes:
    return b"\n\\pard {" + _MARK + text + b"\\par}\\pard "


def _doubt(text: bytes) -> bytes:
    return _UNREAD if re.search(rb"\d", _WORDS.sub(b"", text)) else b""


def _shapes(content: bytes) -> list[tuple[int, int, bytes]]:
    """Where each shape with text begins and ends, and that text."""
    found: list[tuple[int, int, bytes]] = []
    end = 0
    for shape in _SHAPE.finditer(content):
        if shape.start() < end or len(found) == _MOST:
            continue
        end = _group_end(content, shape.start())
        box = _BOX.search(content, shape.end(), end)
        if box:
            found.append((shape.start(), end, content[box.end() : _group_end(content, box.start(), 1) - 1]))
    return found


def _group_end(content: bytes, at: int, depth: int = 0) -> int:
    """Behind the brace that closes the group which is ``depth`` deep at a place."""
    brace = _BRACE.search(content, at)
    while brace:
        if brace[0] == b"{":
            depth += 1
        elif brace[0] == b"}":
            depth -= 1
            if not depth:
                return brace.end()
        brace = _BRACE.search(content, brace.end())
    return len(content)
