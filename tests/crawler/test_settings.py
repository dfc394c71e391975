"""What Scrapy does by default and must not do here, and what a run's own process need not hold."""

import subprocess
import sys

import pytest

import crawler.settings as settings
from crawler.run import scrapy_settings


def test_unsafe_and_lossy_defaults_are_off():
    assert settings.REMOTE_CONTROL_ENABLED is False
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.HTTPCACHE_ENABLED is False
    assert settings.JOBDIR is None
    assert settings.ROBOTSTXT_OBEY is True
    assert (settings.RETRY_ENABLED, settings.REDIRECT_ENABLED, settings.METAREFRESH_ENABLED) == (
        False,
        False,
        False,
    )
    assert settings.COMPRESSION_ENABLED is False
    assert settings.HTTPPROXY_ENABLED is False
    assert settings.COOKIES_ENABLED is True


def test_limits_are_explicit():
    assert settings.DOWNLOAD_MAXSIZE == 64 * 1024 * 1024
    assert settings.DOWNLOAD_WARNSIZE == 16 * 1024 * 1024
    assert settings.DOWNLOAD_TIMEOUT == 60
    assert settings.DOWNLOAD_DELAY == 3
    assert settings.CONCURRENT_REQUESTS_PER_DOMAIN == 1
    assert settings.REDIRECT_MAX_TIMES == 5
    assert settings.MEMUSAGE_LIMIT_MB == 6000
    assert settings.DOWNLOAD_FAIL_ON_DATALOSS is False


def test_components_are_ours_and_schemes_are_two():
    assert settings.SCHEDULER == "crawler.scheduler.StoreScheduler"
    assert settings.TWISTED_DNS_RESOLVER == "crawler.resolver.GuardedResolver"
    handlers = scrapy_settings().getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_nothing_between_engine_and_server_drops_repeats_or_changes_answers():
    active = scrapy_settings().getwithbase("DOWNLOADER_MIDDLEWARES")
    names = {str(name).rpartition(".")[2] for name, place in active.items() if place is not None}
    assert names == {
        "Manners",
        "CookiesMiddleware",
        "DefaultHeadersMiddleware",
        "UserAgentMiddleware",
    }


def test_who_asks_is_said():
    assert settings.USER_AGENT.startswith("gongkai/")


@pytest.mark.slow
def test_a_runs_own_process_holds_no_reader_of_documents():
    code = (
        "import sys, gongkai.commands.crawl; "
        "heavy = {'pypdfium2', 'pdfminer', 'PIL', 'trafilatura', 'bs4', 'pipelines.parse.read.opening'}; "
        "print(*heavy & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
