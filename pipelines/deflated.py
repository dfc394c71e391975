"""Compression that costs what its data is worth: unless told, zlib makes ready for 32 kB and more.

To make ready takes five times as long as to compress a record of a few hundred bytes, of which a crawl
writes three or four a page.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zlib import _Compress

_SMALLEST: Final = 9  # zlib's bounds: the logarithm of a window's size, and what it takes for its tables
_MOST_TABLES: Final = 8
_GZIP: Final = 16


def compressor(size: int, *, gzip: bool = False) -> _Compress:
    """A zlib compressor, its window no larger than ``size``, the bytes that it will be given, asks for.

    What it writes is as long as ever, in zlib's format or in ``gzip``'s; whatever reads these reads it.
    """
    window = min(max((size - 1).bit_length(), _SMALLEST), zlib.MAX_WBITS)
    return zlib.compressobj(wbits=window + _GZIP * gzip, memLevel=min(window - _SMALLEST + 3, _MOST_TABLES))


def compress(data: bytes) -> bytes:
    """As ``zlib.compress``."""
    packer = compressor(len(data))
    return packer.compress(data) + packer.flush()
