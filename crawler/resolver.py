"""Name resolution that never leads inside: a name of the public web must not resolve to a private address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from crawler.permits import is_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.defer import Deferred


class RefusedAddress(DNSLookupError):
    """A host that resolves to an address that the registry does not list."""


class GuardedResolver(CachingThreadedResolver):
    """``allowed``: names and addresses that the registry lists and that may be private.

    Of the class, since Scrapy makes the resolver with the reactor, before it knows the run.
    """

    allowed: ClassVar[frozenset[str]] = frozenset()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        """Resolve; literal addresses come through here too. Fails with :class:`RefusedAddress`."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, found: str, name: str) -> str:
        if is_private(found) and name not in self.allowed and found not in self.allowed:
            raise RefusedAddress(f"{name} resolves to {found}, which the registry does not list")
        return found


async def address_of(name: str) -> str:
    """The address that a name resolves to here. Raises DNSLookupError, RefusedAddress among them."""
    from twisted.internet import reactor

    found: str = await maybe_deferred_to_future(reactor.resolve(name))  # type: ignore[arg-type]
    return found
