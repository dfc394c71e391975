"""Documents whose end is missing: said so, and a number at the very end is none: digits of it may be lost.

A text without a last line break may be whole: the total that ends a row of the form proves its own digits.
"""

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
_FIELDS: Final = re.compile(r"[\s,，|｜]+")
_COUNT: Final = re.compile(r"(?P<count>[0-9０-９]*)|[-—–－/／]+|无")
_APPLICANTS: Final = 7  # values of a row of section three, which begins with its label; the last is the total
_REVIEWS: Final = 15  # values of section four in one row; the last is the total of four before it
_RESULTS: Final = 4


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
    """Plain text without the number that it may break off in, and an issue where it does."""
    kept = text if _ends_in_total(text) else _without_number(text, max(0, len(text) - _SHORT), text)
    return kept, [_issue("TXT")] if kept is not text else []


def _ends_in_total(text: str) -> bool:
    """Whether a text ends in a row of the form and the number at its end is the sum of those before it."""
    if not _NUMBER.search(text, max(0, len(text) - _SHORT)):
        return False
    above, line = ("", *text.splitlines())[-2:]
    fields = _fields(line)
    counts = [_count(field) for field in fields]
    first = max((i + 1 for i, count in enumerate(counts) if count is None), default=0)
    if first and len(fields) == len(_fields(above)):  # blank columns of the label stand in both lines
        first = next((i for i in range(first, len(fields)) if fields[i]), first)
    parts = [count or 0 for count in counts[first:]]
    if first:
        return len(parts) == _APPLICANTS and parts[-1] == sum(parts[:-1])
    return len(parts) == _REVIEWS and parts[-1] == sum(parts[-1 - _RESULTS : -1])


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.split("\t")] if "\t" in line else _FIELDS.split(line.strip())


def _count(field: str) -> int | None:
    """The number in a field of a row, 0 for none; None for a label."""
    found = _COUNT.fullmatch(field)
    return int(found["count"] or 0) if found else None


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
