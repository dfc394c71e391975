"""Bytes to a :class:`Reading`: the bytes tell what a document is, then the reader of its kind opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pipelines.parse.read import sniff
from pipelines.parse.read.docx import read_docx
from pipelines.parse.read.html import read_html
from pipelines.parse.read.image import read_image
from pipelines.parse.read.mhtml import read_mhtml
from pipelines.parse.read.msdoc import read_doc
from pipelines.parse.read.odt import read_flat_odt, read_odt
from pipelines.parse.read.ofd import read_ofd
from pipelines.parse.read.pdf import read_pdf
from pipelines.parse.read.rtf import read_rtf
from pipelines.parse.read.sheet import read_sheets
from pipelines.parse.read.sheet_xml import read_sheet_xml
from pipelines.parse.read.text import read_text
from pipelines.parse.read.wordxml import read_word_xml
from pipelines.parse.read.zipped import read_zip
from pipelines.parse.records import MISMATCH, Document, Issue, Reading, Unreadable

_Reader = Callable[[Document], Reading]

_READERS: Final[dict[str, _Reader]] = {
    sniff.HTML: lambda document: read_html(document.content, document.charset, document.url),
    sniff.TEXT: lambda document: read_text(document.content, document.charset),
    sniff.PDF: lambda document: read_pdf(document.content),
    sniff.DOCX: lambda document: read_docx(document.content, _read_inner),
    sniff.DOC: lambda document: read_doc(document.content),
    sniff.RTF: lambda document: read_rtf(document.content),
    sniff.XLS: lambda document: read_sheets(document.content, sniff.XLS),
    sniff.XLSX: lambda document: read_sheets(document.content, sniff.XLSX),
    sniff.ODF: lambda document: read_odt(document.content),
    sniff.ODS: lambda document: read_sheets(document.content, sniff.ODS),
    sniff.FLAT_ODF: lambda document: read_flat_odt(document.content),
    sniff.WORD_XML: lambda document: read_word_xml(document.content),
    sniff.SHEET_XML: lambda document: read_sheet_xml(document.content),
    sniff.OFD: lambda document: read_ofd(document.content),
    sniff.MHTML: lambda document: read_mhtml(document.content),
    sniff.ZIP: lambda document: read_zip(document, read),
}
# claims that differ in name only: servers send these for one another without harm
_ALIKE: Final = (
    frozenset({sniff.TEXT, sniff.HTML, "application/xml", "text/xml", "application/json", "text/json"}),
    frozenset({sniff.MHTML, "message/rfc822", sniff.HTML}),
)
_WHITE: Final = b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"


def read(document: Document) -> Reading:
    """Open a document; its parts are not looked at.

    The kind of document is told from its bytes; a header or a suffix that claims
    another one is an issue ``media_type_mismatch``. Raises :class:`Unreadable`
    and nothing else.
    """
    if not document.content.strip(_WHITE):
        raise Unreadable("empty", f"文件为空（{len(document.content)} 字节） / the file is empty")
    media_type = sniff.sniff(document.content)
    reader = _reader(media_type)
    try:
        reading = reader(document)
    except Unreadable:
        raise
    except MemoryError as error:
        raise Unreadable("too_large", "内存不足，请拆分文件 / not enough memory: split the file") from error
    except RecursionError as error:
        raise Unreadable("too_deep", "嵌套过深 / nested too deeply") from error
    except Exception as error:  # libraries raise whatever a broken file makes them raise
        raise Unreadable("corrupted", f"读取失败 / {media_type}: {type(error).__name__}: {error}") from error
    mismatch = _mismatch(document, media_type)
    return replace(reading, issues=(*mismatch, *reading.issues)) if mismatch else reading


def _read_inner(content: bytes) -> Reading:
    """Read a document inside another; one inside that is not opened."""
    if sniff.sniff(content) == sniff.DOCX:
        return read_docx(content)
    return read(Document(content))


def _reader(media_type: str) -> _Reader:
    if media_type in sniff.IMAGES:
        return lambda document: read_image(document.content, media_type)
    if media_type == sniff.ENCRYPTED_OFFICE:
        raise Unreadable(
            "encrypted", "文档有密码，请先解密 / the document needs a password: decrypt it first"
        )
    if media_type not in _READERS:
        raise Unreadable("unsupported", _mend(media_type))
    return _READERS[media_type]


def _mismatch(document: Document, media_type: str) -> tuple[Issue, ...]:
    claim = sniff.declared(document.media_type, document.name, document.url)
    if not claim or claim == media_type or any({claim, media_type} <= group for group in _ALIKE):
        return ()
    return (
        Issue(
            MISMATCH,
            "info",
            f"声称 {claim}，实为 {media_type} / declared {claim}, is {media_type}",
        ),
    )


def _mend(media_type: str) -> str:
    """Why a kind of document is not read, and what to do about it."""
    if media_type == sniff.UNKNOWN:
        return "无法辨认的文件格式 / the format can't be recognised"
    return f"不支持 {media_type}，请另存为 PDF 或 DOCX / {media_type} is not read: save it as PDF or DOCX"
