"""MHTML (a saved web page, or Word's "single file web page"): its HTML part."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Final

from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size
from pipelines.parse.read.html import read_html
from pipelines.parse.records import Reading, Unreadable

_ROOT: Final = "text/html"


def read_mhtml(content: bytes) -> Reading:
    """Read the longest HTML part, headers and footers being others; raises :class:`Unreadable` corrupted
    where there is none.
    """
    gate_size(content, MAX_OTHER_BYTES, "MHTML")
    message = message_from_bytes(content.lstrip(), policy=policy.compat32)
    parts = [
        (payload, part)
        for part in message.walk()
        if part.get_content_type() == _ROOT and isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    if not parts:
        raise Unreadable("corrupted", "网页存档中没有 HTML / no HTML part in the MHTML")
    payload, part = max(parts, key=lambda pair: len(pair[0]))
    return read_html(payload, part.get_content_charset() or "", str(part.get("Content-Location", "")))
