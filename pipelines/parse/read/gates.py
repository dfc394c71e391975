"""Gates that a document passes before a parser sees it, so that no small file eats the machine.

The limits come from trying hostile documents; they lie far above any real report.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final

from lxml import etree

from pipelines.parse.records import Unreadable

MAX_HTML_BYTES: Final = 8 << 20
MAX_PDF_BYTES: Final = 64 << 20
MAX_OTHER_BYTES: Final = 64 << 20
MAX_PDF_PAGES: Final = 2_000
MAX_PDF_CHARS: Final = 5_000_000
MAX_MEMBERS: Final = 2_000
MAX_INFLATED: Final = 200 << 20
MAX_RATIO: Final = 200
MAX_NESTING: Final = 2
MAX_PIXELS: Final = 50_000_000
# below this size a member may be as dense as it likes: a short run of blanks is no bomb
_RATIO_FLOOR: Final = 1 << 20
_CHUNK: Final = 1 << 16


NO_TEXT: Final = "文档没有文字 / no text in the document"


def gate_size(content: bytes, limit: int, what: str) -> None:
    """Raise ``too_large`` where ``content`` has more than ``limit`` bytes."""
    if len(content) > limit:
        raise Unreadable(
            "too_large",
            f"{what} 有 {len(content)} 字节，上限 {limit}，请拆分后再收 / "
            f"{what} of {len(content)} bytes, the limit is {limit}: split it",
        )


def with_slashes(name: str) -> str:
    """The name of a part as packages spell it; some writers put back slashes into it."""
    return name.replace("\\", "/")


def as_asked_for(name: str) -> str:
    """The name of a part as no two parts of a package share it: their names do not differ in case alone."""
    return with_slashes(name).lower()


def folder_of(names: Iterable[str]) -> str:
    """The folder that a package was packed with, its slash included: the one that all of its parts are in."""
    folders = {with_slashes(name).partition("/")[:2] for name in names}
    name, slash = folders.pop() if len(folders) == 1 else ("", "")
    return name + slash if slash else ""


class Package:
    """A zip-type file behind its gates; members are inflated one at a time and counted."""

    def __init__(self, content: bytes) -> None:
        """Open ``content``; raises :class:`Unreadable` corrupted, encrypted or bomb."""
        gate_size(content, MAX_OTHER_BYTES, "zip")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("corrupted", f"压缩包已损坏，请重新下载 / damaged zip: {error}") from error
        self._left = MAX_INFLATED
        members = self._archive.infolist()
        self._gate(members)
        self._named = {as_asked_for(member.filename): member for member in members}
        self._folder = folder_of(member.filename for member in members)

    @staticmethod
    def _gate(members: list[zipfile.ZipInfo]) -> None:
        if len(members) > MAX_MEMBERS:
            raise Unreadable("bomb", f"压缩包有 {len(members)} 个成员 / a zip of {len(members)} members")
        if any(member.flag_bits & 0x1 for member in members):
            raise Unreadable(
                "encrypted", "压缩包有密码，请先解密 / members need a password: decrypt them first"
            )
        if sum(member.file_size for member in members) > MAX_INFLATED:
            raise Unreadable(
                "bomb", f"解压后超过 {MAX_INFLATED} 字节 / inflates to more than {MAX_INFLATED} bytes"
            )
        if len({member.header_offset for member in members}) < len(members):
            raise Unreadable("bomb", "压缩包成员互相重叠 / members of the zip lie on one another")
        for member in members:
            _gate_ratio(member.file_size, member.compress_size, member.filename)

    def infolist(self) -> list[zipfile.ZipInfo]:
        """The members that are files, in the order of the directory."""
        return [member for member in self._archive.infolist() if not member.is_dir()]

    def __contains__(self, name: str) -> bool:
        """Whether a member is called ``name``."""
        return self._member(name) is not None

    def _member(self, name: str) -> zipfile.ZipInfo | None:
        """The member of a name, be it spelt in other cases, or in the folder that all are in."""
        names = (name, self._folder + name)
        return next(filter(None, (self._named.get(as_asked_for(name)) for name in names)), None)

    def read(self, member: str | zipfile.ZipInfo) -> bytes:
        """The member's bytes; what it inflates to is counted, whatever its header declares."""
        chunks: list[bytes] = []
        size = 0
        info = member if isinstance(member, zipfile.ZipInfo) else self._member(member)
        if info is None:
            raise KeyError(f"There is no item named {member!r} in the archive")
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise Unreadable(
                            "bomb", f"{info.filename} 解压后过大 / {info.filename} inflates without end"
                        )
                    _gate_ratio(size, info.compress_size, info.filename)
                    chunks.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise Unreadable("corrupted", f"{info.filename} 已损坏 / damaged member: {error}") from error
        return b"".join(chunks)

    def xml(self, name: str) -> etree._Element:
        """The root of an XML member, read without entities; a DOCTYPE is refused."""
        return parse_xml(self.read(name), name)


def _gate_ratio(size: int, compressed: int, name: str) -> None:
    if size > _RATIO_FLOOR and size > MAX_RATIO * max(compressed, 1):
        raise Unreadable(
            "bomb", f"{name} 的压缩比超过 {MAX_RATIO}:1 / {name} is packed more than {MAX_RATIO}:1"
        )


def parse_xml(content: bytes, name: str) -> etree._Element:
    """Parse an XML part without entities, network or DTD; raises :class:`Unreadable` corrupted."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("corrupted", f"{name} 不是完整的 XML / {name} is no whole XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable("corrupted", f"{name} 含有 DOCTYPE，拒绝读取 / {name} has a DOCTYPE, refused")
    return root
