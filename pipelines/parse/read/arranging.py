"""Tables that hold no data but arrange a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipelines.parse.read.grid import Groups

#: characters of a cell that may be one of several beside one another
SHORT_CELL: Final = 60
_LONG_CELL: Final = 800  # characters; a cell of a data table holds less
_DENSE: Final = 3  # rows of several short cells that make a table of data
_TITLES = re.compile(
    "总体情况|主动公开政府信息情况|收到和处理政府信息公开申请|存在的主要问题|其他需要报告的事项"
)


def arranges(groups: Groups, texts: Sequence[str]) -> bool:
    """Whether a table of these cells only arranges what stands in them."""
    if not any(len(row) > 1 for group in groups for row in group):
        return True
    if max(map(len, texts)) > _LONG_CELL:
        return True
    return dense_rows(groups, texts) < _DENSE and len(_TITLES.findall("\n".join(texts))) > 1


def dense_rows(groups: Groups, texts: Sequence[str]) -> int:
    """How many rows hold several short texts, counted up to what makes a table of data."""
    start = dense = 0
    for group in groups:
        for row in group:
            end = start + len(row)
            if len(row) > 1 and sum([0 < len(text) <= SHORT_CELL for text in texts[start:end]]) > 1:
                dense += 1
                if dense == _DENSE:
                    return dense
            start = end
    return dense
