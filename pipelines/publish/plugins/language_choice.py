"""``?lang=en`` on any page: taken from the address before a table takes it for a filter, and remembered."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.app import Datasette

from pipelines.publish.pages.language import LANGUAGES
from pipelines.publish.plugins import hookimpl

_YEAR = 365 * 24 * 3600


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Any:
    """Hand the choice on as ``scope["lang"]``."""
    return _chooser


def _chooser(app: Any) -> Any:
    async def choose(scope: Any, receive: Any, send: Any) -> None:
        arguments = parse_qsl(scope.get("query_string", b"").decode("latin1"), keep_blank_values=True)
        asked = [value for name, value in arguments if name == "lang" and value in LANGUAGES]
        if asked:
            rest = [(name, value) for name, value in arguments if name != "lang"]
            scope = {**scope, "query_string": urlencode(rest).encode("latin1"), "lang": asked[-1]}
            send = _remembering(send, asked[-1])
        await app(scope, receive, send)

    return choose


def _remembering(send: Any, language: str) -> Any:
    cookie = f"lang={language}; Max-Age={_YEAR}; Path=/; SameSite=lax".encode()

    async def sender(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), (b"set-cookie", cookie)]}
        await send(message)

    return sender
