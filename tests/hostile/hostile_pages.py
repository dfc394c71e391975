"""Hostile PDFs and pictures: name → a function that makes the bytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence

from PIL import Image

Case = Callable[[], bytes]
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(objects: Sequence[bytes], trailer: bytes = b"<< /Root 1 0 R >>") -> bytes:
    """A file of numbered objects (from 1) with a right cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, at))


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def flate(data: bytes) -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter /FlateDecode")


def page(
    content: bytes, box: bytes = b"0 0 595 842", more: bytes = b"", extra: Sequence[bytes] = ()
) -> bytes:
    """One page; further objects begin at number 6."""
    leaf = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> %s >> >>" % (box, more)
    )
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", tree, leaf, content, _FONT, *extra])


_HELLO = stream(b"BT /F1 12 Tf 72 700 Td (1 2 3) Tj ET")
_LEAF = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    b"/Resources << /Font << /F1 5 0 R >> >> >>"
)
_BOXES = {
    "empty": b"0 0 0 0",
    "upside down": b"595 842 0 0",
    "huge": b"0 0 1e9 1e9",
    "negative": b"-1000 -1000 -1 -1",
    "no numbers": b"/a /b /c /d",
    "short": b"0 0",
    "tiny": b"0 0 0.001 0.001",
}


def _pages(count: int, kids: bytes = b"3 0 R ") -> bytes:
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids * count, count)
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", tree, _LEAF, _HELLO, _FONT])


def _form(body: bytes, name: bytes) -> bytes:
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %s >> >>" % name
    return stream(body, head)


PDF: dict[str, Case] = {
    **{f"pdf box {key}": lambda box=box: page(_HELLO, box) for key, box in _BOXES.items()},
    "pdf header only": lambda: b"%PDF-1.7\n",
    "pdf without pages": lambda: pdf([b"<< /Type /Catalog >>"]),
    "pdf without root": lambda: pdf([b"<< >>"], b"<< >>"),
    "pdf of no page": lambda: _pages(0),
    "pdf 1500 pages of one object": lambda: _pages(1_500),
    "pdf 10000 pages of one object": lambda: _pages(10_000),
    "pdf page tree in a loop": lambda: _pages(1, b"2 0 R "),
    "pdf count that lies": lambda: _pages(3).replace(b"/Count 3", b"/Count 9999999"),
    "pdf negative count": lambda: _pages(3).replace(b"/Count 3", b"/Count -3"),
    "pdf 100 MB of content": lambda: page(flate(b" " * 100_000_000)),
    "pdf 300000 characters": lambda: page(flate(b"BT /F1 1 Tf 1 700 Td " + b"(1) Tj " * 300_000 + b"ET")),
    "pdf 100000 lines": lambda: page(
        flate(b"".join(b"%d %d m %d %d l S " % (n % 595, n % 842, n % 590, n % 840) for n in range(100_000)))
    ),
    "pdf grid of 150000 cells": lambda: page(
        flate(
            b"".join(b"0 %d m 595 %d l S " % (y, y) for y in range(1, 840, 2))
            + b"".join(b"%d 0 m %d 842 l S " % (x, x) for x in range(1, 590, 2))
            + b"BT /F1 1 Tf 72 700 Td (1) Tj ET"
        )
    ),
    "pdf numbers without end": lambda: page(
        stream(b"BT /F1 " + b"9" * 5_000 + b" Tf 1e308 -1e308 Td (1) Tj ET")
    ),
    "pdf nested states": lambda: page(flate(b"q " * 200_000 + b"BT /F1 9 Tf (1) Tj ET")),
    "pdf nested arrays": lambda: page(flate(b"[" * 100_000)),
    "pdf form in a loop": lambda: page(
        stream(b"/X Do"), more=b"/XObject << /X 6 0 R >>", extra=[_form(b"/X Do /X Do", b"6 0 R")]
    ),
    "pdf forms of forms": lambda: page(
        stream(b"/X Do " * 10),
        more=b"/XObject << /X 6 0 R >>",
        extra=[_form(b"/X Do " * 10, b"%d 0 R" % (n + 7)) for n in range(5)]
        + [_form(b"0 0 m 9 9 l S", b"null")],
    ),
    "pdf picture of no size": lambda: page(
        stream(b"595 0 0 842 0 0 cm /X Do"),
        more=b"/XObject << /X 6 0 R >>",
        extra=[
            stream(
                b"x",
                b"/Type /XObject /Subtype /Image /Width 99999 /Height 99999 /ColorSpace /DeviceGray "
                b"/BitsPerComponent 8",
            )
        ],
    ),
    "pdf bomb of a picture": lambda: page(
        stream(b"595 0 0 842 0 0 cm /X Do"),
        more=b"/XObject << /X 6 0 R >>",
        extra=[
            stream(
                zlib.compress(b"\0" * 9_000_000, 9),
                b"/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceGray "
                b"/BitsPerComponent 8 /Filter /FlateDecode",
            )
        ],
    ),
    "pdf script": lambda: pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            _LEAF,
            _HELLO,
            _FONT,
        ]
    ),
    "pdf encryption unknown": lambda: _pages(1).replace(
        b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /None >>"
    ),
    "pdf cut": lambda: _pages(9)[:-200],
    "pdf without table": lambda: _pages(9).replace(b"xref", b"xxxx"),
    "pdf table far away": lambda: _pages(1).replace(b"startxref\n", b"startxref\n99999999"),
    "pdf behind 900 bytes": lambda: b"x" * 900 + _pages(1),
    "pdf twice": lambda: _pages(1) * 2,
    "pdf filters without end": lambda: page(stream(b"x", b"/Filter [" + b"/FlateDecode " * 5_000 + b"]")),
    "pdf flate cut": lambda: page(
        stream(zlib.compress(b"BT /F1 9 Tf (1) Tj ET " * 999)[:-40], b"/Filter /FlateDecode")
    ),
    "pdf content in a loop": lambda: pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents [3 0 R 3 0 R] >>",
        ]
    ),
    "pdf font in a loop": lambda: page(_HELLO).replace(
        b"/BaseFont /Helvetica", b"/Encoding 5 0 R /ToUnicode 5 0 R"
    ),
    "pdf nested objects": lambda: pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /A " * 20_000 + b">>" * 20_000]
    ),
}

# --- pictures ------------------------------------------------------------------


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes = b"", depth: int = 1, colour: int = 0) -> bytes:
    """A PNG that says it is so large, whatever its data hold."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(data, 9))
        + _chunk(b"IEND", b"")
    )


def saved(form: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, form, **options)
    return buffer.getvalue()


_SIZES = ((0, 0), (1, 1), (1, 5_000), (5_000, 1), (30_000, 30_000), (2**31 - 1, 2**31 - 1), (13_000, 13_000))
_FORMS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")

IMAGES: dict[str, Case] = {
    **{f"png {w} by {h}": lambda w=w, h=h: png(w, h, b"\0" * 1_000) for w, h in _SIZES},
    **{f"{form.lower()} cut": lambda form=form: saved(form)[:-12] for form in _FORMS},
    **{f"{form.lower()} half": lambda form=form: saved(form)[: len(saved(form)) // 2] for form in _FORMS},
    **{f"{form.lower()} header only": lambda form=form: saved(form)[:12] for form in _FORMS},
    "png without data": lambda: png(100, 100),
    "png of unknown colours": lambda: png(100, 100, b"\0" * 9_999, depth=7, colour=9),
    "png text bomb": lambda: (
        png(10, 10, b"\0" * 99).replace(b"IEND", b"IEND")[:-12]
        + _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 90_000_000, 9))
        + _chunk(b"IEND", b"")
    ),
    "tiff of 300 frames": lambda: saved(
        "TIFF", (20, 20), save_all=True, append_images=[Image.new("RGB", (20, 20))] * 300
    ),
    "tiff in a loop": lambda: b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "gif of 500 frames": lambda: saved(
        "GIF",
        (20, 20),
        save_all=True,
        append_images=[Image.new("RGB", (20, 20), (n % 255, 0, 0)) for n in range(500)],
    ),
    "bmp of negative size": lambda: saved("BMP")[:18] + struct.pack("<ii", -5, -5) + saved("BMP")[26:],
}

CASES: dict[str, Case] = {**PDF, **IMAGES}
