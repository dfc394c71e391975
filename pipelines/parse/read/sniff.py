"""What a document is, told from its bytes: servers and file names are often wrong."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from pipelines.parse.read.gates import as_asked_for, folder_of

PDF: Final = "application/pdf"
HTML: Final = "text/html"
MHTML: Final = "multipart/related"
TEXT: Final = "text/plain"
RTF: Final = "application/rtf"
DOC: Final = "application/msword"
XLS: Final = "application/vnd.ms-excel"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD_XML: Final = "application/vnd.ms-word+xml"
SHEET_XML: Final = "application/vnd.ms-excel+xml"
CUT_COMPOUND: Final = "application/x-ole-storage; cut"  # what it holds is lost
ODF: Final = "application/vnd.oasis.opendocument"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
FLAT_ODF: Final = "application/vnd.oasis.opendocument.text-flat-xml"
OFD: Final = "application/ofd"
ZIP: Final = "application/zip"
ENCRYPTED_OFFICE: Final = "application/x-encrypted-office"
UNKNOWN: Final = "application/octet-stream"
IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/tiff", "image/bmp", "image/gif", "image/webp"})

_MAGIC: Final = (
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"GIF8", "image/gif"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
_PACKAGE = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# names of streams in the directory of a compound file, UTF-16 as stored
_OLE_STREAMS: Final = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_WORD_MAIN = re.compile(r"word/document\d*\.xml")
# a member that only this kind of package has, as it is asked for
_ZIP_MEMBERS: Final = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    ("ofd.xml", OFD),
    ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("meta-inf/manifest.xml", ODF),
)
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|meta|title|table|tr|td|div|p|span|br|ul|h[1-6]|a|font|center|section)"
    rb"[\s>/]",
    re.IGNORECASE,
)
# JSON, be it what a call is handed or a variable holds, and markup as it may stand in its strings, or a text
# that is encoded and may hold some
_JSON = re.compile(rb"\s*(?:[\w$.&;\s]{1,130}[(=]\s*)?[{\[]\s*[{\[\"]")
_MARKUP_IN_JSON = re.compile(
    rb"(?:<|&lt;|\\u003c|\\x3c|%3c)(?:p|div|table|span|br)\b|\"[a-z0-9+/]{300}", re.IGNORECASE
)
_BREAK = re.compile(rb"<br\s*/?>", re.IGNORECASE)
_ROWS_OF_PIPES = re.compile(rb"^\|.*\|\s*$|\|\\n(?=\|)", re.MULTILINE)  # or its end is written out
_FEW_ROWS: Final = 3
_WORD_XML = re.compile(rb"<\?mso-application\s+progid=\"Word|<w:wordDocument|<pkg:package", re.IGNORECASE)
_SHEET_XML = re.compile(
    rb"<\?mso-application\s+progid=\"Excel|<(?:\w+:)?Workbook[^>]*urn:schemas-microsoft-com:office:spreadsheet"
)
_FLAT_ODF = re.compile(rb"<office:document[\s>]")
_MHTML = re.compile(rb"\A\s*(?:From:.*\n|Subject:.*\n|Date:.*\n|MIME-Version:\s*1\.0)", re.IGNORECASE)

_SUFFIXES: Final = {
    ".htm": HTML,
    ".html": HTML,
    ".shtml": HTML,
    ".mht": MHTML,
    ".mhtml": MHTML,
    ".txt": TEXT,
    ".md": TEXT,
    ".pdf": PDF,
    ".rtf": RTF,
    ".doc": DOC,
    ".wps": DOC,
    ".docx": DOCX,
    ".xls": XLS,
    ".et": XLS,
    ".xlsx": XLSX,
    ".ofd": OFD,
    ".odt": ODF,
    ".ods": ODS,
    ".fodt": FLAT_ODF,
    ".zip": ZIP,
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
}
_ALIASES: Final = {
    "application/xhtml+xml": HTML,
    "application/x-pdf": PDF,
    "text/rtf": RTF,
    "application/kswps": DOC,
    "application/vnd.ms-works": DOC,
    "application/wps-office.doc": DOC,
    "application/wps-office.wps": DOC,
    "application/wps-office.docx": DOCX,
    "application/wps-office.xlsx": XLSX,
    "application/vnd.oasis.opendocument.text": ODF,
    "application/x-zip-compressed": ZIP,
    "image/jpg": "image/jpeg",
    "text/markdown": TEXT,
}


def sniff(content: bytes) -> str:
    """The media type that the bytes show; ``application/octet-stream`` where they show none."""
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(_PACKAGE):
        return _package(content)
    if content.startswith(_OLE):
        return _compound(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    return _textual(content)


def is_zip(content: bytes) -> bool:
    """Whether the bytes are a ZIP of files, and no document that is kept in one."""
    return content.startswith(_PACKAGE) and sniff(content) == ZIP


def declared(media_type: str, name: str, url: str) -> str:
    """What header, file name or address claim the document to be, "" where they claim nothing."""
    plain = media_type.split(";", 1)[0].strip().lower()
    plain = _ALIASES.get(plain, plain)
    if plain and plain not in {
        UNKNOWN,
        "binary/octet-stream",
        "application/x-download",
        "application/force-download",
    }:
        return plain
    for path in (name, urlsplit(url).path if url else ""):
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in _SUFFIXES:
            return _SUFFIXES[suffix]
    return ""


def _package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size == len(ODS):
                return ODS if archive.read("mimetype") == ODS.encode() else ODF
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _torn_package(content)
    parts = set(map(as_asked_for, names))
    folder = folder_of(parts)
    return _document_of(parts) or _document_of({part.removeprefix(folder) for part in parts}) or ZIP


def _document_of(parts: set[str]) -> str:
    """The kind of document that a package of such parts is; "" for none."""
    if any(_WORD_MAIN.fullmatch(part) for part in parts):
        return DOCX
    return next((media_type for member, media_type in _ZIP_MEMBERS if member in parts), "")


def _torn_package(content: bytes) -> str:
    """A package whose directory is lost still shows its members' names in front of their data."""
    names = content.lower()
    return next((media_type for member, media_type in _ZIP_MEMBERS if member.encode() in names), ZIP)


def _compound(content: bytes) -> str:
    for name, media_type in _OLE_STREAMS:
        if name.encode("utf-16-le") + b"\x00\x00" in content:
            return media_type
    return CUT_COMPOUND if _cut_before(content) else "application/x-ole-storage"


def _cut_before(content: bytes, directory: int = 48, size: int = 30) -> bool:
    """Whether a compound file ends before its directory. ``directory``, ``size``: where its header has the
    number of the directory's first sector, and the size of a sector as a power of two.
    """
    head = content.ljust(512)
    first: int = struct.unpack_from("<I", head, directory)[0]
    return len(content) <= (first + 1) << min(head[size], 12)


def _textual(content: bytes) -> str:
    head = content[:65536]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    elif b"\x00" in head[:4096] and head.count(b"\x00") > len(head) // 50:
        return UNKNOWN
    word = _WORD_XML.search(head[:4096])
    if word and not _MARKUP.search(head[: word.start()]):  # HTML saved by Word has such an element too
        return WORD_XML
    if _SHEET_XML.search(head[:4096]):
        return SHEET_XML
    if _FLAT_ODF.search(head[:4096]):
        return FLAT_ODF
    if _MHTML.match(head) and b"multipart/" in head[:4096].lower():
        return MHTML
    if (found := _MARKUP.search(head)) and not _is_markdown(head, found):
        return HTML
    if _JSON.match(head) and (found := _MARKUP_IN_JSON.search(head)) and not _is_markdown(head, found):
        return HTML
    control = sum(head.count(bytes([c])) for c in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return UNKNOWN if control > len(head) // 50 else TEXT


def _is_markdown(text: bytes, found: re.Match[bytes]) -> bool:
    """Whether the only markup of a text are line breaks in cells between pipes."""
    if not _BREAK.match(text, found.start()) or _MARKUP.search(_BREAK.sub(b"", text)):
        return False
    return len(_ROWS_OF_PIPES.findall(text)) >= _FEW_ROWS
