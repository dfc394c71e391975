"""The order of everything that Scrapy does here. What is unsafe or lossy by default is off, and said to
be.
"""

import os
from importlib.metadata import version

BOT_NAME = "gongkai"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
# who asks, and whom to write to: operators set GONGKAI_CONTACT to an address of theirs
_CONTACT = os.environ.get("GONGKAI_CONTACT", "no contact set")
USER_AGENT = f"gongkai/{version('gongkai')} (archive of public annual reports; {_CONTACT})"

# --- what happens to an answer, in this order --------------------------------------------------
ITEM_PIPELINES = {
    "crawler.steps.Judge": 100,  # what it is: exactly one outcome
    "crawler.steps.Keep": 200,  # durable in a WARC file; then capture and request's end in one transaction
    "crawler.steps.Read": 300,  # an article whose parts are all there is read by the pure core
}

# --- what is asked for, and when ---------------------------------------------------------------
SCHEDULER = "crawler.scheduler.StoreScheduler"  # the frontier in store.db, host by host
JOBDIR = None  # loses requests when the process is killed
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # would drop without a trace; the frontier knows
HTTPCACHE_ENABLED = False
CONCURRENT_REQUESTS = 256  # over all hosts
CONCURRENT_ITEMS = 1  # an answer is one item; Scrapy starts that many tasks for each
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 3.0  # per host; a registry file may say otherwise
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = False

# --- how it is asked for -----------------------------------------------------------------------
ROBOTSTXT_OBEY = True  # by crawler.middlewares.Manners, as RFC 9309 has it
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.Manners": 50,  # registry and robots.txt first: what they refuse is never sent
    # Scrapy's own: off, since each drops, changes or repeats answers without a trace
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    # and off, since all they do is done: counting (crawler.ledger) and setting the time (Manners)
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
}
RETRY_ENABLED = False  # the frontier tries again, later
REDIRECT_ENABLED = False  # a redirect is a capture of its own
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5
COMPRESSION_ENABLED = False  # bodies are archived as they came
HTTPPROXY_ENABLED = False
HTTPERROR_ALLOW_ALL = True
COOKIES_ENABLED = True  # a jar for each host, gone with the run
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.Handler",  # Scrapy's, with an end to bodies that stop coming
    "https": "crawler.tls.Handler",  # the same, with a way for old servers
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"  # no way inside by name
DNS_TIMEOUT = 20
DOWNLOAD_VERIFY_CERTIFICATES = False  # half the counties' certificates are wrong; they prove nothing here

# --- limits ------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 60
FILE_TIMEOUT = 180  # seconds for an attachment
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_WARNSIZE = 16 * 1024 * 1024
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut body is kept, as what it is
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024  # more waits at the servers
MEMUSAGE_LIMIT_MB = 6_000
REACTOR_THREADPOOL_MAXSIZE = 20  # names are resolved in threads

# --- doors that Scrapy opens by default ----------------------------------------------------------
REMOTE_CONTROL_ENABLED = False  # runs any Python sent to it
TELNETCONSOLE_ENABLED = False

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_LEVEL = "WARNING"
# what a run did stands in its ledger; Scrapy's own counting is a tenth of what it does for a page
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.logcount.LogCount": None,
}
WARN_ON_GENERATOR_RETURN_VALUE = False
