"""Coverage-guided fuzzing of the readers that a stranger's bytes reach first.

    pip install atheris
    python tests/fuzz/fuzz.py html -max_total_time=600

The first argument is a target, the rest are libFuzzer's own. A finding is an input
that makes a reader raise what it may not, read differently twice, or break a promise of
its docstring; it is written to a file ``crash-…``, which belongs into ``tests/hostile`` as a case.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["pipelines.parse"]):
    from pipelines.parse.decode import decode
    from pipelines.parse.numbers import COUNT, MONEY, SIGNED, read_value
    from pipelines.parse.read import read
    from pipelines.parse.records import Document, Grid, Place, State, Unreadable
    from pipelines.parse.regions import Regions
    from pipelines.parse.report import READER_FAILED, parse

_REGIONS = Regions.builtin()
# words of the form, so that inputs get past the first look
_WORDS = (
    "一、总体情况 第二十条第（一）项 规章 本年制发件数 三、收到和处理 自然人 总计 "
    "结转下年度 结果维持 行政复议 12 3.5万元 /"
)


def _read(content: bytes) -> None:
    try:
        first = read(Document(content))
    except Unreadable:
        return
    assert read(Document(content)) == first, "read differently twice"
    for block in first.blocks:
        if isinstance(block, Grid):
            taken: set[tuple[int, int]] = set()
            for cell in block.cells:
                places = {
                    (cell.row + i, cell.column + j) for i in range(cell.rowspan) for j in range(cell.colspan)
                }
                assert not taken & places, "one cell over another"
                taken |= places
        assert Place.from_json(block.place.to_json()) == block.place


def html(content: bytes) -> None:
    """A page, from the tags on."""
    _read(b"<meta charset=utf-8><table>" + content)


def text(content: bytes) -> None:
    """Plain text: decoding first."""
    decode(content, "gb2312")
    _read(content)


def rtf(content: bytes) -> None:
    """RTF behind its magic."""
    _read(b"{\\rtf1\\ansi\\ansicpg936 " + content)


def number(content: bytes) -> None:
    """A cell's text as each kind of value."""
    raw = content.decode("utf-8", "ignore")
    for kind in (COUNT, SIGNED, MONEY):
        value = read_value(raw, kind, "万元")
        assert value == read_value(raw, kind, "万元")
        if value.value is not None:
            assert value.state is State.NUMBER
            assert any(char.isdigit() or char in "零一二三四五六七八九十百千〇○两" for char in raw)
            assert kind == SIGNED or value.value >= 0


def report(content: bytes) -> None:
    """The whole core: it may never fail by itself."""
    parsed = parse(Document(_WORDS.encode() + b"\n" + content), _REGIONS)
    assert READER_FAILED not in [issue.code for issue in parsed.issues]


TARGETS: dict[str, Callable[[bytes], None]] = {f.__name__: f for f in (html, text, rtf, number, report)}


def main() -> None:
    """Fuzz the target that the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: fuzz.py {'|'.join(TARGETS)} [libFuzzer options]")
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
