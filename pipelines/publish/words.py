"""Chinese full text: one character a token, so that every word is a phrase.

SQLite's tokenizers don't know where Chinese words end. With every character a token of its own, a query for a
word of any length is a phrase query: it finds each occurrence and nothing else. Digits, letters and
punctuation are treated the same way, so a search is "contains", whatever is mixed in it.
"""

from __future__ import annotations

import re
import unicodedata

# Everything that prints is a token; the text is cut by the spaces put in below.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"

_BOUNDARY = "\ue000"  # a private character: no phrase reaches over it
_IDEOGRAPH = "[\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN = re.compile(rf"(?<={_IDEOGRAPH})[ \u3000]+| +(?={_IDEOGRAPH})")
_TYPESETTING = re.compile(rf"(?<={_IDEOGRAPH})\s+|\s+(?={_IDEOGRAPH})")
_BREAK = re.compile(r"[\s\x00-\x1f]+")
_TERM = re.compile(r'"([^"]*)"|([^\s"]+|")')


def spaced(text: str) -> str:
    """``text`` as it is indexed: compatibility forms unified, one character a token.

    White space beside an ideograph is typesetting and goes; elsewhere it bounds: no word reaches over the
    end of a paragraph or of a table cell.
    """
    plain = _BETWEEN.sub("", unified(text))
    return " ".join(_BREAK.sub(_BOUNDARY, plain))


def joined(text: str) -> str:
    """A label in one piece: without the spaces and line breaks that typesetting has put beside ideographs."""
    return _TYPESETTING.sub("", text)


def unified(text: str) -> str:
    """Compatibility forms (full-width letters, ligatures) as their plain characters."""
    return unicodedata.normalize("NFKC", text)


def terms(text: str) -> list[str]:
    """The words a person typed, each once: parted by white space, or held together by double quotes."""
    found = ((quoted or bare).strip() for quoted, bare in _TERM.findall(text))
    return [term for term in dict.fromkeys(found) if term]


def query(text: str) -> str:
    """What a person typed as an FTS5 query: every term as a phrase, all of them wanted.

    Nothing typed finds nothing.
    """
    phrases = [spaced(term).replace('"', '""') for term in terms(text)]
    return " ".join(f'"{phrase}"' for phrase in phrases) or '""'
