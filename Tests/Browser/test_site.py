"""A published site in a real browser, opened from the disk and from a server."""

import functools
import http.server
import re
import shutil
import threading
import xml.etree.ElementTree as ElementTree

import html5lib
import pytest

from conftest import ROOT, quantbook, violations

ADDRESS = "https://example.org/reports/"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The repository's notebooks from their committed results, and one with a mistake in it."""
    folder = tmp_path_factory.mktemp("site")
    notebooks = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks)
    (notebooks / "minimal.md").unlink()
    (notebooks / "broken.md").write_text("---\ntitle: Broken\n---\n\n{{ nothing }}\n")
    result = quantbook("publish", notebooks, "-o", folder / "site", "--url", ADDRESS, "--frozen",
                       "--results", ROOT / "output", "--title", "Reports on quantization", cwd=folder,
                       check=False)
    assert result.returncode == 2, result.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def server(site):
    """The site at an address of this machine."""
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def titles(browser):
    return browser.run("return [...document.querySelectorAll('.report:not([hidden]) h2')]"
                       ".map(h => h.textContent)")


def search(browser, text):
    field = browser.driver.find_element("id", "find")
    field.clear()
    field.send_keys(text or "x\b")
    return titles(browser)


def test_files_are_valid(site):
    for page in site.rglob("*.html"):
        html5lib.HTMLParser(strict=True).parse(page.read_text())
    for name in ["feed.xml", "sitemap.xml"]:
        ElementTree.parse(site / name)
    assert (site / ".nojekyll").exists()


def test_links_lead_to_what_is_there(site):
    for page in site.rglob("*.html"):
        text = page.read_text()
        for target in re.findall(r'(?:href|src)="([^"#:]+)(?:#([^"]*))?"', text):
            other = (page.parent / target[0]).resolve()
            assert other.is_file(), f"{page.name}: {target}"
            if target[1]:
                assert f'id="{target[1]}"' in other.read_text(), f"{page.name}: {target}"


def test_feed_and_map_name_every_page(site):
    pages = {ADDRESS + page.name for page in site.glob("*.html") if page.name != "index.html"}
    feed = ElementTree.parse(site / "feed.xml")
    assert {item.findtext("link") for item in feed.iter("item")} == pages
    assert all(item.findtext("pubDate") for item in feed.iter("item"))
    names = {"": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {url.text for url in ElementTree.parse(site / "sitemap.xml").iterfind(".//loc", names)}
    assert found == pages | {ADDRESS}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_index_is_accessible(browser, axe, site, scheme, width):
    browser.size(width)
    browser.scheme(scheme)
    browser.open(site / "index.html")
    assert violations(browser, axe) == []
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_page_has_its_style_from_disk_and_from_a_server(browser, site, server):
    browser.size(1440)
    browser.scheme("light")
    for address in [(site / "quantization-report.html").as_uri(), server + "quantization-report.html"]:
        browser.visit(address)
        assert browser.run("return getComputedStyle(document.querySelector('nav.contents')).position"
                           ) == "sticky"
        assert [request.rsplit("/", 1)[-1].split("-")[0] for request in browser.requests()
                if not request.endswith("favicon.ico")] == ["quantbook"]
        assert [line for line in browser.complaints() if "favicon" not in line] == []


def test_index_shows_charts_and_what_failed(browser, site, server):
    browser.size(1440)
    for address in [(site / "index.html").as_uri(), server]:
        browser.visit(address)
        pictures = browser.run("""
            return [...document.querySelectorAll('.thumbnail')].map(image => {
                image.loading = 'eager';
                return image.decode().then(() => image.naturalWidth);
            }).length""")
        assert pictures >= 3
        widths = browser.driver.execute_async_script("""
            const done = arguments[0];
            Promise.all([...document.querySelectorAll('.thumbnail')].map(image =>
                image.decode().then(() => image.naturalWidth, String))).then(done)""")
        assert all(isinstance(width, int) and width > 100 for width in widths), widths
        failed = browser.driver.find_element("css selector", ".failure")
        assert "Failed" in failed.text and "broken.md:5:" in failed.text


def test_search_finds_titles_and_headings(browser, site):
    browser.size(1440)
    browser.open(site / "index.html")
    every = titles(browser)
    assert len(every) >= 4
    assert search(browser, "block large") == [t for t in every if t.startswith("How large may a block")]
    found = search(browser, "introduction")
    assert 0 < len(found) < len(every)
    shown = browser.run("return [...document.querySelectorAll('.report:not([hidden]) .sections[open] li"
                        ":not([hidden])')].map(line => line.innerText)")
    assert shown and all("introduction" in line.lower() for line in shown)
    assert search(browser, "no such words") == []
    assert browser.driver.find_element("id", "found").text == "No report has these words."
    assert search(browser, "") == every


def test_index_without_scripts_lists_everything(browser_without_scripts, site):
    browser = browser_without_scripts
    browser.open(site / "index.html")
    assert len(titles(browser)) >= 4
    assert not browser.driver.find_element("id", "find").is_displayed()
    browser.driver.find_element("css selector", ".sections summary").click()
    link = browser.driver.find_element("css selector", ".sections a")
    assert link.is_displayed()
    link.click()
    assert "#" in browser.driver.current_url
