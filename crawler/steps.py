"""Scrapy item pipelines: thin, they only wire. Their order stands in ``settings.ITEM_PIPELINES``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from crawler.judging import decoded_of
from crawler.part import Part
from pipelines.errors import StoreError
from pipelines.gathered import exchanges_of, is_zip
from pipelines.store import Capture
from pipelines.store.capture import GOOD

if TYPE_CHECKING:
    from crawler.fetched import Fetched
    from pipelines.archive import Exchange, Stored
    from pipelines.store import Store


class Step(Part):
    """What all steps share: that a failing archive stops the run."""

    async def stop(self, error: BaseException) -> DropItem:
        """Protect the archive: end the run, leaving what is unacknowledged to the next."""
        self.run.fail(error)
        return DropItem(str(error), log_level="DEBUG")


class Judge(Step):
    """What an answer is: exactly one outcome."""

    async def process_item(self, item: Fetched) -> Fetched:
        """Sets ``exchange`` and ``findings``; drops what a crawl from the archive does not find there."""
        if item.exchange is not None:
            return item
        if self.run.offline:
            await self.run.grouping.write(partial(self.run.absent, item))
            raise DropItem(item.detail, log_level="DEBUG")
        try:
            item.exchange = self.run.judge.exchange(item)
            if item.status != 304:  # what that confirms stands in another record
                item.findings = self.run.settlement.look_at(item.exchange, item.lease)
        except Exception as error:
            raise await self.stop(error) from error
        return item


class Keep(Step):
    """The exchange into a WARC file, durable before anything rests upon it; then capture, further requests
    and the end of the request in one transaction. Answers that come at the same time share both. Then the
    host is free again.
    """

    async def process_item(self, item: Fetched) -> Fetched:
        """Sets ``complete_root``."""
        try:
            item.complete_root = await self._keep(item)
        except Exception as error:
            raise await self.stop(error) from error
        self.run.settled(item)
        return item

    async def _keep(self, item: Fetched) -> str:
        assert item.exchange is not None
        exchange, stored = item.exchange, item.stored
        if exchange.about.outcome in ("new", "changed") and exchange.digest and item.lease.root:
            self.run.reader.came(exchange.digest.sha256, item.content)
        await self._keep_gathered(item, exchange)
        if stored is not None:
            again = partial(self.run.settlement.settle, exchange, stored, item.lease, item.findings)
            return await self.run.grouping.write(again)
        return await self.run.grouping.keep(
            exchange, lambda new: self.run.settlement.settle(exchange, new, item.lease, item.findings)
        )

    async def _keep_gathered(self, item: Fetched, exchange: Exchange) -> None:
        """The members of a ZIP that gathers several reports, before it: each a capture of its own."""
        if item.lease.role not in ("article", "attachment") or exchange.about.outcome not in GOOD:
            return
        store = self.run.store
        content = item.content or decoded_of(exchange.headers, exchange.body).content
        if not is_zip(content) or not await self.run.gathers(content):
            return
        for member in exchanges_of(store, exchange, content, self.run.crawl_id):
            if item.stored is None or member.about.outcome != "unchanged":  # stored: a crawl of the archive
                await self.run.grouping.keep(member, partial(_captured, store, member))


def _captured(store: Store, exchange: Exchange, stored: Stored) -> None:
    store.add_capture(Capture.of(exchange, stored))


class Read(Step):
    """An article whose pages and attachments all have their outcome goes to the reading core."""

    async def process_item(self, item: Fetched) -> Fetched:
        """Passes the article on; it is read when a worker is free, the crawl does not wait for it."""
        if item.complete_root:
            try:
                self.run.reader.read(item.complete_root)
            except StoreError as error:
                raise await self.stop(error) from error
        return item

    async def close_spider(self) -> None:
        """What is being read is waited for; after an interrupt, what waits is left to the next run."""
        try:
            await self.run.reader.finish(waiting=not self.run.stopping)
        except StoreError as error:
            self.run.fail(error)
