"""The child side of ``workers``: reads calls from stdin, answers on stdout, holds itself to limits.

Started as ``python -m pipelines.worker CPU_SECONDS``. The document readers that run
here see bytes only.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import struct
import sys
from collections.abc import Callable
from functools import cache
from typing import IO, Any

from pipelines import limits
from pipelines.archive.reader import Kept
from pipelines.codec import dumps
from pipelines.errors import Damaged
from pipelines.parse.read import ocr

LARGEST_ANSWER = 32 << 20
MISSING = "Missing"  # the error of a call whose bytes the archive does not hold
LENGTH = struct.Struct(">I")
# objects after which Python looks for those that only name each other: documents leave hardly any, and to
# look after each 700, as is usual, is a twentieth of the work
OBJECTS = 100_000
#: a frame without content: not an answer yet, but still at work
_AT_WORK = LENGTH.pack(0)


def main() -> None:
    """Answers calls until stdin ends."""
    cpu_seconds = int(sys.argv[1])
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the answers
    limits.hold()
    gc.set_threshold(OBJECTS)
    ocr.before_each_page(limits.at_each_page(lambda: _send(answers, _AT_WORK)))
    while head := calls.read(LENGTH.size):
        function, arguments, sizes = json.loads(_exactly(calls, LENGTH.unpack(head)[0]))
        blobs = [_exactly(calls, size) if isinstance(size, int) else Kept(*size) for size in sizes]
        limits.allow_cpu(cpu_seconds)
        failure, answer = _answer(function, arguments, blobs)
        told = json.dumps(failure | {"retire": limits.is_bloated()}).encode()
        _send(answers, b"".join((LENGTH.pack(len(told) + 1 + len(answer)), told, b"\n", answer)))


def _answer(function: str, arguments: Any, blobs: list[bytes | Kept]) -> tuple[dict[str, str], bytes]:
    """What failed, if anything, and the answer in JSON."""
    try:
        answer = _function(function)(arguments, [_fetched(blob) for blob in blobs])
        encoded = dumps(answer).encode("utf-8", "replace")
    except _Missing as missing:
        return {"error": MISSING, "detail": str(missing)}, b""
    except MemoryError:
        return {"error": "MemoryError", "detail": "more memory needed than a document may take"}, b""
    except Exception as error:  # noqa: BLE001 - whatever a document provokes is an answer
        return {"error": type(error).__name__, "detail": f"{type(error).__name__}: {error}"[:500]}, b""
    if len(encoded) > LARGEST_ANSWER:
        size = f"an answer of {len(encoded)} bytes, the limit is {LARGEST_ANSWER}"
        return {"error": "AnswerTooLarge", "detail": size}, b""
    return {}, encoded


def _fetched(blob: bytes | Kept) -> bytes:
    try:
        return blob.content() if isinstance(blob, Kept) else blob
    except (Damaged, OSError) as error:
        raise _Missing(str(error)) from error


class _Missing(Exception):
    """What was to be read is not in the archive."""


def _send(answers: IO[bytes], frame: bytes) -> None:
    try:
        answers.write(frame)
        answers.flush()
    except BrokenPipeError:
        os._exit(0)  # the run is gone


@cache
def _function(name: str) -> Callable[[Any, list[bytes]], Any]:
    module, _, attribute = name.partition(":")
    found: Callable[[Any, list[bytes]], Any] = getattr(importlib.import_module(module), attribute)
    return found


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        sys.exit(0)  # the run is gone
    return data


if __name__ == "__main__":
    main()
