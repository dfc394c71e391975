"""Marks of markdown in a line of prose: what is bold, linked, pictured or escaped."""

from __future__ import annotations

import re

# a heading or a bold line: no text without markdown has such
_MARKED = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+\S|\*\*[^*\n]+\*\*[ \t]*\r?$)", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]*>", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*\S", re.MULTILINE)
_START = 100  # characters of a text that show how its lines begin
_ADDRESS = r"\((?=[^()\n]*[/:.#])(?:\\.|[^()\s\\]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)"
_PICTURE = re.compile(rf"!\[[^\[\]\n]*\]{_ADDRESS}")
_LINK = re.compile(rf"\[([^\[\]\n]*)\]{_ADDRESS}")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_ESCAPED = re.compile(r"\\([-.*_#()+!\[\]`>~])")


def is_marked(text: str) -> bool:
    """Whether a text has headings or bold lines of markdown."""
    return _MARKED.search(text) is not None


def without_quotes(text: str) -> str:
    """A text that is a quotation from end to end, with blanks for the signs that its lines begin with."""
    if not text[:_START].lstrip().startswith(">") or len(_QUOTE.findall(text)) < len(_LINE.findall(text)):
        return text
    return _QUOTE.sub(lambda found: " " * len(found[0]), text)


def without_marks(line: str) -> str:
    """What a line of markdown shows: the words of its links and bold parts, no pictures."""
    shown = _LINK.sub(r"\1", _PICTURE.sub("", line)) if "](" in line else line
    shown = _BOLD.sub(r"\1", shown) if "**" in shown else shown
    return _ESCAPED.sub(r"\1", shown) if "\\" in shown else shown
