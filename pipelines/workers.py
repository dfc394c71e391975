"""Worker processes that read documents: persistent, limited, replaced when they die.

A stranger's document may hang or kill its reader; it must take down nothing but its
own worker. A call that fails so is tried once more, alone in a fresh worker, before
it counts as failed. What comes back is JSON (see ``codec``), which whoever asked decodes.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import IO, Any

from pipelines.archive.reader import Kept
from pipelines.codec import dumps
from pipelines.limits import CPU_SECONDS
from pipelines.worker import LENGTH, MISSING

_DYING_SECONDS = 10
_REASONS = {"MemoryError": "memory", MISSING: "archive"}
_ANSWERED = ("error", "archive")  # not the worker's fault
_PIPE = 1 << 20  # bytes on their way: neither side waits for the other to take in a document or an answer

Blob = bytes | Kept  # what is kept the worker fetches itself


class WorkerFailed(Exception):
    """A call that could not be answered. ``reason``: killed, timeout, memory, error, archive (what it was to
    work on is not in the archive); ``detail`` says more.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Pool:
    """``size`` workers answering calls of ``module:function`` by name.

    The function is imported in the worker and called with (arguments: what they are in JSON, blobs:
    list[bytes]; those that are only kept it fetches from the archive); what it returns comes back in JSON
    (see ``codec.dumps``). Use as a context manager.
    """

    def __init__(self, size: int | None = None, cpu_seconds: int = CPU_SECONDS) -> None:
        self.size = size or os.cpu_count() or 1
        self._cpu_seconds = cpu_seconds
        self._calls: queue.Queue[_Call | None] = queue.Queue()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(self, function: str, arguments: Any, blobs: Sequence[Blob] = ()) -> Future[Any]:
        """Queues a call; the future gives its answer, decoded, or raises WorkerFailed."""
        decoded: Future[Any] = Future()
        self.ask(function, arguments, blobs).add_done_callback(lambda done: _decode(done, decoded))
        return decoded

    def ask(self, function: str, arguments: Any, blobs: Sequence[Blob] = ()) -> Future[bytes]:
        """Queues a call; the future gives its answer as JSON, or raises WorkerFailed."""
        if len(self._threads) < self.size:  # started when needed: a run that reads nothing starts none
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads.append(thread)
            thread.start()
        call = _Call(function, arguments, tuple(blobs))
        self._calls.put(call)
        return call.future

    def close(self) -> None:
        """Ends the workers after the calls that are queued."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _serve(self) -> None:
        """One thread drives one worker process."""
        worker = _Worker(self._cpu_seconds)
        while (call := self._calls.get()) is not None:
            if call.future.set_running_or_notify_cancel():
                worker = self._answer(call, worker)
        worker.stop()

    def _answer(self, call: _Call, worker: _Worker) -> _Worker:
        try:
            call.future.set_result(worker.call(call))
            return worker
        except WorkerFailed as failed:
            if failed.reason in _ANSWERED:
                call.future.set_exception(failed)
                return worker
        # once more, alone in a fresh worker: what an earlier call left behind may be to blame
        worker.stop()
        fresh = _Worker(self._cpu_seconds)
        try:
            call.future.set_result(fresh.call(call))
        except WorkerFailed as failed:
            call.future.set_exception(failed)
            if failed.reason not in _ANSWERED:
                fresh.stop()
                fresh = _Worker(self._cpu_seconds)
        return fresh


class _Call:
    def __init__(self, function: str, arguments: Any, blobs: tuple[Blob, ...]) -> None:
        self.future: Future[bytes] = Future()
        where = [blob if isinstance(blob, Kept) else len(blob) for blob in blobs]
        head = dumps([function, arguments, where]).encode()
        sent = (blob for blob in blobs if isinstance(blob, bytes))
        self.frame = b"".join((LENGTH.pack(len(head)), head, *sent))


class _Worker:
    """A child process, started at its first call."""

    def __init__(self, cpu_seconds: int) -> None:
        self._cpu_seconds = cpu_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, call: _Call) -> bytes:
        """The answer to a call as JSON; raises WorkerFailed."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(call.frame)
            process.stdin.flush()
            told, _, answer = self._receive(process.stdout).partition(b"\n")
        except (BrokenPipeError, EOFError):
            end = self._end()
            reason = "timeout" if end == signal.SIGXCPU.name else "killed"
            raise WorkerFailed(reason, f"the worker ended: {end}") from None
        except TimeoutError:
            raise WorkerFailed("timeout", f"no answer within {2 * self._cpu_seconds} s") from None
        outcome = json.loads(told)
        if outcome["retire"]:
            self.stop()  # the next call starts a fresh process
        if "error" in outcome:
            raise WorkerFailed(_REASONS.get(outcome["error"], "error"), outcome["detail"])
        return answer

    def _end(self) -> str:
        """How the process ended, by the name of the signal where one ended it."""
        assert self._process is not None
        try:
            code = self._process.wait(_DYING_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed its pipe"
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    _close_quietly(stream)
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "pipelines.worker", str(self._cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE,
            process_group=0,  # Ctrl-C is for the run, which ends its workers itself
        )
        return self._process

    def _receive(self, stream: IO[bytes]) -> bytes:
        """The next frame that is not empty: by an empty one a worker says that it is still at work on a scan,
        page by page.
        """
        received = bytearray()
        while True:
            received += self._some(stream)
            while len(received) >= LENGTH.size:
                size = LENGTH.unpack_from(received)[0]
                if size and len(received) == LENGTH.size + size:
                    return bytes(received[LENGTH.size :])
                if size:
                    break
                del received[: LENGTH.size]

    def _some(self, stream: IO[bytes]) -> bytes:
        """What has come; the deadline is for each wait, since a working child keeps sending."""
        if not select.select([stream], [], [], 2 * self._cpu_seconds)[0]:
            raise TimeoutError
        part = os.read(stream.fileno(), _PIPE)
        if not part:
            raise EOFError
        return part


def _decode(done: Future[bytes], decoded: Future[Any]) -> None:
    try:
        decoded.set_result(json.loads(done.result()))
    except WorkerFailed as failed:
        decoded.set_exception(failed)


def _close_quietly(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return
