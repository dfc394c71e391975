"""Bytes to text, once and by evidence, so that no parser ever guesses.

Labels lie: GBK is labelled gb2312 (a parser then loses the page at the first 喆),
UTF-8 stands under a GBK header, a ``<meta>`` is malformed. So each label is only
a candidate; what decides is how many bytes do not decode and how much of the
result is everyday Chinese.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.parse.records import Issue

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABEL = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,400}?\b(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD = 8192  # bytes in which a page states its charset
_ASCII_LIKE = {"ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-7"}  # server defaults: they say nothing
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_NO_CHARACTERS = re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")  # in UTF-8
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONCLUSIVE = 60  # continuation bytes; that many are not valid UTF-8 by chance
_SAMPLE = 3_000  # characters looked at to judge a decoding
_FOREIGN = re.compile("[^\x00-\x7f]+")
_CLEAN = 0.75  # so much everyday Chinese leaves no room for another encoding
_LIKELY = 0.4  # so much of it shows that a label is right
# bytes that begin a Chinese character in UTF-8, those that go on with one, and four such characters: in GBK
# these hardly stand by chance. An expression takes fifty times as long to find them.
_UTF8_PARTS = bytes(
    ord("B" if 0xE4 <= byte <= 0xE9 else "c" if 0x80 <= byte <= 0xBF else " ") for byte in range(256)
)
_UTF8_WORD = 4 * b"Bcc"
_DOUBT = 0.08  # less everyday Chinese than this among the non-ASCII characters is no Chinese text
_SAFE_CUT = re.compile(rb"(?<=[<>\n])")  # never a trailing byte of GBK or UTF-8
# The everyday characters of written Chinese and those of this form.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那"
    "社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通"
    "并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区"
    "强放决西被干做必战先回则任取据处府信息申请复议诉讼依规范规章收费许可处罚制采购项目数量报告情况存在改务办其他需要予以提供单位"
    "县市乡镇街教育财局厅委会省院网站平台保障监督受监条例主动，。、；：（）“”《》？！－—…　"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it came about.

    ``encoding`` is what was used (``utf-8``, ``gb18030``, ``mixed`` …), ``declared``
    the first label met (argument, then the page's own), "" without one;
    ``replaced`` counts the places where bytes did not decode (U+FFFD there).
    ``encoded`` is the text in UTF-8 if that is at hand.
    """

    text: str
    encoding: str
    declared: str
    replaced: int
    issues: tuple[Issue, ...] = ()
    encoded: bytes | None = None


def decode(content: bytes, declared: str = "") -> Decoded:
    """Decode ``content``; ``declared`` is the charset that a header states, perhaps wrongly."""
    labels = [label for label in (declared.strip(), _stated(content)) if label]
    text, encoding, score = _decode_best(content, labels)
    replaced = max(0, text.count("\ufffd") - content.count(b"\xef\xbf\xbd")) if "\ufffd" in text else 0
    as_is = encoding == "utf-8" and not content.startswith(codecs.BOM_UTF8) and not replaced
    encoded = content if as_is else _encoded(text)
    dropped = 0
    if encoded is None or not _is_usable(encoded):
        text, dropped = _UNUSABLE.subn("", text)
        encoded = None
    issues = _issues(text, encoding, labels, score, replaced, dropped)
    return Decoded(text, encoding, labels[0] if labels else "", replaced, issues, encoded)


def _encoded(text: str) -> bytes | None:
    """``text`` in UTF-8; None where lone surrogates stand in it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _is_usable(encoded: bytes) -> bool:
    """Whether nothing stands in a text, in UTF-8, that is no character of any document."""
    return len(encoded.translate(None, _CONTROLS)) == len(encoded) and not _NO_CHARACTERS.search(encoded)


def _stated(content: bytes) -> str:
    found = _LABEL.search(content[:_HEAD])
    return found.group(1).decode("ascii") if found else ""


class _Decoding(NamedTuple):
    """A text, what it was decoded by, and how much it looks like Chinese, if that is known."""

    text: str
    encoding: str
    score: float | None = None


def _decode_best(content: bytes, labels: list[str]) -> _Decoding:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _Decoding(content[len(bom) :].decode(encoding, "replace"), encoding)
    if content.isascii() and b"\x00" not in content:
        return _Decoding(content.decode("ascii"), "utf-8")
    names = [name for label in labels if (name := codec_name(label))]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _by_evidence(content, names)
    if len(content) - len(text) > _CONCLUSIVE and b"\x00" not in content:
        return _Decoding(text, "utf-8")
    return _by_evidence(content, names)


def _wide(content: bytes) -> list[str]:
    """UTF-16 without a mark: every other byte of its spaces, digits and tags is NUL."""
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample) or min(even, odd) * 4 > max(even, odd):
        return []
    return ["utf-16-le" if odd > even else "utf-16-be"]


def codec_name(label: str) -> str:
    """The codec for a charset label: gb2312 and gbk are gb18030; "" for one that says nothing."""
    if "gb" in label.lower():  # gb_2312-80, x-gbk, csGB2312 …
        return "gb18030"
    try:
        codec = codecs.lookup(label.strip(" \"';").lower())
    except (LookupError, ValueError):
        return ""
    is_text = getattr(codec, "_is_text_encoding", True)
    return codec.name if is_text and codec.name not in _ASCII_LIKE else ""


def _by_evidence(content: bytes, names: list[str]) -> _Decoding:
    candidates = list(dict.fromkeys([*_wide(content), *names, "utf-8", "gb18030"]))
    if candidates[0] == "gb18030" and {*candidates} == {"utf-8", "gb18030"}:  # as labelled, the usual case
        text = _try(content, "gb18030")
        score = _score(text)
        if "\ufffd" not in text and score >= _LIKELY and _UTF8_WORD not in content.translate(_UTF8_PARTS):
            return _Decoding(text, "gb18030", score)
    texts = {name: _try(content, name) for name in candidates}
    scores = {name: _score(text) for name, text in texts.items()}
    encoding = max(candidates, key=lambda name: scores[name] + 0.02 * (name in names))
    best = _Decoding(texts[encoding], encoding, scores[encoding])
    if "\ufffd" in best.text or scores[encoding] < _CLEAN:
        mixed = _mixed(content)
        if (score := _score(mixed)) > scores[encoding] + 0.03:
            return _Decoding(mixed, "mixed", score)
    return best


def _try(content: bytes, name: str) -> str:
    try:
        return content.decode(name, "replace")
    except UnicodeError:  # some codecs give up whatever the error handler
        return "\ufffd" * 100


def _score(text: str) -> float:
    """How much ``text`` looks like decoded Chinese: at most 1, lower with each replacement."""
    sample = "".join(_FOREIGN.findall(text, 0, _SAMPLE * 8))[:_SAMPLE]
    replaced = text.count("\ufffd")
    if not sample:
        return 0.5 - replaced
    common = sum(map(_COMMON.__contains__, sample))
    return common / len(sample) - min(8.0, 20 * replaced / (len(sample) + 20))


def _mixed(content: bytes) -> str:
    """Text whose pieces are UTF-8 or GBK each: decoded piece by piece, cut at tags and line ends."""
    return "".join(_piece(piece) for piece in _SAFE_CUT.split(content))


def _piece(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return max((_try(piece, name) for name in ("utf-8", "gb18030")), key=_score)


def _issues(
    text: str, encoding: str, labels: list[str], score: float | None, replaced: int, dropped: int
) -> tuple[Issue, ...]:
    used = {codec_name(label) for label in labels} - {""}
    mismatch = used and encoding not in {name.removesuffix("-sig") for name in used} and not text.isascii()
    may_doubt = encoding != "utf-8" and not text.isascii() and not replaced
    doubtful = may_doubt and (_score(text) if score is None else score) < _DOUBT
    declared = ", ".join(labels)
    told = (
        (mismatch, "encoding_mismatch", "info", f"标称 declared {declared}，读作 decoded as {encoding}"),
        (encoding == "mixed", "encoding_mixed", "warning", "部分 UTF-8、部分 GBK / partly UTF-8, partly GBK"),
        (replaced, "characters_replaced", "warning", f"{replaced} 处不合 places do not decode as {encoding}"),
        (doubtful, "encoding_doubt", "warning", f"读作 decoded as {encoding}，不像中文 but hardly Chinese"),
        (dropped, "characters_dropped", "info", f"{dropped} 个控制字符等 NUL, control or lone surrogates"),
    )
    return tuple(Issue(code, severity, detail) for holds, code, severity, detail in told if holds)
