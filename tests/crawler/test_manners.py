"""What reaches beyond one host: shared addresses, a prefecture's firewall, old TLS, the other scheme."""

import datetime
import ssl
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from protego import Protego
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError

from crawler.frontier import Frontier
from crawler.permissive import Call, permissive
from crawler.registry import Site
from crawler.robots import Rules
from crawler.wants import Want
from pipelines.store import Store

pytestmark = pytest.mark.slow


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def two_hosts(tmp_path, clock):
    sites = {}
    for code in ("640323", "640181"):
        name = f"www.x{code}.gov.cn"
        sites[code] = Site(code, code, "县", f"http://{name}/", (f"{name}:80",), delay=3.0)
    with Store.open(tmp_path / "data", write=True) as store:
        frontier = Frontier(store, sites, "run", clock)
        for site in sites.values():
            store.put_site(site.site, name=site.name, home=site.home, definition={})
            frontier.open_sweep(site, 1)
            frontier.begin(site, [Want(f"{site.home}{n}.html", "article") for n in range(3)])
        for site in sites.values():
            frontier.hosts.ruled(site.hosts[0], Rules())
        yield frontier


def leases(frontier, clock, seconds):
    """(time, host) of what is handed out within ``seconds``, each answered at once."""
    handed, end = [], clock.now + seconds
    while clock.now < end:
        while lease := frontier.lease():
            handed.append((clock.now, lease.host))
            frontier.done(lease.request_id)
            frontier.release(lease)
        clock.now += 0.25
    return handed


def test_http_and_https_of_one_name_are_asked_for_their_rules_each(tmp_path, clock):
    site = Site("640323", "640323", "县", "http://www.x.gov.cn/", ("www.x.gov.cn:80",), delay=3.0)
    with Store.open(tmp_path / "data", write=True) as store:
        frontier = Frontier(store, {site.site: site}, "run", clock)
        store.put_site(site.site, name=site.name, home=site.home, definition={})
        frontier.open_sweep(site, 1)
        frontier.begin(site, [Want("http://www.x.gov.cn/1.html", "article")])
        frontier.begin(site, [Want("https://www.x.gov.cn/2.html", "article")])
        frontier.hosts.ruled("www.x.gov.cn:80", Rules())
        assert {host for _, host in leases(frontier, clock, 20)} == {"www.x.gov.cn:80", "www.x.gov.cn:443"}
        asked = store.rows("SELECT url FROM requests WHERE role = 'robots' ORDER BY url")
        assert [row["url"] for row in asked] == [
            "http://www.x.gov.cn/robots.txt",
            "https://www.x.gov.cn/robots.txt",
        ]


def test_a_list_is_read_to_its_end_then_its_articles_then_the_next_list(two_hosts, clock):
    site = Site("640323", "640323", "县", "http://www.x640323.gov.cn/", ("www.x640323.gov.cn:80",))
    roles = ("tree", "column", "list", "page")
    two_hosts.begin(site, [Want(f"{site.home}{role}/", role) for role in roles])
    asked = []
    for _ in range(12):
        lease = two_hosts.lease()
        asked += [lease.role] if lease.site == site.site else []
        two_hosts.done(lease.request_id)
        two_hosts.release(lease)
        clock.now += 3.0
    del asked[asked.index("robots")]
    assert asked == ["page", "list", "article", "article", "article", "column", "tree"]


def test_what_is_wanted_of_a_host_that_was_turned_is_asked_for_by_the_other_scheme(two_hosts):
    site = Site("640323", "640323", "县", "http://www.x640323.gov.cn/", ("www.x640323.gov.cn:80",))
    assert two_hosts.turn("www.x640323.gov.cn:80", "https") == "www.x640323.gov.cn:443"
    assert two_hosts.is_turned("www.x640323.gov.cn:80")
    assert not two_hosts.is_turned("www.x640323.gov.cn:443")
    two_hosts.begin(site, [Want("http://www.x640323.gov.cn/later.html", "article")])
    later = "SELECT url, host FROM requests WHERE url LIKE '%later.html'"
    assert two_hosts._store.row(later) == {
        "url": "https://www.x640323.gov.cn/later.html",
        "host": "www.x640323.gov.cn:443",
    }


def test_a_crawl_delay_counts_from_when_the_rules_were_asked_for(two_hosts, clock):
    asked, name = clock.now, two_hosts.lease().host
    two_hosts.hosts.ruled(name, Rules(Protego.parse("User-agent: *\nCrawl-delay: 10")))
    assert (two_hosts.hosts[name].delay, two_hosts.hosts[name].next_free) == (10.0, asked + 10.0)
    two_hosts.hosts.ruled(name, Rules(Protego.parse("User-agent: *\nCrawl-delay: 1")))
    assert (two_hosts.hosts[name].delay, two_hosts.hosts[name].next_free) == (10.0, asked + 10.0)


def test_hosts_of_one_address_share_its_delay(two_hosts, clock):
    for name in ("www.x640323.gov.cn:80", "www.x640181.gov.cn:80"):
        two_hosts.resolved(name, "203.0.113.7")
    times = [at for at, _ in leases(two_hosts, clock, 60)]
    assert len(times) == 8  # robots.txt and three articles each
    assert min(b - a for a, b in pairwise(times)) >= 3.0


def test_the_delay_runs_from_when_a_request_left(two_hosts, clock):
    lease = two_hosts.lease()
    clock.now += 0.5
    two_hosts.hosts.sending(lease.host)
    sent = clock.now
    two_hosts.done(lease.request_id)
    two_hosts.release(lease)
    times = [at for at, host in leases(two_hosts, clock, 20) if host == lease.host]
    assert times[0] >= sent + 3.0


def test_hosts_of_two_addresses_do_not_wait_for_each_other(two_hosts, clock):
    two_hosts.resolved("www.x640323.gov.cn:80", "203.0.113.7")
    two_hosts.resolved("www.x640181.gov.cn:80", "203.0.113.8")
    assert max(at for at, _ in leases(two_hosts, clock, 60)) - 1_000_000 < 15


def test_the_first_request_waits_for_others_of_its_address(two_hosts, clock):
    assert two_hosts.resolved("www.x640323.gov.cn:80", "203.0.113.7") == 0
    assert two_hosts.resolved("www.x640181.gov.cn:80", "203.0.113.7") == 3.0


def wall(web):
    web.page("/", "<a href='/nb/'>政府信息公开年报</a>")
    web.column(
        "/nb/",
        "<ul>"
        + "".join(web.report(f"/nb/20260{n}/t2026010{n}_1{n}.html", 2010 + n) for n in range(1, 9))
        + "</ul>",
    )
    for n in range(1, 9):
        web.routes[f"/nb/20260{n}/t2026010{n}_1{n}.html"] = (412, {}, b"<html><body>412</body></html>")


def test_a_prefectures_firewall_is_asked_once_when_known(webs, crawl):
    """After two walled hosts, the others of the prefecture are left alone at their first challenge."""
    counts = []
    for number in range(4):
        web = webs(f"127.0.0.{20 + number}")
        wall(web)
        crawl.register(web, f"99000{number}", delay=0 if number < 2 else 1.5)
        counts.append(web)
    crawl()
    asked = [sum("/t2026" in path for path in web.asked()) for web in counts]
    assert asked[:2] == [5, 5]
    assert max(asked[2:]) < 5
    for row in crawl.captures(role="article"):
        assert row["outcome"] == "blocked"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        text = {"/": '<a href="/nb/">政府信息公开年报</a>', "/robots.txt": ""}.get(path)
        body = f"<html><head><meta charset=utf-8></head><body>{text}</body></html>".encode()
        self.send_response(200 if text is not None else 404)
        self.send_header(
            "Content-Type", "text/html; charset=utf-8" if path != "/robots.txt" else "text/plain"
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def certificate(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "wrong.example")])
    start = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(tmp_path):
    """An https server with an expired certificate of another name: ``secure(newest)``."""
    running = []

    def make(newest=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            if newest:
                context.maximum_version = newest
        context.load_cert_chain(certificate(tmp_path))
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = True
        server.handle_error = lambda *arguments: None
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        running.append((server, thread))
        return server.server_address[1]

    yield make
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


def register(crawl, port, scheme):
    folder = crawl.root / "sites"
    folder.mkdir(exist_ok=True)
    text = (
        f'name = "青河县"\nhome = "{scheme}://127.0.0.1:{port}/"\nhosts = ["127.0.0.1:{port}"]\ndelay = 0\n'
    )
    (folder / "990001.toml").write_text(text, encoding="utf-8")


def good_home(crawl):
    return [row["url"] for row in crawl.captures(role="home") if row["outcome"] == "new"]


def test_bad_certificates_are_no_obstacle(secure, crawl):
    port = secure()
    register(crawl, port, "https")
    crawl()
    assert good_home(crawl) == [f"https://127.0.0.1:{port}/"]


def test_old_tls_is_spoken_after_the_usual_one_failed(secure, crawl):
    port = secure(ssl.TLSVersion.TLSv1)
    register(crawl, port, "https")
    crawl()
    assert good_home(crawl) == [f"https://127.0.0.1:{port}/"]
    first = crawl.captures()[0]
    assert (first["outcome"], first["detail"][:5]) == ("error", "tls: ")


@pytest.mark.parametrize(
    ("head", "part", "pause", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"a" * 40, b"", 9.0, 40),  # a stall
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"b", 0.1, 2),  # a trickle
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.1, None),  # heads without end
    ],
)
def test_old_tls_that_stalls_ends_in_time_with_what_came(secure, monkeypatch, head, part, pause, kept):
    stop = threading.Event()

    def answer(handler):
        handler.wfile.write(head)
        while not stop.wait(pause) and part:
            handler.wfile.write(part)

    monkeypatch.setattr(_Handler, "do_GET", answer)
    request = Request(f"https://127.0.0.1:{secure(ssl.TLSVersion.TLSv1)}/")
    call = Call(1.0)
    try:
        if kept is None:
            with pytest.raises(DownloadTimeoutError):
                call.fetch(request, "127.0.0.1", "127.0.0.1")
        else:
            response = call.fetch(request, "127.0.0.1", "127.0.0.1")
            assert response.flags == ["overdue"]
            assert len(response.body) >= kept
    finally:
        stop.set()
    assert call.is_over


def test_a_site_that_speaks_http_only_is_found_behind_an_https_address(webs, crawl):
    web = webs()
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", f"<ul>{web.report('/nb/202601/t20260101_11.html', 2025)}</ul>")
    register(crawl, web.port, "https")
    crawl(timeout=120)
    assert good_home(crawl) == [f"{web.base}/"]
    assert [row["outcome"] for row in crawl.captures(role="article")] == ["new"]


def test_the_permissive_context_takes_what_old_servers_have():
    context = permissive()
    assert context.verify_mode == ssl.CERT_NONE
    assert context.minimum_version == ssl.TLSVersion.TLSv1
