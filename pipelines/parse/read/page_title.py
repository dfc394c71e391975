"""An article's title, which many pages print above its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipelines.parse.read.flow import Found
from pipelines.parse.records import Paragraph, Place

_TITLE = re.compile(r"(?:信息公开|政务公开).{0,12}(?:报告|年报)|年度报告|年报")
_OWNERLESS = re.compile(r"\s*(?:20\d\d|二.{3})?\s*年?度?\s*(?:政府|政务)?信息公开")
_YEAR = re.compile("20\\d\\d|二[〇○零].{2}年")
_LONGEST = 80  # characters
_FIRST = 4  # blocks of the body that may be its title


def has_title(body: Sequence[Found], meta: Mapping[str, str]) -> bool:
    """Whether a body begins with its title."""
    return any(_is_title(found, meta) for found in body[:_FIRST])


def _is_title(found: Found, meta: Mapping[str, str]) -> bool:
    if not isinstance(found.block, Paragraph) or len(found.block.text) > _LONGEST:
        return False
    if found.block.text.endswith("。"):
        return False
    text, stated = _plain(found.block.text), _plain(meta.get("articletitle", ""))
    return found.block.level == 1 or (bool(stated) and text == stated) or bool(_TITLE.search(text))


def is_report_title(text: str) -> bool:
    """Whether a line may be the title of a report, its year with it."""
    return len(text) <= _LONGEST and bool(_TITLE.search(text) and _YEAR.search(text)) and text[-1:] != "。"


def title_above(found: Sequence[Found], meta: Mapping[str, str]) -> list[Paragraph]:
    """The title among what stands above the body: as meta tags repeat it, else a heading or its words."""
    above = [f for f in found if isinstance(f.block, Paragraph)]
    stated = _plain(meta.get("articletitle", ""))
    window = _plain(meta.get("title", ""))
    short = [text for f in reversed(above) if len(text := f.text) <= _LONGEST]
    plain = {f.text for f in above if not f.linked}
    headings = {f.text for f in above if isinstance(f.block, Paragraph) and f.block.level in (1, 2)}
    choices = (
        [text for text in short if stated and _plain(text) == stated],
        [text for text in short if text in plain and len(text) > 7 and window.startswith(_plain(text))],
        [text for text in short if text in plain & headings],
        [text for text in short if text in plain and _TITLE.search(text)],
    )
    title = next((texts[0] for texts in choices if texts), "")
    return [Paragraph(_whole(title, above), Place(), level=1)] if title else []


def _whole(title: str, above: Sequence[Found]) -> str:
    """A title that does not say whose it is, with the lines before it in its element."""
    if not _OWNERLESS.match(title):
        return title
    at = next(i for i in reversed(range(len(above))) if above[i].text == title)
    lines = [f.text for f in above[:at] if f.element is above[at].element and not f.linked]
    whole = "".join([*lines, title])
    return whole if len(whole) <= _LONGEST else title


def _plain(text: str) -> str:
    return "".join(text.split())
