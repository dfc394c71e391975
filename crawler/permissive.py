"""A request by Python's own TLS, which takes what old servers speak: protocols below TLS 1.2, renegotiation
of the old kind, weak ciphers and keys.

Loaded for the first such server only: most runs meet none.
"""

from __future__ import annotations

import socket
import ssl
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import httpx
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from crawler.settings import DOWNLOAD_MAXSIZE

if TYPE_CHECKING:
    from scrapy import Request

_LEGACY_RENEGOTIATION: Final = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python 3.11 does not name


def permissive() -> ssl.SSLContext:
    """A context that takes every protocol, cipher and key that OpenSSL still knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.options |= _LEGACY_RENEGOTIATION
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():  # that this is deprecated is the point
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context


class Call:
    """One request in a thread. When its time of ``limit`` seconds is over its connection is shut, as the
    usual handler does: what came of the body is kept, and no thread is left behind.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._streams: list[Any] = []
        self.is_over = False

    def fetch(self, request: Request, name: str, place: str) -> Response:
        """The answer of the address that the name was found to have; the body as it came. Raises
        DownloadTimeoutError, and what httpx raises.
        """
        timer = threading.Timer(self._limit, self._cut)
        timer.start()
        try:
            return self._ask(request, name, place)
        except httpx.TransportError as error:
            if self.is_over or isinstance(error, httpx.TimeoutException):
                raise DownloadTimeoutError(f"{request.url} took longer than {self._limit} seconds") from error
            raise
        finally:
            timer.cancel()

    def _ask(self, request: Request, name: str, place: str) -> Response:
        url = httpx.URL(request.url)
        headers = [("Host", url.netloc.decode("ascii"))]
        headers += [
            (k.decode("latin-1"), v.decode("latin-1")) for k, vs in request.headers.items() for v in vs
        ]
        with (
            httpx.Client(verify=permissive(), timeout=self._limit, trust_env=False) as client,
            client.stream(
                request.method, url.copy_with(host=place), headers=headers, content=request.body or None,
                extensions={"sni_hostname": name, "trace": self._note},
            ) as answer,
        ):  # fmt: skip
            body, flags = self._body(answer)
        pairs: dict[bytes, list[bytes]] = {}
        for key, value in answer.headers.raw:
            pairs.setdefault(key, []).append(value)
        return Response(
            request.url, status=answer.status_code, headers=pairs, body=body, flags=flags, request=request
        )

    def _body(self, answer: httpx.Response) -> tuple[bytes, list[str]]:
        parts = bytearray()
        try:
            for part in answer.iter_raw():
                parts += part
                if len(parts) > DOWNLOAD_MAXSIZE:
                    return bytes(parts[:DOWNLOAD_MAXSIZE]), ["download_stopped"]
        except httpx.TransportError:
            return bytes(parts), ["overdue" if self.is_over else "dataloss"]
        return bytes(parts), ["overdue"] if self.is_over else []

    def _note(self, event: str, told: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._streams.append(told["return_value"])

    def _cut(self) -> None:
        self.is_over = True
        for stream in reversed(self._streams):
            with suppress(OSError):  # the one below TLS is none any more
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
