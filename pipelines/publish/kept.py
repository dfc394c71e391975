"""Answers kept in memory: an edition of the archive does not change, so neither do its pages.

Kept are whole answers to plain GET requests that succeed, by address and language; nobody's own queries,
nothing that sets a cookie or is private, and nothing for which a query ran out of time. Each edition has its
own; they go with it.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Final

from datasette.utils.asgi import Request

from pipelines.publish.pages import language

_LARGEST: Final = 1 << 20  # bytes of one answer
_IN_ALL: Final = 32 << 20
_OWN_QUERIES: Final = ("sql", "_stream", "_where")
_UNKEPT: Final = (b"private", b"no-store")

Message = dict[str, Any]

_cut_short: ContextVar[list[bool]] = ContextVar("cut_short")  # of the request that is answered


def note_cut_short() -> None:
    """The answer under way lacks something that took too long: the next reader may have it."""
    with suppress(LookupError):
        _cut_short.get().append(True)


class Kept:
    """ASGI middleware in front of one edition of the site."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._answers: OrderedDict[tuple[str, ...], list[Message]] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer from memory, or from the site, and remember it."""
        key = _key(scope)
        if key in self._answers:
            self._answers.move_to_end(key)
            for message in self._answers[key]:
                await send(message)
            return
        messages: list[Message] = []
        size = 0

        async def sender(message: Message) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            if size <= _LARGEST:
                messages.append(message)
            await send(message)

        if not key:
            await self._app(scope, receive, send)
            return
        cut_short: list[bool] = []
        _cut_short.set(cut_short)
        await self._app(_impersonal(scope), receive, sender)
        if not cut_short and size <= _LARGEST and _is_whole(messages):
            self._keep(key, messages, size)

    def _keep(self, key: tuple[str, ...], messages: list[Message], size: int) -> None:
        self._size += size - _size(self._answers.pop(key, []))
        self._answers[key] = messages
        while self._size > _IN_ALL:
            _, dropped = self._answers.popitem(last=False)
            self._size -= _size(dropped)


def _key(scope: Any) -> tuple[str, ...]:
    """What answers differ by; empty for a request whose answer is not kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return ()
    request = Request(scope, None)
    if any(name in request.args for name in (*_OWN_QUERIES, "lang")):
        return ()
    address = (request.scheme, request.host, scope["path"], request.query_string)
    return (*address, language.wanted(request))


def _impersonal(scope: Any) -> Any:
    """The request without its cookies: of those only the language tells answers apart, and it goes along."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    return {**scope, "headers": headers, "lang": language.wanted(Request(scope, None))}


def _is_whole(messages: list[Message]) -> bool:
    if len(messages) < 2 or messages[0]["status"] != 200 or messages[-1].get("more_body"):
        return False
    headers = {name.lower(): value for name, value in messages[0]["headers"]}
    private = any(word in headers.get(b"cache-control", b"") for word in _UNKEPT)
    return not private and b"set-cookie" not in headers


def _size(messages: list[Message]) -> int:
    return sum(len(message.get("body", b"")) for message in messages)
