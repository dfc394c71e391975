"""Whether what is used inside of Scrapy and Twisted is there yet: an upgrade that fails here moved it."""

import inspect

import pytest
from scrapy.core import engine
from scrapy.core.downloader.handlers import http11
from twisted.web import client

MOVED = "is no longer where crawler/inside.py looks for it: see there what it is needed for"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (http11.HTTP11DownloadHandler.__init__, "self._pool"),
        (http11.HTTP11DownloadHandler.__init__, "self._pool._factory = _LenientHTTP11ClientFactory"),
        (http11.HTTP11DownloadHandler.download_request, "pool=self._pool"),
        (client.HTTPConnectionPool.__init__, "self._reactor"),
        (client.HTTPConnectionPool._newConnection, "self._factory("),
        (client._RetryingHTTP11ClientProtocol.__init__, "self._clientProtocol"),
        (client.HTTPConnectionPool.getConnection, "key, endpoint"),
        (engine.ExecutionEngine.__init__, "self._slot"),
        (engine._Slot.__init__, "self.nextcall"),
        (engine._Slot.__init__, "self.closing"),
    ],
)
def test_what_is_used_inside_is_there(owner, name):
    assert name in inspect.getsource(owner), f"{name} of {owner.__qualname__} {MOVED}"


def test_an_agent_asks_its_pool_for_connections_while_a_request_is_sent():
    source = inspect.getsource(client._AgentBase._requestWithEndpoint)
    assert "self._pool.getConnection(key, endpoint)" in source, f"HTTPConnectionPool.getConnection {MOVED}"
