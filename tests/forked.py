"""Processes of this project that need not load it first: ``subprocess`` for tests of crawls and kills.

To load Scrapy and the readers takes a second of processor time, most runs of a test a tenth of it. So each
session of tests has one process that has loaded them, and forks. What it forks is a process like any other:
with pipes, environment, folder, signals and exit code of its own, killed by whatever kills processes. Only
how Python starts is not tested; tests that are about it use ``subprocess``.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pipelines.workers

ROOT = Path(__file__).parents[1]
_NUMBER = struct.Struct("i")
_LARGEST = 1 << 17  # bytes of a request: arguments and environment
_STREAMS = 3


class Popen(subprocess.Popen):
    """``subprocess.Popen`` of ``[sys.executable, …]``: code (``-c``), a module (``-m``) or a script."""

    def _execute_child(
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, restore_signals, gid, gids, uid, umask,
        start_new_session, process_group,
    ):  # fmt: skip
        assert args[0] == sys.executable and not (preexec_fn or pass_fds or shell)
        request = {
            "arguments": args[1:],
            "environment": dict(os.environ if env is None else env),
            "folder": str(cwd or Path.cwd()),
            "session": start_new_session,
            "group": process_group,
        }
        given = [own if fd == -1 else fd for own, fd in enumerate((p2cread, c2pwrite, errwrite))]
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link.connect(_address())
        socket.send_fds(self._link, [json.dumps(request).encode()], given)
        self.pid = _NUMBER.unpack(self._link.recv(_NUMBER.size))[0]
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    def _try_wait(self, wait_flags):
        try:
            told = self._link.recv(_NUMBER.size, socket.MSG_DONTWAIT if wait_flags & os.WNOHANG else 0)
        except BlockingIOError:
            return 0, 0
        self._link.close()
        return self.pid, _NUMBER.unpack(told)[0] if told else signal.SIGKILL

    def _internal_poll(self, _deadstate=None, **_):
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):
            try:
                if self.returncode is None:
                    pid, status = self._try_wait(os.WNOHANG)
                    if pid:
                        self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode


def run(
    arguments: Sequence[str], *, timeout: float | None = None, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """``subprocess.run`` of :class:`Popen`."""
    if options.pop("capture_output", False):
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Popen(arguments, **options) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(arguments, process.returncode, output, errors)
    if check:
        done.check_returncode()
    return done


def fork_workers() -> None:
    """From now on, those that read documents for this process are forked as well."""
    pipelines.workers.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": Popen})


@cache
def _address() -> str:
    """Where the process that forks listens; it is started here, and ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="forked-")
    address = f"{folder.name}/socket"
    forking = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")},
    )
    assert forking.stdin is not None and forking.stdout is not None
    assert forking.stdout.read(1), "it did not start"

    def end() -> None:
        forking.communicate()
        folder.cleanup()

    atexit.register(end)
    return address


# --- in the process that forks --------------------------------------------------


def _load() -> None:
    """What the processes of tests need, and what readers make at their first document."""
    for name in ("crawler.probe", "crawler.run", "gongkai.cli", "pipelines.reading"):
        importlib.import_module(name)
    from pipelines.parse.records import Document
    from pipelines.parse.regions import Regions
    from pipelines.parse.report import parse

    parse(Document("<p>一、总体情况</p>".encode()), Regions.builtin())
    assert "twisted.internet.reactor" not in sys.modules, "each process makes its own"
    fork_workers()
    gc.freeze()


def _forks(address: str) -> tuple[dict[str, Any], list[int]] | None:
    """Answers requests until standard input ends; returns one in each process that is to carry it out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen()
        os.write(1, b"!")
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            _reap()
            link, _ = listener.accept()
            message, fds, _, _ = socket.recv_fds(link, _LARGEST, _STREAMS)
            if os.fork() == 0:
                listener.close()
                if _keeps(link, fds):
                    os._exit(0)
                return json.loads(message), fds
            link.close()
            for fd in fds:
                os.close(fd)
    _reap()
    return None


def _keeps(link: socket.socket, fds: list[int]) -> bool:
    """Forks once more, and tells who asked of the end; False in the new process."""
    pid = os.fork()
    if pid == 0:
        link.close()
        return False
    for fd in (0, 1, *fds):
        os.close(fd)
    try:
        link.send(_NUMBER.pack(pid))
        link.send(_NUMBER.pack(os.waitpid(pid, 0)[1]))
    except OSError:
        os.waitpid(pid, 0)  # who asked is gone
    return True


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _become(request: dict[str, Any], fds: list[int]) -> None:
    """Carries out a request as a Python that was just started would."""
    for own, fd in enumerate(fds):
        os.dup2(fd, own)
        os.close(fd)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    named = request["environment"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [folder for folder in named if folder and folder not in sys.path]
    if request["group"] >= 0:
        os.setpgid(0, request["group"])
    if request["session"]:
        os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kind, *rest = request["arguments"]
    if kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [kind, *rest]
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    _address = partial(str, sys.argv[1])  # what it forks asks it for workers
    _load()
    if asked := _forks(_address()):
        _become(*asked)
