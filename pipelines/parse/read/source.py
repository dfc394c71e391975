"""The source of a page: as text, and as bytes, from which much is told quicker."""

from __future__ import annotations

import re
from functools import cached_property

_SHEET = re.compile(r"<style[^<>]*>([^<]*)", re.IGNORECASE)


class Source:
    """The source of a page, its bytes in UTF-8, and these with ASCII letters in lower case."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def encoded(self) -> bytes:
        """The source in UTF-8."""
        return self.text.encode()

    @cached_property
    def lowered(self) -> bytes:
        """The same with its ASCII letters in lower case: names of tags, attributes and styles."""
        return self.encoded.lower()

    @cached_property
    def sheets(self) -> str:
        """The page's own style sheets, one after the other."""
        return "\n".join(_SHEET.findall(self.text)) if b"<style" in self.lowered else ""

    def unclosed(self, tag: bytes) -> bool:
        """Whether more elements whose name begins so are opened than closed."""
        return self.lowered.count(b"<" + tag) > self.lowered.count(b"</" + tag)
