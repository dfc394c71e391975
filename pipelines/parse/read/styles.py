"""The style attributes of a page: an editor writes the same dozen hundreds of times, each is read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml.etree import _Element as Element

from pipelines.parse.read.source import Source

_USUAL: Final = 400  # bytes; a longer style is worth no memory
# whatever may be the value of such an attribute; lower case, its last bytes cut off where it is long
_VALUE = re.compile(rb"style\s*+=\s*+(?=(\"[^\"]{0,%d}|'[^']{0,%d}|[^\s\"'>][^\s>]{0,%d}))" % ((_USUAL,) * 3))


class Styles:
    """The style attributes in the tree of ``source``; the tree is walked only where one of them matters.

    The source tells first which there may be: a page of a thousand styled elements has some thirty styles,
    and hardly ever one that hides a text.
    """

    def __init__(self, root: Element, source: Source) -> None:
        self._root = root
        self._stated = set(_VALUE.findall(source.lowered))
        self._elements: dict[str, list[Element]] | None = None

    def like(self, pattern: re.Pattern[str]) -> Iterator[Element]:
        """The elements in whose style ``pattern`` is found, one style after the other."""
        if any(_may_be(style, pattern) for style in self._stated):
            for style, elements in self._by_style().items():
                if pattern.search(style):
                    yield from elements

    def tree_changed(self) -> None:
        """Elements were taken out of the tree."""
        self._elements = None

    def _by_style(self) -> dict[str, list[Element]]:
        if self._elements is None:
            self._elements = {}
            for element in self._root.iter():
                style = element.get("style")
                if style:
                    self._elements.setdefault(style, []).append(element)
        return self._elements


@lru_cache(maxsize=4096)
def _may_be(style: bytes, pattern: re.Pattern[str]) -> bool:
    """Whether ``pattern`` is found in a style as the source writes it; true where that can't be told."""
    return (
        len(style) > _USUAL
        or b"&" in style
        or pattern.search(style[1:].decode("utf-8", "replace")) is not None
    )
