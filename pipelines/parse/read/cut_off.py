"""Documents whose end is missing: said so, and a number at the very end is none: digits of it may be lost."""

from __future__ import annotations

import re
from typing import Final

from pipelines.parse.records import UNREAD, Issue

_NUMBER = re.compile(r"[0-9０-９][0-9０-９,，.．]*\Z")
_DATE = re.compile(r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}\Z")
_WHOLE_PAGE = re.compile(r"<html[\s>]", re.IGNORECASE)
_HEAD: Final = 4_096
_END: Final = re.compile(r"</(?:html|body)\b", re.IGNORECASE)
_SHORT: Final = 200


def html_end(text: str) -> tuple[str, list[Issue]]:
    """HTML without the number that it breaks off in, and an issue where the page has no end."""
    plain = text.rstrip()
    after = plain.rfind(">") + 1
    torn = plain.rfind("<") >= after  # inside a tag
    kept = text if torn else _without_number(plain, after, text)
    cut = torn or kept is not text or (_WHOLE_PAGE.search(text[:_HEAD]) and not _has_end(text))
    return kept, [_issue("HTML")] if cut else []


def _has_end(text: str) -> bool:
    return bool(_END.search(text, max(0, len(text) - _HEAD)) or _END.search(text))


def text_end(text: str) -> tuple[str, list[Issue]]:
    """Plain text without the number that it breaks off in, and an issue where it does."""
    kept = _without_number(text, max(0, len(text) - _SHORT), text)
    return kept, [_issue("TXT")] if kept is not text else []


def rtf_end(content: bytes) -> list[Issue]:
    """An issue where the outermost group of an RTF never ends."""
    return [] if content.rstrip(b"\x00 \t\r\n").endswith(b"}") else [_issue("RTF")]


def _without_number(plain: str, start: int, text: str) -> str:
    """``text``, or ``plain`` with the digits at its end as unreadable; a date at the end is whole."""
    last = plain[start:]
    found = _NUMBER.search(last)
    if found is None or _DATE.search(last):
        return text
    at = start + found.start()
    return plain[:at] + UNREAD * (len(plain) - at)


def _issue(what: str) -> Issue:
    return Issue("truncated", "warning", f"{what} 没有结尾，可能没有下载完整 / its end is missing")
