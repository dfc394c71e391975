"""What the values of an XLS sheet don't tell, from its records (BIFF): what is hidden, errors, formats.

The numbers of records and their layouts are those of Microsoft's [MS-XLS].
"""

from __future__ import annotations

import io
import struct
from collections.abc import Container, Iterator, Sequence
from typing import Final

import olefile  # type: ignore[import-untyped]

from pipelines.parse.read.looks import Look
from pipelines.parse.read.number_format import BUILT_IN, GENERAL
from pipelines.parse.read.sheet_marks import MAX_COLUMNS, Marks, shown_runs
from pipelines.parse.read.xls_drawings import floated_over
from pipelines.parse.read.xls_fonts import XF, Fonts, fonts_of
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
_WINDOW: Final = 0x023E
_STRING: Final = 0x00FD
_NUMBERS: Final = frozenset({0x0203, 0x027E, _FORMULA, _STRING})  # with a cell's place and XF at their start
_MANY_NUMBERS: Final = 0x00BD
_SHOWS_ZEROS: Final = 0x10
_HIDDEN_ROW: Final = 0x20
_BIFF8: Final = 0x0600
_ERROR: Final = 2  # of what a formula has given
_EMPTY: Final = 3
_COMPUTED: Final = 0x01C1  # by which program; where none did, Excel does when it opens the workbook
_NO_NUMBER: Final = b"\xff\xff"

_Record = tuple[int, bytes]


def xls_marks(content: bytes) -> dict[str, Marks]:
    """Name of a sheet → its marks; none where the workbook can't be followed or has a password."""
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        stream = ole.openstream(name).read() if name else b""
    try:
        formats, fonts = _formats(stream), _fonts(stream)
        unknown = {_ERROR} if any(kind == _COMPUTED for kind, _ in _records(stream, 0)) else {_ERROR, _EMPTY}
        found = {}
        for name, start in _sheets(stream):
            found[name] = _marks(_records(stream, start), formats, fonts, unknown)
            found[name].below.update(floated_over(_records(stream, start)))
        return found
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
        elif kind == XF:
            forms.append(struct.unpack_from("<H", data, 2)[0])
    return [known.get(form, GENERAL) for form in forms]


def _fonts(stream: bytes) -> Fonts:
    """The fonts of a workbook; none of one older than BIFF8."""
    records = list(_records(stream, 0))
    wide = any(kind == _BOF and struct.unpack_from("<H", data)[0] == _BIFF8 for kind, data in records[:1])
    return fonts_of(records) if wide else Fonts()


def _marks(
    records: Iterator[_Record], formats: Sequence[str], fonts: Fonts, unknown: Container[int | None]
) -> Marks:
    """The marks of a sheet; ``unknown`` are the results of formulas that tell nothing."""
    marks = Marks()
    for kind, data in records:
        if kind == _ROW and _is_hidden(data):
            marks.rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLINFO:
            first, last, width, _, flags = struct.unpack_from("<5H", data)
            if flags & 1 or not width:
                marks.columns.update(range(first, min(last + 1, MAX_COLUMNS)))
        elif (kind == _BOOLERR and data[7]) or (
            kind == _FORMULA and data[12:14] == _NO_NUMBER and data[6] in unknown
        ):
            marks.shown[struct.unpack_from("<HH", data)] = UNREAD
        elif kind == _STRING and (number := struct.unpack_from("<I", data, 6)[0]) in fonts.strings:
            row, column, form = struct.unpack_from("<3H", data)
            marks.shown[row, column] = shown_runs(fonts.strings[number], fonts.looks[form])
        elif kind == _WINDOW:
            marks.zeros = bool(struct.unpack_from("<H", data)[0] & _SHOWS_ZEROS)
        for place, form in _forms(kind, data):
            if formats[form] != GENERAL:
                marks.formats[place] = formats[form]
            look = fonts.looks[form] if form < len(fonts.looks) else Look.PLAIN
            if look is not Look.PLAIN and place not in marks.shown:
                marks.looks[place] = look
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


def _is_hidden(row: bytes) -> bool:
    height, flags = struct.unpack_from("<H4xH", row, 6)
    return bool(flags & _HIDDEN_ROW) or not height
