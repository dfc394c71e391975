"""The sections of a report, found by their words.

The six official headings stand in order, but their numerals may be wrong or
missing, and old-style prose inside section one may use nearly the same words.
So all lines that could be headings are scored, by their words and by what
follows them (the official table, 无), and the best increasing choice wins.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from pipelines.parse.furniture import is_attachment, is_furniture, text_within
from pipelines.parse.headings import NUMERALS, Heading, match_heading, table_words
from pipelines.parse.likeness import by_likeness, is_bare_number
from pipelines.parse.records import Block, Grid, Paragraph, SectionSpan
from pipelines.parse.section_text import alone, is_none, is_row

_STYLES = {"top": 1.0, "bare": 0.0, "sub": -1.0}
_FINISHED = re.compile(r"[。！？；：:;!?…”）)》\]】]\s*$")
_TITLE = re.compile(r"(?:年度|工作)报告\s*$")
_CONTENTS = 4  # titles with nothing between them
_WORDS_SURE = 0.8
_LEAST = 0.9  # what a line must score to be a heading at all
_OWN_HEADING = re.compile(
    r"\s*(?:第[一二三四五六七八九十]{1,3}部分\s*[、：:]?|[一二三四五六七八九十]{1,3}\s*[、.．])\s*\S.{0,40}$"
)
_ONE_NUMERAL = re.compile(rf"\s*([{NUMERALS}])[、.．]\s*\S")
# a part that reports had before the forms of 2019 and 2021, and none of theirs
_FEES_WAIVED = re.compile(r"收费.{0,4}减免|减免.{0,4}收费")
_OWN_NUMERAL = {
    number: re.compile(rf"\s*(?:{sign}\s*[、.．]|第{sign}部分)\s*\S.{{1,28}}$")
    for number, sign in enumerate("一二三四五六", start=1)
}
_WITH_TABLE = (2, 3, 4)  # sections; in their tables stand rows that bear numerals
_WITH_ROWS = (3,)  # of them that whose rows are numbered as headings are: 四、结转下年度继续办理
_NUMERAL = re.compile(r"\s*[一二三四五六]\s*")
_DATE_LINE = re.compile(r"[\s（(]*(?:20\d\d|二.{3})\s*年.{1,4}月.{1,5}日[\s)）]*")  # ends what is signed
_BELOW_DATE = re.compile(r"\s*(?:[（(]|联系|咨询|电话|备?注|附|抄送)")
_ENDS_SENTENCE = re.compile(r"[。；，、,;]\s*$")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A heading that may be official: ``blocks[index:text]`` hold it, text starts at ``text``."""

    index: int
    text: int
    heading: Heading
    printed: str
    score: float = 0.0


def split(blocks: Sequence[Block], *, form: bool = True) -> tuple[SectionSpan, ...]:
    """The sections as runs of blocks, in order: all blocks but headings and the page's end.

    Official headings give numbers 1–6 (and 0 for what stands before them);
    a document in another form is split at its own headings, number None; so is one that is known
    not to be in the official ``form``.
    A heading with text glued to it stands in the block that the section starts with.
    """
    texts = [alone(block.text) if isinstance(block, Paragraph) else _first_text(block) for block in blocks]
    marks = _table_marks(blocks)
    candidates = _scored(_without_contents(_candidates(blocks, texts)), blocks, texts, marks)
    chosen = _with_numbered(_best(candidates), texts, marks)
    last_table = max((i for i, block in enumerate(blocks) if isinstance(block, Grid)), default=-1)
    end = _end(texts, chosen[-1].text if chosen else len(texts) // 2, last_table)
    if not (form and _is_official(chosen, texts, marks)):
        return _own_sections(blocks, texts, end)
    spans = []
    if chosen[0].index:
        spans.append(SectionSpan(0, "", 0, chosen[0].index))
    ends = [candidate.index for candidate in chosen[1:]] + [end]
    for candidate, until in zip(chosen, ends, strict=True):
        number, until = candidate.heading.number, max(until, candidate.text)
        spans.append(SectionSpan(number, candidate.printed, candidate.text, until))
    return tuple(_with_added(spans, chosen, texts, marks))


def _with_added(
    spans: list[SectionSpan], chosen: list[_Candidate], texts: list[str], marks: dict[int, set[int]]
) -> Iterator[SectionSpan]:
    """``spans`` with the sections that the agency has added, number None: 五、收费情况 between 四 and 六.

    Only where the headings around have left its numeral out, and one line alone bears it.
    """
    added = {}
    for before, after in pairwise(chosen):
        left_out = before.heading.ordinal + 1
        numbered = before.heading.style == after.heading.style == "top" and before.heading.ordinal > 0
        if not numbered or after.heading.ordinal != left_out + 1 or before.heading.number in _WITH_ROWS:
            continue
        named = [
            i
            for i in range(before.text, after.index)
            if _own_ordinal(texts[i]) == left_out and _is_own_heading(texts[i]) and i not in marks
        ]
        if len(named) == 1:
            added[before.text] = named[0]
    for span in spans:
        at = added.get(span.start)
        if at is None:
            yield span
        else:
            yield replace(span, end=at)
            yield SectionSpan(None, texts[at].strip(), at + 1, span.end)


def _is_own_heading(text: str) -> bool:
    """Whether a line is a heading of its own, official or not."""
    return bool(_OWN_HEADING.match(text)) and not _ENDS_SENTENCE.search(text)


def _first_text(grid: Grid) -> str:
    """A heading printed as the first row of a table."""
    first = grid.cells[0] if grid.cells else None
    return first.text if first and first.colspan >= grid.n_columns > 1 else ""


def _table_marks(blocks: Sequence[Block]) -> dict[int, set[int]]:
    marks = {}
    for index, block in enumerate(blocks):
        words = table_words(block.text) if isinstance(block, Paragraph) else _grid_words(block)
        if words:
            marks[index] = words
    return marks


@by_likeness
def _grid_words(grid: Grid) -> set[int]:
    return table_words("\n".join([cell.text for cell in grid.cells if not is_bare_number(cell.text)]))


def _candidates(blocks: Sequence[Block], texts: list[str]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for index, text in enumerate(texts):
        heading = match_heading(text)
        joint = _broken(blocks, texts, index)
        if joint and (heading is None or joint.score > heading.score + 0.05):
            printed = texts[index] + texts[index + 1]
            found.append(_Candidate(index, index + 2, joint, printed.strip()))
        elif heading and not (found and found[-1].text > index):
            glued = heading.end < len(text) or isinstance(blocks[index], Grid)
            found.append(_Candidate(index, index + (not glued), heading, text[: heading.end].strip()))
    return found


def _without_contents(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates without those of a table of contents: a run of titles that all come again."""
    runs: list[list[_Candidate]] = []
    for candidate in candidates:
        last = runs[-1][-1] if runs else None
        if last and candidate.index == last.text and candidate.heading.number > last.heading.number:
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    later: set[int] = set()
    contents: list[_Candidate] = []
    for run in reversed(runs):
        numbers = {each.heading.number for each in run}
        if len(run) >= _CONTENTS and numbers <= later:
            contents = run
        later |= numbers
    dropped = {each.index for each in contents}
    return [each for each in candidates if each.index not in dropped]


def _broken(blocks: Sequence[Block], texts: list[str], index: int) -> Heading | None:
    """A heading that goes on in the next line."""
    if index + 1 >= len(texts) or len(texts[index]) > 32 or len(texts[index + 1]) > 24:
        return None
    if isinstance(blocks[index], Grid) or isinstance(blocks[index + 1], Grid):
        return None
    alone = match_heading(texts[index + 1])
    if alone and _OWN_HEADING.match(texts[index + 1]):
        return None
    joined = texts[index] + ("、" if _NUMERAL.fullmatch(texts[index]) else "") + texts[index + 1]
    heading = match_heading(joined)
    if heading is None or heading.end != len(joined):
        return None
    needed = alone is None or alone.score <= heading.score or heading.ordinal > 0  # not 无 and a heading
    return heading if needed else None


def _scored(
    candidates: list[_Candidate], blocks: Sequence[Block], texts: list[str], marks: dict[int, set[int]]
) -> list[_Candidate]:
    around = _Surroundings(
        texts, marks, {c.index: c.heading.number for c in candidates if c.heading.style != "sub"}
    )
    styles = _STYLES | {"sub": _STYLES["sub"] + 1.5 * _is_numbered_as_sub(candidates)}
    scored = []
    for candidate in candidates:
        score = styles[candidate.heading.style]
        score += _words_score(candidate, blocks, texts) + _evidence(candidate, around)
        if score > _LEAST:
            scored.append(
                _Candidate(candidate.index, candidate.text, candidate.heading, candidate.printed, score)
            )
    return scored


def _is_numbered_as_sub(candidates: list[_Candidate]) -> bool:
    """Whether the official headings are numbered as items are: （一）, 1."""
    numbers = {
        c.heading.number
        for c in candidates
        if c.heading.style == "sub" and c.heading.ordinal == c.heading.number
    }
    tops = {
        c.heading.number for c in candidates if c.heading.style == "top" and c.heading.score > _WORDS_SURE
    }
    return len(numbers) >= 4 > len(tops)


class _Surroundings:
    """What stands around headings: ``numbers`` are theirs by place, ``tables`` the marked blocks."""

    def __init__(self, texts: list[str], marks: dict[int, set[int]], numbers: dict[int, int]) -> None:
        self.texts = texts
        self.marks = marks
        self.numbers = numbers
        self.tables = sorted(marks)
        self._characters = [0, *accumulate(map(len, texts))]

    def has_tables_to_come(self, index: int) -> bool:
        """Whether a table of the form stands from ``index`` on whose like has not stood before.

        One that has is of another year or agency, behind the report's own.
        """
        at = bisect_left(self.tables, index)
        before = {number for place in self.tables[:at] for number in self.marks[place]}
        return any(not self.marks[place] <= before for place in self.tables[at:])

    def characters(self, start: int, end: int) -> int:
        """How many characters stand in the blocks from ``start`` to before ``end``."""
        return self._characters[end] - self._characters[start]


def _words_score(candidate: _Candidate, blocks: Sequence[Block], texts: list[str]) -> float:
    """How much the line itself looks like the official heading."""
    heading, block = candidate.heading, blocks[candidate.index]
    score = 2 * heading.score
    if heading.ordinal:
        score += 0.5 if heading.ordinal == heading.number else -0.2
    score += 0.3 * (isinstance(block, Paragraph) and block.level > 0)
    before = texts[candidate.index - 1] if candidate.index else ""
    whole = _FINISHED.search(before) or is_row(before) or _TITLE.search(before)
    cut = len(before) > 24 and not whole
    if isinstance(block, Paragraph) and block.wrapped and cut:
        score -= 1.5  # the line goes on with a sentence
    return score


def _evidence(candidate: _Candidate, around: _Surroundings) -> float:
    """What stands around the line: its table or a word that there is none; tables where none may be.

    A heading of another section right after it belongs to a list of contents.
    """
    number, texts, tables = candidate.heading.number, around.texts, around.tables
    listed = candidate.text > candidate.index and around.numbers.get(candidate.text, number) != number
    score = -1.5 * (listed and number in (1, 5, 6))
    if number == 1:
        return score - 2 * (bool(tables) and tables[0] < candidate.index)
    if number > 4:
        return score - 2 * around.has_tables_to_come(candidate.text)
    at = bisect_left(tables, candidate.text)
    if at < len(tables) and number in around.marks[tables[at]]:
        return score + 3 * math.exp(-around.characters(candidate.text, tables[at]) / 150)
    after = texts[candidate.text].strip() if candidate.text < len(texts) else ""
    return score + (len(after) < 60 and is_none(after))


def _best(candidates: list[_Candidate]) -> list[_Candidate]:
    """The choice with the highest sum whose numbers increase with their places; of equals the first."""
    best: dict[int, _Chain] = {}  # the best that ends in a heading of each number, where text may follow
    open_ended: list[_Chain] = []  # those whose last heading has not ended yet
    whole = none = _Chain(0.0, 0, [])
    for order, candidate in enumerate(candidates):
        for chain in open_ended:
            last = chain.headings[-1]
            if last.text <= candidate.index and best.get(last.heading.number, _NOTHING).score < chain.score:
                best[last.heading.number] = chain
        open_ended = [chain for chain in open_ended if chain.headings[-1].text > candidate.index]
        fitting = [chain for number, chain in best.items() if number < candidate.heading.number]
        before = max(fitting, key=lambda chain: (chain.score, -chain.order), default=none)
        chain = _Chain(before.score + candidate.score, order, [*before.headings, candidate])
        open_ended.append(chain)
        whole = max(whole, chain, key=lambda chain: chain.score)
    return whole.headings


def _with_numbered(
    chosen: list[_Candidate], texts: list[str], marks: dict[int, set[int]]
) -> list[_Candidate]:
    """``chosen`` with the sections that only their numerals tell: 五、下一步打算 between 四 and 六.

    Only where the others are numbered so, and one line alone bears the numeral; above its table, if it is
    a section that has one.
    """
    tops = [c for c in chosen if c.heading.style == "top" and c.heading.ordinal == c.heading.number]
    if len(tops) < _CONTENTS or len(tops) < len(chosen):
        return chosen
    places = {0: -1, **{c.heading.number: c.index for c in chosen}, 7: len(texts)}
    found = list(chosen)
    for number in sorted(_OWN_NUMERAL.keys() - places.keys()):
        if not {number - 1, number + 1} <= places.keys():
            continue
        between = range(places[number - 1] + 1, places[number + 1])
        named = [
            i
            for i in between
            if _OWN_NUMERAL[number].match(texts[i])
            and not _ENDS_SENTENCE.search(texts[i])
            and (number not in _WITH_TABLE or (i not in marks and number in marks.get(i + 1, ())))
        ]
        if len(named) == 1:
            heading = Heading(number, 0.5, len(texts[named[0]]), "top", number)
            found.append(_Candidate(named[0], named[0] + 1, heading, texts[named[0]].strip()))
    return sorted(found, key=lambda c: c.index)


class _Chain(NamedTuple):
    """Headings that follow one another, the sum of their scores, and which candidate the last one is."""

    score: float
    order: int
    headings: list[_Candidate]


_NOTHING = _Chain(-math.inf, 0, [])


def _is_official(chosen: list[_Candidate], texts: list[str], marks: dict[int, set[int]]) -> bool:
    """True for the form of 2019 and 2021: its tables, or its headings and hardly any other."""
    numbers = {candidate.heading.number for candidate in chosen}
    if marks and numbers:
        return True
    if len(numbers) < 4 or not numbers & {1, 6}:
        return False
    taken = {candidate.index for candidate in chosen}
    first, last = chosen[0].index, chosen[-1].index
    others = [texts[i] for i in range(first, last) if i not in taken and _OWN_HEADING.match(texts[i])]
    strong = {candidate.heading.number for candidate in chosen if candidate.heading.score > 0.7}
    of_old_form = any(_FEES_WAIVED.search(text) for text in others)
    return len(others) <= 1 and not of_old_form and bool(strong & {1, 6})


def _own_sections(blocks: Sequence[Block], texts: list[str], end: int) -> tuple[SectionSpan, ...]:
    """A document in another form, split at its headings: 一、…, else those of the markup."""
    numbered = [i for i in range(end) if _is_own_heading(texts[i])]
    marked = [i for i in range(1, end) if isinstance(b := blocks[i], Paragraph) and b.level > 1]
    starts = numbered if len(numbered) > 1 else marked if len(marked) > 1 else []
    if not starts:
        return (SectionSpan(None, "", 0, end or len(texts)),) if texts else ()
    run_in = _run_in_headings(texts, starts, end)
    spans = [SectionSpan(0, "", 0, starts[0])] if starts[0] else []
    for start, until in pairwise([*sorted({*starts, *run_in}), end]):
        heading = run_in.get(start, texts[start].strip())
        spans.append(SectionSpan(None, heading, start + (start not in run_in), until))
    return tuple(spans)


def _run_in_headings(texts: list[str], starts: list[int], end: int) -> dict[int, str]:
    """Headings that share a line with their text: where one numeral is missing, the only line that bears it.

    A sentence that stands for a whole section has its numeral for a heading: 三、全年未收到申请。
    """
    found = {}
    places = [(_own_ordinal(texts[start]), start) for start in starts]
    for (before, start), (after, until) in pairwise([*places, (places[-1][0] + 2, end)]):
        named = [i for i in range(start + 1, until) if _own_ordinal(texts[i]) == before + 1]
        if not before or after != before + 2 or len(named) != 1:
            continue
        text = texts[named[0]].strip()
        heading = match_heading(text)
        if heading and heading.style == "top" and heading.end < len(text):
            found[named[0]] = text[: heading.end].strip()
        elif until < end:
            found[named[0]] = text[:2]
    return found


def _own_ordinal(text: str) -> int:
    """The numeral that a line begins with: 三、…; 0 where there is none."""
    numeral = _ONE_NUMERAL.match(text)
    return NUMERALS.index(numeral[1]) + 1 if numeral else 0


def _end(texts: list[str], last_heading: int, last_table: int) -> int:
    """Where the report ends and the page's foot begins."""
    end = len(texts)
    prose = max((i for i, text in enumerate(texts) if len(text) > 60 and "。" in text), default=-1)
    last_text = text_within(texts, max(last_heading, prose + 1))[1]
    for index in range(last_text, len(texts)):
        if is_furniture(texts[index]):
            end = index
            break
    for index in range(max(last_text - 1, last_table + 1), end):
        if _DATE_LINE.fullmatch(texts[index]):
            end = next((i for i in range(index + 1, end) if not _BELOW_DATE.match(texts[i])), end)
            break
    while end > last_heading and (is_attachment(texts[end - 1]) or is_furniture(texts[end - 1])):
        end -= 1
    return end
