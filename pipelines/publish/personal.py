"""What numbers of private people look like, however they are written.

A number may be cut by spaces, hyphens, dots or the end of a line. Cut where people cut such numbers, its
shape is enough; cut anywhere else, it must be introduced as what it is (手机：…), because a row of statistics
is digits and spaces too.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

IDENTITY, CARD, MOBILE, PASSPORT = "身份证", "银行卡", "手机号", "证件"

# Every translation keeps the length, so that spans stay true.
_WIDE = str.maketrans("０１２３４５６７８９ｘＸ×ХхΧ－＋．（）：", "0123456789xXXXxX-+.():")
_WIDE |= dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), ord(" "))
_NUMERALS = str.maketrans("〇○零一幺二三四五六七八九", "0001123456789")
_WRITTEN = re.compile(r"[〇○零一幺二三四五六七八九]{11,}")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")

_UNSEEN = (
    "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"  # takes no room: soft hyphen, zero-width space and the like
)
_HYPHEN = r"\-‐‑‒–—―−"
_LINE_END = r"[^\S\t\n]{0,12}\n[^\S\t\n]{0,12}"
_GAP = rf"(?:{_LINE_END}|(?:[^\S\t\n]|[{_HYPHEN}._·•⋅{_UNSEEN}]){{0,3}})"
_RUN = re.compile(rf"\d(?:{_GAP}\d)+(?:{_GAP}[Xx](?![A-Za-z]))?")
_TOKEN = re.compile(rf"\d(?:[{_UNSEEN}]*\d)*(?:[{_UNSEEN}]*[Xx])?|[Xx]")
_NO_DIGIT = re.compile(r"[^\dXx]")
SHORTEST = 9  # characters: a passport's number
_FEWEST = 10  # digits: of an account
_LONGEST = 19 + 4  # digits of a card, or of a number with its country's
_A_TABLE = 400  # groups of digits in a row: no number of anybody's is cut so often
_MOST_GROUPS = 6  # that people cut a number into
_LINE = 200  # characters of a line that are looked at to tell prose from a table

_INTRODUCED = re.compile(
    r"(?:电话|手机|联系方式|联系人|微信|号码|身份证|证件|银行|[账帐][号户]|卡号|tel|mobile|phone|\bID\b)"
    r"[^\d。；;，,]{0,12}$",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?:[账帐][号户]|卡号)[^\d。；;，,]{0,8}$")
_A_ROW = 4  # figures beside what has the shape of a number: then it is figures, too
_FIGURES = 2
_BESIDE = 24  # groups on each side that are looked at
_PARTS = 4  # that a number of a list may have, with its place there: those are no figures
_CUT_MOBILE = re.compile(r"(?<!\d)1[3-9]\d ?\d{4} ?\d{4}(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PASSPORT = re.compile(r"(?:护照|通行证)[^\dA-Za-z。；;，,]{0,8}([A-Za-z]{1,2}[ \-]?\d{7,8})(?!\d)")
_MOBILE = re.compile(r"(?:\+?(?:00)?86|0)?1[3-9]\d{9}")


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at ``text[start:end]``; ``kind`` is 身份证, 银行卡, 手机号, 证件 or 名单."""

    start: int
    end: int
    kind: str

    @property
    def label(self) -> str:
        """What stands in its place: no part of it."""
        return f"[已隐去:{self.kind}]"


def plain(text: str) -> str:
    """``text`` with every digit an ASCII one; of the same length."""
    text = _WRITTEN.sub(lambda found: found[0].translate(_NUMERALS), text.translate(_WIDE))
    return _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def detected(text: str) -> Iterator[Found]:
    """All that looks like personal data in a plain text, the surest first; spans may overlap."""
    hits = [hit for run in _RUN.finditer(text) for hit in _in_run(text, run)]
    hits += [(0, Found(*found.span(1), PASSPORT)) for found in _PASSPORT.finditer(text)]
    for _, hit in sorted(hits, key=lambda hit: hit[0]):
        yield hit


@dataclass(frozen=True, slots=True)
class _Window:
    """Some digits of a run: its groups, what stands between and around them, and how it is introduced."""

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    before: str  # the gap to the digits before; "" at the beginning of the run
    after: str
    whole: bool
    introduced: bool
    account: bool
    in_word: bool  # a letter stands right before or after
    beside: tuple[str, ...]  # groups of digits on both sides of it

    @property
    def number(self) -> str:
        return "".join(self.groups)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.groups))

    @property
    def in_decimal(self) -> bool:
        return self.before == "." or self.after == "."

    @property
    def freely_cut(self) -> bool:
        """Whether it may be cut anywhere: it is introduced, stands alone, and each cut is alike."""
        return self.introduced and self.whole and len(set(self.gaps)) <= 1

    @property
    def in_figures(self) -> bool:
        """Whether single spaces cut it as they divide a row of figures, and it stands in one."""
        if self.introduced or set(self.gaps) != {" "}:
            return False
        numbers = len(_CUT_MOBILE.findall(" ".join(self.beside)))
        return len(self.beside) - _PARTS * numbers >= max(_A_ROW, numbers) and not any(
            len(group) > 1 and group.startswith("0") for group in (*self.groups, *self.beside)
        )

    def cut_by(self, marks: str) -> bool:
        """Whether each gap is one of ``marks``."""
        return all(re.fullmatch(rf"[{marks}]", gap) for gap in self.gaps)


def _in_run(text: str, run: re.Match[str]) -> Iterator[tuple[int, Found]]:
    tokens = [(m.start() + run.start(), m.end() + run.start()) for m in _TOKEN.finditer(run[0])]
    digits = [_NO_DIGIT.sub("", text[start:end]) for start, end in tokens]
    reach = _LONGEST if len(tokens) <= _A_TABLE else _MOST_GROUPS
    lead = text[max(0, run.start() - 24) : run.start()]
    introduced, account = bool(_INTRODUCED.search(lead)), bool(_ACCOUNT.search(lead))
    for first in range(len(tokens)):
        number = ""
        for last in range(first, min(first + reach, len(tokens))):
            number += digits[last]
            if len(number) > _LONGEST * (1 + account):
                break
            if len(number) >= _FEWEST and _may_be(number, account):
                window = _window(text, tokens, first, last, introduced, account)
                for rank, kind in _kinds(window):
                    yield rank, Found(_plus(text, tokens[first][0]), tokens[last][1], kind)


def _may_be(number: str, account: bool) -> bool:
    """A cheap look at the digits alone."""
    size = len(number)
    if size == 18 and number[:17].isdigit() and (_is_checked(number) or _is_person(number[:6], number[6:14])):
        return True
    return (
        (size == 15 and number.isdigit() and _is_person(number[:6], "19" + number[6:12]))
        or (16 <= size <= 19 and number.isdigit() and _is_luhn(number))
        or (11 <= size <= 15 and _MOBILE.fullmatch(number) is not None)
        or (account and size >= 10)
    )


def _plus(text: str, start: int) -> int:
    return start - text.startswith("+", start - 1) if start else start


def _window(
    text: str, tokens: list[tuple[int, int]], first: int, last: int, introduced: bool, account: bool
) -> _Window:
    start, end = tokens[first][0], tokens[last][1]
    groups = [_NO_DIGIT.sub("", text[a:b]) for a, b in tokens[first : last + 1]]
    gaps = [text[tokens[i][1] : tokens[i + 1][0]] for i in range(first, last)]
    _unwrap(groups, gaps, prose=_is_prose(text, start, end))
    around = text[start - 1 : start] if start else "", text[end : end + 1]
    return _Window(
        tuple(groups),
        tuple(gaps),
        text[tokens[first - 1][1] : start] if first else "",
        text[end : tokens[last + 1][0]] if last + 1 < len(tokens) else "",
        len(tokens) == last - first + 1,
        introduced,
        account,
        any(char.isascii() and char.isalpha() for char in around),
        tuple(
            _NO_DIGIT.sub("", text[a:b])
            for a, b in (*tokens[max(0, first - _BESIDE) : first], *tokens[last + 1 : last + 1 + _BESIDE])
        ),
    )


def _unwrap(groups: list[str], gaps: list[str], *, prose: bool) -> None:
    """Join the halves of a number that the end of a line cuts; in a table two numbers stand so."""
    broken = [index for index, gap in enumerate(gaps) if "\n" in gap]
    if prose and len(broken) == 1:
        index = broken[0]
        groups[index : index + 2] = [groups[index] + groups[index + 1]]
        del gaps[index]


def _is_prose(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LINE) : start].rpartition("\n")[2]
    around = before + text[end : end + _LINE].partition("\n")[0]
    return "\t" not in around and re.search(r"[^\s\d.,%+\-]", around) is not None


# --- what each kind looks like ---------------------------------------------------------


def _kinds(window: _Window) -> Iterator[tuple[int, str]]:
    """The kinds that a window is, with their rank: 0 is the surest."""
    for rank, (is_kind, kind) in enumerate(
        ((_is_identity, IDENTITY), (_is_card, CARD), (_is_old_identity, IDENTITY), (_is_mobile, MOBILE))
    ):
        if is_kind(window):
            yield rank, kind


def _is_identity(window: _Window) -> bool:
    number = window.number
    if len(number) != 18 or not number[:17].isdigit():
        return False
    checked, person = _is_checked(number), _is_person(number[:6], number[6:14])
    if window.cut_by(rf" {_HYPHEN}") and _cuts(window.shape) <= {6, 14, 17}:
        return checked or person
    return (checked or person) if window.freely_cut else window.whole and checked and person


def _is_old_identity(window: _Window) -> bool:
    number = window.number
    if len(number) != 15 or not number.isdigit() or not _is_person(number[:6], "19" + number[6:12]):
        return False
    usual = window.cut_by(rf" {_HYPHEN}") and _cuts(window.shape) <= {6, 12}
    return window.freely_cut or (usual and not window.in_word and not window.in_decimal)


def _is_card(window: _Window) -> bool:
    number = window.number
    if window.account and window.whole and 10 <= len(number) <= 30 and min(window.shape) >= 3:
        return True
    if not number.isdigit() or not 16 <= len(number) <= 19 or not _is_luhn(number):
        return False
    if window.in_figures or all(map(_YEAR.fullmatch, window.groups)):
        return False
    if set(window.gaps) == {" "} and len(window.beside) >= _FIGURES and not number.startswith("62"):
        return False  # cards of China begin so; of figures in a row, one in ten passes Luhn's check
    usual = window.cut_by(rf" {_HYPHEN}") and _cuts(window.shape) <= {4, 6, 8, 12, 16}
    return window.freely_cut or (usual and not window.in_word and not window.in_decimal)


def _is_mobile(window: _Window) -> bool:
    if not _MOBILE.fullmatch(window.number):
        return False
    own = len(window.number) - 11
    cuts = {cut - own for cut in _cuts(window.shape)} - {0}
    if window.freely_cut and not window.in_decimal:
        return True
    if window.cut_by(".·•⋅") and window.gaps:
        return cuts == {3, 7} and not {window.before, window.after} & {".", "·"}
    if window.in_decimal or window.in_figures:
        return False
    return (window.cut_by(rf" {_HYPHEN}") and cuts <= {3, 7}) or (
        window.cut_by(_HYPHEN) and min(window.shape) >= 2
    )


def _cuts(shape: tuple[int, ...]) -> set[int]:
    """After how many digits a number is cut."""
    done, cuts = 0, set()
    for size in shape[:-1]:
        done += size
        cuts.add(done)
    return cuts


def _is_checked(number: str) -> bool:
    """GB 11643, which is ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_person(division: str, born: str) -> bool:
    year, month, day = int(born[:4]), int(born[4:6]), int(born[6:])
    if not (11 <= int(division[:2]) <= 83 and 1880 <= year <= 2100 and 1 <= month <= 12):
        return False
    return 1 <= day <= monthrange(year, month)[1]


def _is_luhn(number: str) -> bool:
    if len(set(number)) == 1:
        return False
    doubled = [int(digit) for digit in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(doubled)) % 10 == 0
