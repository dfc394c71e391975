"""The source of a page: its text, and its bytes, from which much is told quicker."""

from __future__ import annotations

import re
from functools import cached_property

from pipelines.parse.read.styles import without_untelling

_SHEET = re.compile(rb"<style[^<>]*>([^<]*)", re.IGNORECASE)


class Markup:
    """Markup in UTF-8, and what is told of it without a parser."""

    def __init__(self, encoded: bytes) -> None:
        self.encoded = encoded

    @cached_property
    def lowered(self) -> bytes:
        """The bytes with ASCII letters in lower case: names of tags, attributes and styles."""
        return self.encoded.lower()

    @cached_property
    def sheets(self) -> str:
        """The page's own style sheets, one after the other."""
        return b"\n".join(_SHEET.findall(self.encoded)).decode() if b"<style" in self.lowered else ""

    def unclosed(self, tag: bytes) -> bool:
        """Whether more elements whose name begins so are opened than closed."""
        return self.lowered.count(b"<" + tag) > self.lowered.count(b"</" + tag)


class Source:
    """The text of a page before a parser sees it, and its bytes."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def whole(self) -> Markup:
        """The bytes of the text."""
        return Markup(self.text.encode())

    @cached_property
    def lean(self) -> Markup:
        """The same without the styles that change nothing of what is read."""
        lean = without_untelling(self.whole.encoded)
        return self.whole if lean is self.whole.encoded else Markup(lean)
