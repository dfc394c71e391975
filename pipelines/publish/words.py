"""Chinese full text: every two characters that stand together are a token, and so is every character.

SQLite's tokenizers don't know where Chinese words end. A word of two characters is a token; a longer one is a
phrase of its pairs, one character a token of its own: each finds every occurrence and nothing else. Pairs
are rarer than the characters they are made of, so little is read of what does not match. Digits, letters and
punctuation are treated the same way, so a search is "contains", whatever is mixed in it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from operator import add

from pipelines.publish.alike import once_for_tables

# Everything that prints is a token; the text is cut by the spaces put in below.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"

_BOUNDARY = "\ue000"  # a private character: no phrase reaches over it
_IDEOGRAPH = "[\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN = re.compile(rf"(?<={_IDEOGRAPH})[ \u3000]+| +(?={_IDEOGRAPH})")
_TYPESETTING = re.compile(rf"(?<={_IDEOGRAPH})\s+|\s+(?={_IDEOGRAPH})")
_BREAK = re.compile(r"[\s\x00-\x1f]+")
_TERM = re.compile(r'"([^"]*)"|([^\s"]+|")')


class _Seen(dict[int, int | None]):
    """For ``str.translate``: characters that take no room (categories C, where nothing prints) go."""

    def __missing__(self, code: int) -> int | None:
        unseen = not chr(code).isspace() and unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs")
        self[code] = None if unseen and code >= ord(" ") else code
        return self[code]


_SEEN = _Seen()


@once_for_tables
def indexed(text: str) -> str:
    """``text`` as it is indexed: its pairs of characters in their order, then its characters, each once."""
    plain = _folded(text)
    return " ".join([*map(add, plain, plain[1:]), *dict.fromkeys(plain)])


def _folded(text: str) -> str:
    """Compatibility forms unified, in one piece but for what bounds.

    White space beside an ideograph is typesetting and goes; elsewhere it bounds: no word reaches over the
    end of a paragraph or of a table cell.
    """
    return _BREAK.sub(_BOUNDARY, _BETWEEN.sub("", seen(unified(text))))


def joined(text: str) -> str:
    """A label in one piece: without the spaces and line breaks that typesetting has put beside ideographs."""
    return _TYPESETTING.sub("", text)


def unified(text: str) -> str:
    """Compatibility forms (full-width letters, ligatures) as their plain characters."""
    return unicodedata.normalize("NFKC", text)


def seen(text: str) -> str:
    """``text`` without characters that nobody sees (soft hyphens, joiners and the like)."""
    return text.translate(_SEEN)


def terms(text: str) -> list[str]:
    """The words a person typed, each once: parted by white space, or held together by double quotes."""
    found = ((quoted or bare).strip() for quoted, bare in _TERM.findall(text))
    return [term for term in dict.fromkeys(found) if term]


def query(text: str) -> str:
    """What a person typed as an FTS5 query: every term as a phrase, all of them wanted.

    Nothing typed finds nothing.
    """
    return " ".join(phrases(text)) or '""'


def phrases(text: str) -> list[str]:
    """Each term of what a person typed as a phrase of FTS5."""
    found = (_phrase(_folded(term)) for term in terms(text))
    return [f'"{phrase}"' for phrase in found if phrase]


def _phrase(plain: str) -> str:
    pairs = map("".join, pairwise(plain))
    return (" ".join(pairs) or plain).replace('"', '""')
