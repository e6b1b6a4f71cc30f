"""The site of the documentation: it builds without a warning, needs no other host, and has what it should."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from tests.house.sources import PACKAGES, ROOT
from tests.servers import header

pytestmark = pytest.mark.slow

SITE = ROOT / "docs" / "site"
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed|object)\b[^>]*?\s(?:src|srcset|data)="([^"]*)"|"""
    r"""<link\b[^>]*?\shref="([^"]*)"|"""
    r"""url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)"""
)
ELSEWHERE = re.compile(r"(?:[a-z][a-z+.-]*:)?//|(?:https?|ftp|wss?):", re.IGNORECASE)


def foreign(text: str) -> list[str]:
    """Return what a page or stylesheet loads from another host."""
    found = (next(filter(None, match), "") for match in LOADED.findall(text))
    return [place for place in found if ELSEWHERE.match(place.strip())]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, str(SITE / "build.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_every_paper_is_a_page(site):
    """Each page of docs/ and each paper beside the README can be read there."""
    papers = {path.stem for path in [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")]}
    assert papers <= {path.stem for path in site.glob("*.html")}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_in_the_reference(site, package):
    """Each name of an export list has a heading, and something beneath it."""
    page = (site / "reference" / f"{package}.html").read_text("utf-8")
    parts = re.split(r"<h2>([A-Za-z_]+)<a", page)
    described = {name for name, text in zip(parts[1::2], parts[2::2], strict=True) if "<dd>" in text}
    assert described == set(import_module(package).__all__)


def test_nothing_comes_from_another_host(site):
    """No page, stylesheet or drawing loads anything from elsewhere; links to read on may lead there."""
    texts = [path for path in site.rglob("*") if path.suffix in {".html", ".css", ".svg"}]
    found = {path.name: foreign(path.read_text("utf-8")) for path in texts}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://cdn.example.com/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/css">',
        "@import 'https://fonts.example.com/css';",
        "a { background: url(http://example.com/x.png) }",
    ],
)
def test_the_scan_finds_what_comes_from_elsewhere(text):
    """Each way to load something is seen."""
    assert len(foreign(text)) == 1


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path):
    """A page or a heading that is not there is an error."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text("# One\n\n[a](nowhere.md) [b](#no-heading)\n")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", str(SITE)]
    words = [*command, str(pages), str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr.count("myst.xref_missing") == 2


def test_the_search_works_from_files(site):
    """A browser that opens the files finds a word, with no server and without leaving the folder."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if header.browser() is None:
        pytest.skip("no Chromium or Chrome found")
    said, asked = [], []
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=header.browser(), args=flags)
        page = browser.new_page(color_scheme="dark")
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "search.html").as_uri() + "?q=jwt_auth_core")
        page.wait_for_selector("#search-results li a", timeout=20_000)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        browser.close()
    assert said == []
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:"))] == []
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64  # dark, where the system is
