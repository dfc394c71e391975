"""The source of a page: as text, and as bytes, from which much is told quicker."""

from __future__ import annotations

from functools import cached_property


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

    def unclosed(self, tag: bytes) -> bool:
        """Whether more elements whose name begins so are opened than closed."""
        return self.lowered.count(b"<" + tag) > self.lowered.count(b"</" + tag)
