"""RTF as it looks: what is struck out or hidden taken out of it, raised and white digits marked as such."""

from __future__ import annotations

import re
from typing import Final

from pipelines.parse.read.looks import Look, as_shown, look_of

_TOKEN = re.compile(rb"[{}]|\\([a-z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[^\\{}]+", re.DOTALL)
# a file without these words holds nothing to look at
_WORTH_IT = re.compile(rb"\\(?:striked?|v|super|sub|up\d+|dn\d+)(?![a-z])|\\red255\\green255\\blue255")
_COLOURS = re.compile(rb"\{\\colortbl([^{}]*)\}")
_SHADED = re.compile(rb"\\(?:clcbpat|cbpat|chcbpat|highlight)[1-9]")
_SWITCHES: Final = {
    b"strike": "struck",
    b"striked": "struck",
    b"v": "hidden",
    b"super": "raised",
    b"up": "raised",
    b"sub": "lowered",
    b"dn": "lowered",
}
_LOOKS: Final = ("hidden", "struck", "white", "raised", "lowered")
# words that stand for text
_SAYS: Final = frozenset({b"u", b"emdash", b"endash"})


def with_looks(content: bytes) -> bytes:
    """``content`` without the text that nobody sees; marks and structure stay."""
    if not _WORTH_IT.search(content):
        return content
    white = set() if _SHADED.search(content) else _white(content)
    kept: list[bytes] = []
    stack: list[dict[str, bool]] = []
    state = dict.fromkeys(_LOOKS, False)
    for token in _TOKEN.finditer(content):
        raw, word = token[0], token[1]
        if raw == b"{":
            stack.append(dict(state))
        elif raw == b"}":
            state = stack.pop() if stack else state
        elif word and _switch(state, word, token[2], white):
            continue
        kept.append(_shown(raw, look_of(**state)) if _is_text(raw, word) else raw)
    return b"".join(kept)


def _white(content: bytes) -> set[int]:
    """The numbers of the colours that are white."""
    table = _COLOURS.search(content)
    colours = table[1].split(b";") if table else []
    return {n for n, colour in enumerate(colours) if b"\\red255\\green255\\blue255" in colour}


def _switch(state: dict[str, bool], word: bytes, number: bytes | None, white: set[int]) -> bool:
    """Let a control word change how the text after it looks; whether it says nothing else."""
    if word == b"plain":
        state.update(dict.fromkeys(_LOOKS, False))
    elif word == b"nosupersub":
        state["raised"] = state["lowered"] = False
    elif word == b"cf":
        state["white"] = int(number or 0) in white
    elif word in _SWITCHES:
        state[_SWITCHES[word]] = number is None or int(number) > 0
        return True
    return False


def _is_text(raw: bytes, word: bytes | None) -> bool:
    return word in _SAYS if word else raw[:1] not in b"{}\\" or raw[:2] == b"\\'"


def _shown(raw: bytes, look: Look) -> bytes:
    """A piece of text as it looks."""
    if look is Look.PLAIN:
        return raw
    if raw[:1] == b"\\":  # a letter beyond ASCII: no digit, but perhaps unseen
        return b"" if look in (Look.HIDDEN, Look.STRUCK) else raw
    text = as_shown(raw.decode("latin-1"), look)
    return b"".join(c.encode() if c.isascii() else b"\\uc0\\u%d\\uc1 " % _signed(ord(c)) for c in text)


def _signed(code: int) -> int:
    return code - 0x10000 if code > 0x7FFF else code
