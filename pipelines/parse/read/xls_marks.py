"""What the values of an XLS sheet don't tell, from its records (BIFF): what is hidden, errors, formats.

The numbers of records and their layouts are those of Microsoft's [MS-XLS].
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import Final

import olefile  # type: ignore[import-untyped]

from pipelines.parse.read.number_format import BUILT_IN, GENERAL
from pipelines.parse.read.sheet_marks import MAX_COLUMNS, Marks
from pipelines.parse.records import UNREAD

_BOF: Final = 0x0809
_EOF: Final = 0x000A
_FILEPASS: Final = 0x002F
_BOUNDSHEET: Final = 0x0085
_ROW: Final = 0x0208
_COLINFO: Final = 0x007D
_BOOLERR: Final = 0x0205
_FORMULA: Final = 0x0006
_FORMAT: Final = 0x041E
_XF: Final = 0x00E0
_WINDOW: Final = 0x023E
_NUMBERS: Final = frozenset({0x0203, 0x027E, _FORMULA, 0x00FD})  # with a cell's place and XF at their start
_MANY_NUMBERS: Final = 0x00BD
_SHOWS_ZEROS: Final = 0x10
_HIDDEN_ROW: Final = 0x20
_BIFF8: Final = 0x0600
_ERROR: Final = 2  # of what a formula has given
_NO_NUMBER: Final = b"\xff\xff"

_Record = tuple[int, bytes]


def xls_marks(content: bytes) -> dict[str, Marks]:
    """Name of a sheet → its marks; none where the workbook can't be followed or has a password."""
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        stream = ole.openstream(name).read() if name else b""
    try:
        formats = _formats(stream)
        return {name: _marks(_records(stream, start), formats) for name, start in _sheets(stream)}
    except (struct.error, IndexError):
        return {}


def _records(stream: bytes, start: int) -> Iterator[_Record]:
    """The records of a part of the stream, up to its end; those of charts inside it left out."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        data = stream[start + 4 : start + 4 + length]
        start += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Name and place of each sheet."""
    wide = True
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            return
        if kind == _BOF:
            wide = struct.unpack_from("<H", data)[0] == _BIFF8
        elif kind == _BOUNDSHEET:
            yield _name(data[6:], wide), struct.unpack_from("<I", data)[0]


def _name(data: bytes, wide: bool) -> str:
    if not wide:
        return data[1 : 1 + data[0]].decode("gb18030", "replace")
    coding, width = ("utf-16-le", 2) if data[1] & 1 else ("latin-1", 1)
    return data[2 : 2 + data[0] * width].decode(coding, "replace")


def _formats(stream: bytes) -> list[str]:
    """The codes of the workbook's numbers, in the order by which cells name them."""
    known, forms = dict(BUILT_IN), list[int]()
    wide = True
    for kind, data in _records(stream, 0):
        if kind == _BOF:
            wide = struct.unpack_from("<H", data)[0] == _BIFF8
        elif kind == _FORMAT:  # the length of the code takes two bytes here where it is wide
            known[struct.unpack_from("<H", data)[0]] = _name(data[2:3] + data[4:] if wide else data[2:], wide)
        elif kind == _XF:
            forms.append(struct.unpack_from("<H", data, 2)[0])
    return [known.get(form, GENERAL) for form in forms]


def _marks(records: Iterator[_Record], formats: Sequence[str]) -> Marks:
    marks = Marks()
    for kind, data in records:
        if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _HIDDEN_ROW:
            marks.rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLINFO:
            first, last, width, _, flags = struct.unpack_from("<5H", data)
            if flags & 1 or not width:
                marks.columns.update(range(first, min(last + 1, MAX_COLUMNS)))
        elif (kind == _BOOLERR and data[7]) or (kind == _FORMULA and _is_error(data)):
            marks.shown[struct.unpack_from("<HH", data)] = UNREAD
        elif kind == _WINDOW:
            marks.zeros = bool(struct.unpack_from("<H", data)[0] & _SHOWS_ZEROS)
        marks.formats |= {
            place: formats[form] for place, form in _forms(kind, data) if formats[form] != GENERAL
        }
    return marks


def _forms(kind: int, data: bytes) -> Iterator[tuple[tuple[int, int], int]]:
    """The places of the cells of a record, each with the number of its format."""
    if kind in _NUMBERS:
        row, column, form = struct.unpack_from("<3H", data)
        yield (row, column), form
    elif kind == _MANY_NUMBERS:
        row, first = struct.unpack_from("<2H", data)
        for n, at in enumerate(range(4, len(data) - 2, 6)):
            yield (row, first + n), struct.unpack_from("<H", data, at)[0]


def _is_error(formula: bytes) -> bool:
    return formula[12:14] == _NO_NUMBER and formula[6] == _ERROR
