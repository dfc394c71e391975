"""The other side of ``ahead``: prepares what comes on stdin, answers on stdout, and ends with its stdin."""

from __future__ import annotations

import gc
import pickle
import sys

from pipelines.errors import Damaged
from pipelines.publish.said import Packed, Said, prepared


def main() -> None:
    """Prepare what is asked for until nobody asks any more."""
    gc.disable()  # rows hold no cycles, and looking for them takes a sixth of the time
    while True:
        try:
            reports: list[Packed] = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that started it
        except EOFError:
            return
        try:
            answer: list[Said] | str = prepared(reports)
        except Damaged as error:
            answer = str(error)
        pickle.dump(answer, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
