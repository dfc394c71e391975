"""Header names and values that cannot break a record apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from pipelines.archive.exchange import Headers

MOST = 256 * 1024  # of all headers together
_NOT_TOKEN = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# the body is kept without its transfer coding, so the header must not promise one to a reader
ORIGINAL = "X-Archive-Orig-"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_IN_URI = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "<>")
_TRANSFER = ("transfer-encoding",)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _raw(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def clean_value(value: str | bytes) -> str:
    """One line of printable ASCII: controls become a space, other bytes are percent-encoded."""
    text = _CONTROL.sub(" ", _text(value))
    if not text.isascii():
        text = quote(_raw(text), safe=_PRINTABLE)
    return text.strip()


def clean_line(text: str) -> str:
    """One line that UTF-8 can hold."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode("utf-8").strip()


def clean_name(name: str | bytes) -> str:
    """A token of RFC 9110, or the empty string."""
    return _NOT_TOKEN.sub("", _text(name))


def clean_headers(headers: Iterable[tuple[str | bytes, str | bytes]]) -> Headers:
    """Headers fit for a record, in order; at most ``MOST`` bytes of them. Cleaning twice changes nothing."""
    kept: list[tuple[str, str]] = []
    size = 0
    for raw_name, raw_value in headers:
        name, value = clean_name(raw_name), clean_value(raw_value)
        size += len(name) + len(value) + 4
        if size > MOST:
            break
        if name.lower() in _TRANSFER:
            name = ORIGINAL + name
        if name:
            kept.append((name, value))
    return tuple(kept)


def clean_uri(uri: str) -> str:
    """A URI of printable ASCII without blanks."""
    return quote(uri.strip().encode("utf-8", "surrogatepass"), safe=_IN_URI)
