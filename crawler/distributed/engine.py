"""The shared side of a crawl on a Redis 7 or Valkey server: rounds, leases, the frontier's record, turns.

Each step is one Lua script (``scripts/``), so it happens whole or not at all; all times are the server's own,
so no worker's clock matters. The server must not lose what it has confirmed: append-only file, synced always.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import resources
from importlib.metadata import version
from itertools import islice
from typing import Any, Final

from pipelines.errors import StoreError
from pipelines.parse.version import PARSER_VERSION
from pipelines.schema import VERSION as SCHEMA_VERSION

PREFIX: Final = "gongkai:"
_ANSWERS: Final = 2.0  # seconds until an engine that says nothing counts as away
_LONGEST_REQUEST: Final = 240.0  # seconds after which a worker's request is over, whatever became of it
_SCRIPTS: Final = ("claim", "adopt", "renew", "turn", "share", "settle", "finish")
_BATCH: Final = 500
_CLOCKS_APART: Final = 300.0  # seconds that a worker's clock may differ from the engine's
# what workers of one round, and who merges their shards, must have in common
VERSION: Final = f"{version('gongkai')}, schema {SCHEMA_VERSION}, parser {PARSER_VERSION}"
_Call = tuple[Any, ...]  # a script's name and its arguments
# answers of a server that can't write, or is still reading its file: a matter of waiting, or of a person
_FOR_NOW: Final = ("MISCONF", "LOADING", "READONLY", "OOM", "BUSY", "MASTERDOWN")


class EngineError(StoreError):
    """The engine can't be used as it is; the message says what to do."""

    exit_code = 2


class RoundGone(EngineError):
    """The engine does not know a worker's round any more."""

    def __init__(self) -> None:
        super().__init__(
            "引擎已不知道本轮：其数据丢失，或已另开一轮 the engine does not know this round any more:"
            " its data is lost, or another round was opened. 本机所得完好，请合并后重开一轮"
            " what is here is whole, merge it and open a round again: gongkai merge SHARD… --data ARCHIVE"
        )


class RoundRuns(StoreError):
    """A round is open and not over."""

    exit_code = 3


class EngineAway(StoreError):
    """The engine does not answer now. Nothing may be assumed of what was asked of it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A site that a worker holds. ``token`` is larger than that of any earlier holder."""

    site: str
    token: int


@dataclass(frozen=True, slots=True)
class News:
    """What became of requests of a site: ``rows`` by fingerprint; and of the ``host`` that answered, if any:
    seconds until it may be asked again, seconds between two requests, whether it was asked at all.
    """

    held: Held
    rows: Mapping[str, Mapping[str, Any]]
    host: str = ""
    ahead: float = 0.0
    delay: float = 0.0
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """The wish to send a request of a site to a host: its address ("" if unknown), seconds between two."""

    held: Held
    host: str
    ip: str
    delay: float


@dataclass(frozen=True, slots=True)
class Round:
    """One visit of many sites: ``round_id`` is its run in the archive and the sweep of all its sites."""

    round_id: int
    command: str
    started_at: str
    regions: tuple[Mapping[str, Any], ...]
    version: str = field(default_factory=lambda: VERSION)

    @property
    def mark(self) -> str:
        """Tells the round from all others, also from those of an engine that has lost its data."""
        return f"{self.round_id} {self.started_at}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a round is, in sites: waiting, held by workers, done with, given up."""

    waiting: int
    held: int
    done: int
    left: int

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return not self.waiting and not self.held


class Engine:
    """A connection to the engine, as ``owner`` (one data directory). ``lease`` is in seconds.

    Every method raises EngineAway while the server does not answer.
    """

    def __init__(self, url: str, owner: str = "", name: str = "", lease: float = 60.0) -> None:
        """Raises EngineError where the client library is missing or ``url`` is no address."""
        try:
            import redis
        except ImportError:
            raise EngineError(
                "需要 Redis 客户端 the client is missing: .venv/bin/pip install -e '.[distributed]'"
            ) from None
        self._away = (redis.ConnectionError, redis.TimeoutError)
        self._stranger = (redis.AuthenticationError, redis.exceptions.NoPermissionError)
        self._refused = redis.ResponseError
        self._unknown = redis.exceptions.NoScriptError
        try:
            self._redis: Any = redis.Redis.from_url(
                url, socket_timeout=_ANSWERS, socket_connect_timeout=_ANSWERS, client_name=name or None
            )
        except ValueError as error:
            raise EngineError(f"--engine {url}: {error}") from None
        self.owner = owner
        self.lease = lease
        folder = resources.files("crawler.distributed") / "scripts"
        texts = {name: (folder / f"{name}.lua").read_text("utf-8") for name in _SCRIPTS}
        self._scripts = {name: self._redis.register_script(text) for name, text in texts.items()}

    def _run(self, script: str, *arguments: Any) -> Any:
        return self._ask(self._scripts[script], args=(PREFIX, self.owner, *arguments))

    def _run_all(self, calls: Sequence[_Call]) -> list[Any]:
        """Run scripts one after the other, in one message and one wait for the engine's disk."""
        try:
            return self._send(calls)
        except self._unknown:  # a server that was started again knows no script, so none of them ran
            for script in self._scripts.values():
                self._ask(self._redis.script_load, script.script)
            return self._send(calls)

    def _send(self, calls: Sequence[_Call]) -> list[Any]:
        message = self._redis.pipeline(transaction=False)
        for script, *arguments in calls:
            message.evalsha(self._scripts[script].sha, 0, PREFIX, self.owner, *arguments)
        answers: list[Any] = self._ask(message.execute)
        return answers

    def _ask(self, function: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except self._stranger as error:
            raise EngineError(_STRANGER.format(error)) from error
        except self._away as error:
            raise EngineAway(f"{type(error).__name__}: {error}") from error
        except self._unknown:
            raise
        except self._refused as error:
            if str(error).startswith("NOAUTH"):
                raise EngineError(_STRANGER.format(error)) from error
            if any(word in str(error) for word in _FOR_NOW):
                raise EngineAway(str(error)) from error
            raise EngineError(f"引擎拒绝 the engine refuses: {error}") from error

    @property
    def _lease_ms(self) -> int:
        return int(self.lease * 1000)

    def close(self) -> None:
        """End the connection."""
        self._redis.close()

    def check(self) -> None:
        """Raise EngineError unless the server answers, and what it confirms survives its end."""
        try:
            told = {name: self._ask(self._redis.config_get, name).get(name) for name in _WANTED}
        except EngineAway as error:
            raise EngineError(f"无法连接引擎 the engine does not answer: {error}") from error
        self._check_clock()
        wrong = [f"{name} {told[name]!r}, 应为 must be {wanted!r}" for name, wanted in _WANTED.items()
                 if told[name] != wanted]  # fmt: skip
        if wrong:
            raise EngineError(f"引擎可能丢失进度 the engine may lose what it confirmed: {'; '.join(wrong)}")

    def _check_clock(self) -> None:
        """When a page came is told by the worker's clock, and pages are merged in that order."""
        seconds, micro = self._ask(self._redis.time)
        ahead = time.time() - seconds - micro / 1e6
        if abs(ahead) > _CLOCKS_APART:
            which = "快 ahead of" if ahead > 0 else "慢 behind"
            raise EngineError(
                f"本机时钟比引擎 this machine's clock is {which} the engine's:"
                f" {abs(ahead) / 60:.0f} 分钟 minutes. 请先校准两者的时钟（NTP）再运行"
                " set both right (NTP), then run the command again"
            )

    # --- rounds ------------------------------------------------------------------------

    def round(self) -> Round | None:
        """The round that is open, over or not."""
        known = self._ask(self._redis.hgetall, f"{PREFIX}round")
        if known.get(b"state") != b"open":
            return None
        told = json.loads(known[b"told"])
        return Round(int(known[b"id"]), told["command"], told["started_at"], tuple(told["regions"]),
                     told.get("version", ""))  # fmt: skip

    def open_round(self, opened: Round, sites: Iterable[tuple[str, Mapping[str, Any], bytes]]) -> None:
        """Begin a round over ``sites``: name, definition, dossier. Raises RoundRuns while one is not over.

        Killed half-way, nothing was opened.
        """
        if self.round() and not self.standing().over:
            raise RoundRuns(
                "上一轮尚未结束 a round is not over yet: let workers finish it (gongkai crawl --engine)"
            )
        told = {name: value for name, value in asdict(opened).items() if name != "round_id"}
        self._ask(self._redis.hset, f"{PREFIX}round", "state", "opening")
        self._forget()
        names: list[str] = []
        for some in _batched(sites):
            self._ask(self._redis.hset, f"{PREFIX}sites", mapping={
                name: json.dumps(definition, ensure_ascii=False) for name, definition, _ in some
            })  # fmt: skip
            self._ask(
                self._redis.hset, f"{PREFIX}dossiers", mapping={name: dossier for name, _, dossier in some}
            )
            names += [name for name, _, _ in some]
        if names:
            self._ask(self._redis.rpush, f"{PREFIX}todo", *names)
        self._ask(self._redis.hset, f"{PREFIX}round", mapping={
            "id": opened.round_id, "told": json.dumps(told, ensure_ascii=False), "state": "open",
            "mark": opened.mark,
        })  # fmt: skip

    def _forget(self) -> None:
        """The last round's keys. The counter of tokens stays, and so does politeness."""
        names = ("sites", "dossiers", "todo", "leases", "holders", "ended", "workers")
        self._ask(self._redis.delete, *(PREFIX + name for name in names))
        for key in list(self._ask(self._redis.scan_iter, f"{PREFIX}frontier:*")):
            self._ask(self._redis.delete, key)

    def sites(self) -> dict[str, dict[str, Any]]:
        """The definitions of the round's sites."""
        known = self._ask(self._redis.hgetall, f"{PREFIX}sites")
        return {name.decode(): json.loads(definition) for name, definition in known.items()}

    def standing(self) -> Standing:
        """How far the round is."""
        ended = self._ask(self._redis.hvals, f"{PREFIX}ended")
        return Standing(
            waiting=int(self._ask(self._redis.llen, f"{PREFIX}todo")),
            held=int(self._ask(self._redis.zcard, f"{PREFIX}leases")),
            done=ended.count(b"done"),
            left=ended.count(b"left"),
        )

    # --- sites -------------------------------------------------------------------------

    def claim(self, opened: Round, most: int) -> list[Held]:
        """Take up to ``most`` sites of a round that nobody holds, or that a worker which is silent held.

        Raises RoundGone where another round, or none, is open.
        """
        taken = self._run("claim", most, self._lease_ms, opened.mark)
        if taken is None:
            raise RoundGone
        return _held(taken)

    def adopt(self) -> list[Held]:
        """Take what this very worker held before it was started again."""
        return _held(self._run("adopt", self._lease_ms))

    def renew(self, held: Mapping[str, int]) -> list[str]:
        """Keep sites (name → token); returns those that are another's by now."""
        pairs = [value for pair in held.items() for value in pair]
        return [name.decode() for name in self._run("renew", self._lease_ms, *pairs)]

    def finish(self, held: Sequence[Held], how: str) -> list[bool]:
        """End leases; ``how``: done, left (given up in this round), back (for another to take). False where
        the site is another's.
        """
        return [bool(n) for n in self._run_all([("finish", each.site, each.token, how) for each in held])]

    def known_of(self, sites: Sequence[str]) -> list[tuple[bytes, dict[str, dict[str, Any]]]]:
        """Of each site what the archive knew when the round was opened, and the requests that earlier holders
        recorded, by fingerprint.
        """
        message = self._redis.pipeline(transaction=False)
        for site in sites:
            message.hget(f"{PREFIX}dossiers", site)
            message.hgetall(f"{PREFIX}frontier:{site}")
        told = self._ask(message.execute)
        return [
            (dossier or b"", {mark.decode(): json.loads(row) for mark, row in frontier.items()})
            for dossier, frontier in zip(told[::2], told[1::2], strict=True)
        ]

    def step(self, news: Sequence[News], asks: Sequence[Ask]) -> tuple[list[bool], list[float]]:
        """Record what was committed, then ask for turns, in one message.

        Of each of ``news`` whether it was recorded: not where the site is another's, but its host is free
        either way. Of each of ``asks`` 0.0: the host may be asked now, and by nobody else until it has
        answered; seconds to wait; or a negative number where the site is another's.
        """
        calls = [self._settling(each) for each in news] + [self._asking(each) for each in asks]
        answers = self._run_all(calls) if calls else []
        recorded, turns = answers[: len(news)], answers[len(news) :]
        return [bool(answer) for answer in recorded], [answer / 1000 for answer in turns]

    def _settling(self, news: News) -> _Call:
        rows = [v for mark, row in news.rows.items() for v in (mark, json.dumps(row, ensure_ascii=False))]
        return (
            "settle", news.held.site, news.held.token, self._lease_ms, news.host, _ms(news.ahead),
            _ms(news.delay), int(news.asked), *rows,
        )  # fmt: skip

    def _asking(self, ask: Ask) -> _Call:
        return (
            "turn", ask.held.site, ask.held.token, ask.host, ask.ip, _ms(ask.delay), _ms(_LONGEST_REQUEST),
            self._lease_ms,
        )  # fmt: skip

    def share(self, host: str, ip: str, delay: float) -> float:
        """Take the next turn at an address that ``host`` turned out to have; returns seconds to wait."""
        answer: int = self._ask(self._scripts["share"], args=(PREFIX, host, ip, _ms(delay)))
        return answer / 1000


_STRANGER: Final = (
    "引擎不接受密码 the engine does not take the password ({}). 请写在地址中 give it in the address:"
    " redis://:PASSWORD@HOST:6379, 或 or GONGKAI_ENGINE"
)
_WANTED: Final = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


def _batched(sites: Iterable[Any]) -> Iterator[Sequence[Any]]:
    rest = iter(sites)
    while some := list(islice(rest, _BATCH)):
        yield some


def _held(answer: Sequence[bytes]) -> list[Held]:
    return [Held(site.decode(), int(token)) for site, token in zip(answer[::2], answer[1::2], strict=True)]


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
