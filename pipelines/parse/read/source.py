"""The source of a page: its text, and its bytes, from which much is told quicker."""

from __future__ import annotations

import re
from functools import cached_property

from pipelines.parse.read.styles import without_untelling

# no text of an article: code, controls, drawings
UNSEEN = ("script", "style", "template", "noscript", "select", "button", "textarea", "object", "svg")
_RAW = re.compile(rf"<(?:!--|({'|'.join(UNSEEN)})\b(?![\x80-\xff]))".encode("latin-1"))  # in lower case
# a value of an attribute in which another tag begins, or its own ends: its quotation mark is lost, perhaps
_TORN = re.compile(rb"=\s*+(?:\"[^\"<>]*+[<>]|'[^'<>]*+[<>])")
_SHEET = re.compile(rb"<style[^<>]*>([^<]*)", re.IGNORECASE)
# the ids and classes of elements into which a script writes, by what it does so with, as far as that is
# quickly found
_SET = rb"\s*\.(?:innerHTML|innerText|textContent|value)\s*=(?!=)"
_NAME = rb"([\w:-]+)[\"']\s*\)"
_OF_SELECTOR = rb"[\"'](?:[^\"'<]{0,120}[^\"'<\w:-])?[#.]" + _NAME  # the last name of a selector
_WRITTEN_BY = {
    b"getElementById": re.compile(rb"getElementById\(\s*[\"']([\w.:-]+)[\"']\s*\)" + _SET),
    b"querySelector": re.compile(rb"querySelector\(\s*" + _OF_SELECTOR + _SET),
    b"querySelectorAll": re.compile(rb"querySelectorAll\(\s*" + _OF_SELECTOR + rb"[^<]{0,80}?" + _SET),
    b"$": re.compile(rb"\$\(\s*" + _OF_SELECTOR + rb"\.(?:text|html|val)\(\s*[^)\s]"),
}


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
        begin = self.lowered.find(b"<style")
        return b"\n".join(_SHEET.findall(self.encoded, begin)).decode() if begin >= 0 else ""

    @cached_property
    def written(self) -> frozenset[str]:
        """The ids and classes of elements into which scripts of the page write."""
        words = _WRITTEN_BY if b"<script" in self.lowered else {}
        ways = [way for word, way in words.items() if word in self.encoded]
        return frozenset(name.decode() for way in ways for name in way.findall(self.encoded))

    @cached_property
    def plain(self) -> bytes:
        """The bytes without comments and all that is no text of an article."""
        kept = []
        unclosed: set[bytes] = set()
        position = 0
        for found in _RAW.finditer(self.lowered):
            name = found.group(1)
            if found.start() < position or name in unclosed:
                continue
            ending = b"</" + name if name else b"-->"
            end = self.lowered.find(ending, found.end())
            if end < 0:
                unclosed.add(name)  # parsers differ about the rest, so it stays
                continue
            kept.append(self.encoded[position : found.start()])
            position = end + len(ending)
        kept.append(self.encoded[position:])
        return b"".join(kept)

    def unclosed(self, tag: bytes) -> bool:
        """Whether more elements whose name begins so are opened than closed."""
        return self.lowered.count(b"<" + tag) > self.lowered.count(b"</" + tag)


class Source:
    """The text of a page before a parser sees it, and its bytes."""

    def __init__(self, text: str, encoded: bytes | None = None) -> None:
        """``encoded`` is the text in UTF-8, if that is at hand."""
        self.text = text
        self._encoded = encoded

    @cached_property
    def whole(self) -> Markup:
        """The bytes of the text."""
        return Markup(self.text.encode() if self._encoded is None else self._encoded)

    @cached_property
    def lean(self) -> Markup:
        """The same without the styles that change nothing of what is read; as it is where tags are torn."""
        lean = Markup(without_untelling(self.whole.encoded, self.whole.sheets))
        same = lean.encoded is self.whole.encoded or _TORN.search(lean.plain)
        return self.whole if same else lean
