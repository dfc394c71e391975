"""Bytes to a :class:`Reading`: the bytes tell what a document is, then the reader of its kind opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any, Final

from pipelines.parse.read import html, sniff
from pipelines.parse.records import MISMATCH, Document, Issue, Reading, Unreadable

_Reader = Callable[[Any, Document], Reading]

# the module of each kind but the most frequent: the first document loads it, with the libraries that it needs
_READERS: Final[dict[str, tuple[str, _Reader]]] = {
    sniff.TEXT: ("text", lambda of, document: of.read_text(document.content, document.charset)),
    sniff.PDF: ("pdf", lambda of, document: of.read_pdf(document.content)),
    sniff.DOCX: ("docx", lambda of, document: of.read_docx(document.content, _read_inner)),
    sniff.DOC: ("msdoc", lambda of, document: of.read_doc(document.content)),
    sniff.RTF: ("rtf", lambda of, document: of.read_rtf(document.content)),
    sniff.XLS: ("sheet", lambda of, document: of.read_sheets(document.content, sniff.XLS)),
    sniff.XLSX: ("sheet", lambda of, document: of.read_sheets(document.content, sniff.XLSX)),
    sniff.ODF: ("odt", lambda of, document: of.read_odt(document.content)),
    sniff.ODS: ("sheet", lambda of, document: of.read_sheets(document.content, sniff.ODS)),
    sniff.FLAT_ODF: ("odt", lambda of, document: of.read_flat_odt(document.content)),
    sniff.WORD_XML: ("wordxml", lambda of, document: of.read_word_xml(document.content)),
    sniff.SHEET_XML: ("sheet_xml", lambda of, document: of.read_sheet_xml(document.content)),
    sniff.OFD: ("ofd", lambda of, document: of.read_ofd(document.content)),
    sniff.MHTML: ("mhtml", lambda of, document: of.read_mhtml(document.content)),
    sniff.ZIP: ("zipped", lambda of, document: of.read_zip(document, read)),
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
        return _loaded("docx", lambda docx, document: docx.read_docx(document.content))(Document(content))
    return read(Document(content))


def _read_html(document: Document) -> Reading:
    return html.read_html(document.content, document.charset, document.url)


def _reader(media_type: str) -> Callable[[Document], Reading]:
    if media_type == sniff.HTML:
        return _read_html
    if media_type in sniff.IMAGES:
        return _loaded("image", lambda image, document: image.read_image(document.content, media_type))
    if media_type == sniff.ENCRYPTED_OFFICE:
        raise Unreadable(
            "encrypted", "文档有密码，请先解密 / the document needs a password: decrypt it first"
        )
    if media_type == sniff.CUT_COMPOUND:
        raise Unreadable("corrupted", "文件不完整，请重新下载 / the file is cut off: fetch it again")
    if media_type not in _READERS:
        raise Unreadable("unsupported", _mend(media_type))
    return _loaded(*_READERS[media_type])


def _loaded(module: str, reader: _Reader) -> Callable[[Document], Reading]:
    return partial(reader, import_module(f"pipelines.parse.read.{module}"))


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
