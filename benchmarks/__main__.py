"""``python -m benchmarks``: measure accuracy and speed, print them, and write them to results.md."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks import accuracy, floors, speed, tables
from benchmarks.accuracy import LayoutForm, Score
from samples.render import LAYOUTS

RESULTS = Path(__file__).with_name("results.md")
#: the measured totals, for pages that state them
TOTALS = Path(__file__).parents[1] / "pipelines" / "publish" / "accuracy.json"


def main() -> int:
    """Zero if no cell is wrong and no floor is broken."""
    options = _options()
    if options.raise_floors:
        floors.save(floors.raised(floors.load(), _measured(*floors.GATE, tuple(LAYOUTS))))
        return 0
    layouts = tuple(options.layouts or LAYOUTS)
    scores = _measured(options.reports, options.seed, layouts)
    text = tables.accuracy(scores)
    if not options.layouts:
        text += "\n" + tables.speed(speed.measure())
        RESULTS.write_text(f"# Measured by `make bench`\n\n{text}", "utf-8")
        TOTALS.write_text(_totals(scores, layouts), "utf-8")
    sys.stdout.write(text)
    if options.examples:
        sys.stdout.write("".join(f"- {line}\n" for score in scores.values() for line in score.examples))
    return 1 if tables.total(scores).wrong else 0


def _measured(count: int, seed: int, layouts: Sequence[str]) -> dict[LayoutForm, Score]:
    """The scores of all layouts, each layout measured by one of as many processes as there are cores."""
    one = partial(accuracy.measure, count, seed)
    with multiprocessing.get_context("spawn").Pool() as pool:
        return {key: score for scores in pool.imap(one, layouts) for key, score in scores.items()}


def _totals(scores: dict[LayoutForm, Score], layouts: Sequence[str]) -> str:
    whole = tables.total(scores)
    names = ("reports", "cells", "right", "flagged", "wrong")
    known: dict[str, object] = {"layouts": len(layouts)} | {name: getattr(whole, name) for name in names}
    known["measured_on"] = date.today().isoformat()
    return json.dumps(known, indent=2) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--reports", type=int, default=12, help="reports of each form in each layout")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layouts", nargs="+", choices=sorted(LAYOUTS), help="only these, nothing written")
    parser.add_argument("--examples", action="store_true", help="print what is not right")
    parser.add_argument("--raise", dest="raise_floors", action="store_true", help="raise the floors")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
