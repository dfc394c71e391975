"""Hostile files of the old office formats (DOC, XLS, RTF): name → a function that makes the bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

Case = Callable[[], bytes]
DOCUMENTS = Path(__file__).resolve().parents[1] / "parse" / "documents"

# fields of the header of a compound file: name → (offset, format)
_HEADER = {
    "version": (0x1A, "<H"),
    "byte order": (0x1C, "<H"),
    "sector shift": (0x1E, "<H"),
    "small sector shift": (0x20, "<H"),
    "number of FAT sectors": (0x2C, "<I"),
    "first directory sector": (0x30, "<I"),
    "small stream cutoff": (0x38, "<I"),
    "first small FAT sector": (0x3C, "<I"),
    "number of small FAT sectors": (0x40, "<I"),
    "first DIFAT sector": (0x44, "<I"),
    "number of DIFAT sectors": (0x48, "<I"),
    "first FAT sector": (0x4C, "<I"),
}
_VALUES = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE)


def _set(name: str, offset: int, form: str, value: int) -> bytes:
    changed = bytearray((DOCUMENTS / name).read_bytes())
    limit = 0xFFFF if form == "<H" else 0xFFFFFFFF
    struct.pack_into(form, changed, offset, min(value, limit))
    return bytes(changed)


def _headers() -> dict[str, Case]:
    return {
        f"{name[-3:]} {field} {value:#x}": lambda name=name, at=at, value=value: _set(name, *at, value)
        for name in ("filled.doc", "filled.xls")
        for field, at in _HEADER.items()
        for value in _VALUES
    }


def _cuts() -> dict[str, Case]:
    return {
        f"{name[-3:]} cut at {share}%": lambda name=name, share=share: (
            content := (DOCUMENTS / name).read_bytes()
        )[: len(content) * share // 100]
        for name in ("filled.doc", "filled.xls")
        for share in (1, 5, 20, 50, 80, 99)
    }


def _filled_with(name: str, byte: int, start: int, end: int) -> bytes:
    content = bytearray((DOCUMENTS / name).read_bytes())
    content[start:end] = bytes([byte]) * (min(end, len(content)) - start)
    return bytes(content)


def _holes() -> dict[str, Case]:
    return {
        f"{name[-3:]} {byte:#04x} from {start}": lambda name=name, byte=byte, start=start: _filled_with(
            name, byte, start, start + 512
        )
        for name in ("filled.doc", "filled.xls")
        for byte in (0x00, 0xFF)
        for start in (512, 1024, 2048, 4096, 6144)
    }


def rtf(body: str) -> bytes:
    return ("{\\rtf1\\ansi\\ansicpg936 " + body + "}").encode("latin-1", "replace")


_NUMBERS = ("0", "-1", "99999999999", "x", "")

RTF: dict[str, Case] = {
    **{
        f"rtf cellx {n}": lambda n=n: rtf(f"\\trowd\\cellx{n}\\cellx{n} 1\\cell 2\\cell\\row" * 20)
        for n in _NUMBERS
    },
    **{f"rtf unicode {n}": lambda n=n: rtf(f"\\u{n}?" * 500) for n in (*_NUMBERS, "-99999", "55296")},
    **{f"rtf bin {n}": lambda n=n: rtf(f"\\bin{n} abc 1") for n in _NUMBERS},
    "rtf 100000 braces": lambda: rtf("{" * 100_000),
    "rtf closing braces": lambda: rtf("}" * 100_000 + "1"),
    "rtf 3000 nested": lambda: rtf("{" * 3_000 + "1" + "}" * 3_000),
    "rtf bad hex": lambda: rtf("\\'zz\\'\\'1" * 5_000),
    "rtf half characters": lambda: rtf("\\'d2 1\\'bb" * 5_000),
    "rtf words": lambda: rtf("\\" + "a" * 1_000_000),
    "rtf backslashes": lambda: rtf("\\" * 200_000),
    "rtf objects": lambda: rtf("{\\object{\\*\\objdata " + "0a" * 500_000 + "}}1"),
    "rtf pictures": lambda: rtf("{\\pict\\pngblip " + "89504e47" * 100_000 + "}1"),
    "rtf 20000 rows": lambda: rtf("\\trowd\\cellx100\\cellx200 1\\cell 2\\cell\\row" * 20_000),
    "rtf row of 5000 cells": lambda: rtf(
        "\\trowd" + "".join(f"\\cellx{n}" for n in range(5_000)) + "1\\cell" * 5_000 + "\\row"
    ),
    "rtf tables in tables": lambda: rtf("\\trowd\\intbl\\itap9 1\\nestcell\\nestrow" * 3_000),
    "rtf without end": lambda: rtf("1")[:-1],
    "rtf unknown code page": lambda: b"{\\rtf1\\ansi\\ansicpg99999 \\'d2\\'bb}",
    "rtf header only": lambda: b"{\\rtf",
    "rtf nothing": lambda: rtf(""),
    "rtf fields": lambda: rtf('{\\field{\\*\\fldinst HYPERLINK "file:///etc/passwd"}{\\fldrslt 1}}' * 2_000),
}

CASES: dict[str, Case] = {**_headers(), **_cuts(), **_holes(), **RTF}
