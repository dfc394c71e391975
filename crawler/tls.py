"""Old servers' TLS: tried for a host only after the usual one failed, with a warning kept on record.

Twisted's OpenSSL knows no protocol below TLS 1.2 and no renegotiation of the old kind;
Python's own does, if told to. Certificates are not verified here either, as everywhere
(see ``settings.DOWNLOAD_VERIFY_CERTIFICATES``).
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from OpenSSL import SSL

from crawler import handler
from crawler.resolver import address_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

TLS_FAILED: Final = "tls: "
TLS_ERRORS: Final = (SSL.Error, ssl.SSLError)


class Handler(handler.Handler):
    """The usual https, with a permissive way for requests that have ``legacy_tls`` in their meta."""

    async def download_request(self, request: Request) -> Response:
        """The answer. Raises what the usual handler raises, and ssl.SSLError."""
        if not request.meta.get("legacy_tls"):
            return await super().download_request(request)
        from crawler.permissive import Call

        name = urlsplit(request.url).hostname or ""
        place = await address_of(name)
        call = Call(request.meta.get("download_timeout", 60.0))
        return await asyncio.to_thread(call.fetch, request, name, place)
