"""Taking content coding off, within bounds, and noticing when the end is missing."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import brotli  # type: ignore[import-untyped]
import zstandard

from pipelines.archive.exchange import Digest, Headers

LIMIT = 64 * 1024**2
RATIO = 200
RATIO_FROM = 8 * 1024**2  # small pages of repeated rows may well be packed tighter
LAYERS = 3
SMALL_STEP = 64


class _Broken(Exception):
    """The bytes are not what the label says."""


@dataclass(frozen=True)
class Decoded:
    """Content with what was wrong with it.

    ``problem``: None, ``truncated`` (the coded stream has no end, or is damaged; ``content`` is what could
    be inflated), ``too_large`` (cut at the limit), ``bomb`` (inflates suspiciously; cut), ``mislabelled``
    (not of the coding that its header says; ``content`` is the body itself or what an outer layer gave).
    """

    content: bytes
    problem: str | None = None

    @cached_property
    def digest(self) -> Digest:
        """What the content is known by."""
        return Digest(hashlib.sha256(self.content).hexdigest(), len(self.content), self.problem)


def _inflate(body: bytes, wbits: int, limit: int) -> tuple[bytes, bool]:
    """All members of a zlib or gzip stream; (content, whether the end was reached)."""
    out = bytearray()
    rest = body
    while True:
        machine = zlib.decompressobj(wbits)
        try:
            out += machine.decompress(rest, limit + 1 - len(out))
        except zlib.error as error:
            if wbits > 0:  # raw deflate has no mark: any text may inflate to a little noise
                out += _salvaged(rest, wbits, limit + 1 - len(out))
            if not out:
                raise _Broken from error
            return bytes(out), False
        if not machine.eof:
            return bytes(out), False
        rest = machine.unused_data
        if rest and wbits < 0:
            raise _Broken
        if wbits < 16 or not rest.startswith(b"\x1f\x8b") or len(out) > limit:
            return bytes(out), True


def _salvaged(body: bytes, wbits: int, limit: int) -> bytes:
    """What can be inflated before the damage; zlib gives nothing of a piece that holds any."""
    machine = zlib.decompressobj(wbits)
    out = bytearray()
    try:
        for start in range(0, len(body), SMALL_STEP):
            piece = body[start : start + SMALL_STEP]
            while piece and len(out) < limit:
                out += machine.decompress(piece, limit - len(out))
                piece = machine.unconsumed_tail
    except zlib.error:
        pass
    return bytes(out)


def _gzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    """Known by its first bytes, so that a damaged one is not taken for plain text."""
    if not body.startswith(b"\x1f\x8b"[: len(body)]):
        raise _Broken
    try:
        return _inflate(body, 31, limit)
    except _Broken:
        return b"", False


def _deflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    """HTTP's deflate is zlib's format, and raw deflate with servers that got it wrong."""
    text = _is_text(body)
    try:
        content, whole = _inflate(body, 15, limit)
    except _Broken:
        if text:
            raise
        return _inflate(body, -15, limit)
    if text and not content:
        raise _Broken
    return content, whole


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _brotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    machine = brotli.Decompressor()
    out = bytearray()
    feed = body
    try:
        while len(out) <= limit:
            piece = machine.process(feed, output_buffer_limit=limit + 1 - len(out))
            out += piece
            feed = b""
            if machine.is_finished() or not piece:
                break
    except brotli.error as error:
        if not out:
            raise _Broken from error
    return bytes(out), machine.is_finished()


def _zstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
        BytesIO(body), read_across_frames=True
    )
    try:
        out = _read_all(reader.read, limit)
    except zstandard.ZstdError as error:
        raise _Broken from error
    return out, len(out) > limit or _zstd_ends(body)


def _read_all(read: Callable[[int], bytes], limit: int) -> bytes:
    out = bytearray()
    while len(out) <= limit and (piece := read(limit + 1 - len(out))):
        out += piece
    return bytes(out)


def _zstd_ends(body: bytes) -> bool:
    """Whether the last frame is whole; only asked once the content is known to be small."""
    rest = body
    while rest:
        machine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        machine.decompress(rest)
        if not machine.eof:
            return False
        rest = machine.unused_data
    return bool(body)


CODINGS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


def codings_of(headers: Headers) -> list[str]:
    """Content codings in the order in which they were applied; unknown words (``utf-8``) mean none."""
    words = [
        word.strip().lower()
        for name, value in headers
        if name.lower() == "content-encoding"
        for word in value.split(",")
    ]
    return [word for word in words if word in CODINGS]


def _layer(body: bytes, coding: str, limit: int) -> Decoded:
    try:
        content, whole = CODINGS[coding](body, limit)
    except _Broken:
        return Decoded(body, "mislabelled")
    if len(content) > RATIO_FROM and len(content) > RATIO * len(body):
        return Decoded(content[:limit], "bomb")
    if len(content) > limit:
        return Decoded(content[:limit], "too_large")
    return Decoded(content, None if whole else "truncated")


def decode_body(headers: Headers, body: bytes, limit: int = LIMIT) -> Decoded:
    """``body`` as received -> its content, at most ``limit`` bytes of it. Never raises."""
    codings = codings_of(headers)
    if not codings or not body:
        return Decoded(body)
    if len(codings) > LAYERS:
        return Decoded(body, "bomb")
    content, problem = body, None
    for coding in reversed(codings):
        layer = _layer(content, coding, limit)
        content, problem = layer.content, problem or layer.problem
        if problem not in (None, "truncated"):
            break
    return Decoded(content, problem)
