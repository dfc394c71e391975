"""``gongkai rebuild``: the store made again from the WARC files alone."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.options import answer, common, publish, workers
from gongkai.progress import Progress
from pipelines.process import Processor
from pipelines.publish import publish as publish_archive
from pipelines.rebuild import rebuild
from pipelines.store import Store
from pipelines.workers import Pool


@click.command("rebuild")
@workers
@publish
@common
def command(workers: int | None, publish: bool, data: Path, as_json: bool) -> int:
    """由 WARC 重建 Make the store again from the WARC files, and read every document again.

    The old store is kept in quarantine/.

    \b
    例 Example:
        gongkai rebuild
    """
    with Progress() as progress:
        rebuild(data, lambda done, total: progress.count("重建 rebuilt", done, total))
        reports = _read_all(data, workers, progress)
    if publish:
        publish_archive(data)
    answer(as_json, {"reports": reports}, f"报告 reports {reports}")
    return 0


def _read_all(data: Path, workers: int | None, progress: Progress) -> int:
    with Store.open(data, write=True) as store, Pool(workers) as pool:
        crawl_id = store.begin_crawl("ingest", "rebuild")
        processor = Processor(store, data, pool, crawl_id)
        roots = processor.unread()
        processor.run(roots, lambda done: progress.count("读取 read", done, len(roots)))
        store.end_crawl(crawl_id, "complete")
        return int(store.value("SELECT count(*) FROM reports"))
