"""``gongkai ingest``: local files and folders into the archive."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.options import answer, common, publish, workers
from gongkai.outcome import tell_errors
from gongkai.progress import Progress
from pipelines.ingest import Ingested, ingest
from pipelines.known import Known, ManifestError, checked_url, read_manifest
from pipelines.publish import publish as publish_archive
from pipelines.store import Store


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--url", help="文件的网址（仅限单个文件）The address of the file; with one file only.")
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV: file,url,fetched_at,published_on,agency. 已知事实 What is known of each file.",
)
@workers
@publish
@common
def command(
    paths: tuple[Path, ...],
    url: str | None,
    manifest: Path | None,
    workers: int | None,
    publish: bool,
    data: Path,
    as_json: bool,
) -> int:
    """收入本地文件 Take local files and folders into the archive.

    \b
    例 Example:
        gongkai ingest reports/ scan.pdf
        gongkai ingest report.html --url http://www.example.gov.cn/nb/t20240112_1.html
    """
    known = _known(paths, url, manifest)
    with Store.open(data, write=True) as store:
        with Progress() as progress:
            result = ingest(
                store,
                data,
                paths,
                known=known,
                manifest=manifest,
                workers=workers,
                progress=lambda verb, done: progress.show(f"{verb} {done}"),
            )
        code = tell_errors(store, result.crawl_id)
        issues = store.value("SELECT count(*) FROM issues WHERE crawl_id = ?", (result.crawl_id,))
    if publish:
        publish_archive(data)
    answer(as_json, _plain(result), _text(result, issues))
    return code


def _known(paths: tuple[Path, ...], url: str | None, manifest: Path | None) -> dict[Path, Known]:
    if url is not None and (len(paths) != 1 or not paths[0].is_file() or manifest is not None):
        raise click.UsageError("--url 只能用于单个文件 --url goes with one file; for more use --manifest")
    try:
        if url is not None:
            return {paths[0].resolve(): Known(url=checked_url(url))}
        return read_manifest(manifest) if manifest else {}
    except (ManifestError, ValueError) as error:
        raise click.UsageError(str(error)) from None


def _plain(result: Ingested) -> dict[str, object]:
    return {
        "crawl_id": result.crawl_id,
        "files": result.files,
        "reports": result.reports,
        "not_taken": list(result.not_taken),
    }


def _text(result: Ingested, issues: int) -> str:
    if not result.files:
        return "没有找到文件 no file was found: 隐藏文件不收 hidden ones are left alone"
    lines = [f"文件 files {result.files} · 报告 reports {len(result.reports)} · 提示 issues {issues}"]
    lines += [f"  {report_id}" for report_id in result.reports]
    lines += [f"  未收 not taken: {path}: {why}" for path, why in result.not_taken.items()]
    return "\n".join(lines)
