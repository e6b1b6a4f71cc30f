"""The audit on the admin's desk, in a real browser: the timeline, the events, and all of them as a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import ADMIN, barriers, desk, said, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BARS = """async (parts) => {
  const {bars} = await import("/auth/account/static/timeline.js");
  return bars(parts, 100, 50);
}"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with an admin."""
    with desk(tmp_path_factory.mktemp("audit")) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which an admin is signed in, after somebody typed a wrong password."""
    for tab in quietly(page):
        tab.goto("/auth/account/login")
        sent(tab, "/auth/login", {"email": ADMIN, "password": "wrong", "transport": "cookies"})
        sign_in(tab)
        tab.goto("/auth/admin/audit")
        # Both questions of the page are answered: who stands in for the next ones meets no earlier one.
        expect(tab.locator("#events li")).not_to_have_count(0)
        expect(tab.locator("#sums")).not_to_be_empty()
        yield tab


def test_bars_are_as_high_as_what_they_stand_for(page: Page):
    """What failed stands on what succeeded; what is little is seen, and what is nothing is not."""
    counts = [(3, 1), (0, 0), (0, 2), (1000, 1)]
    found = page.evaluate(BARS, [{"success": good, "failure": bad} for good, bad in counts])
    assert [(one["x"], one["width"]) for one in found] == [(2.5, 20), (27.5, 20), (52.5, 20), (77.5, 20)]
    heights = [(round(one["success"]["height"], 2), round(one["failure"]["height"], 2)) for one in found]
    assert heights == [(1, 1), (0, 0), (0, 1), (49, 1)]
    for one in found:
        assert one["success"]["y"] + one["success"]["height"] == pytest.approx(50)
        assert one["failure"]["y"] + one["failure"]["height"] == pytest.approx(one["success"]["y"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_timeline_is_a_picture_with_the_same_numbers_beside_it(page: Page, scheme: str):
    """It has a name and says its sums; the table is opened by keyboard, and has them all."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    picture = page.get_by_role("img", name="How much happened")
    expect(picture).to_have_accessible_description(page.locator("#sums").inner_text())
    expect(picture.locator("rect.success")).not_to_have_count(0)
    expect(picture.locator("rect.failure")).not_to_have_count(0)
    colours = picture.locator("rect.failure").first.evaluate("one => getComputedStyle(one).fill")
    assert colours == {"light": "rgb(155, 28, 28)", "dark": "rgb(255, 168, 160)"}[scheme]
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    rows = page.locator("#numbers tr")
    assert rows.count() in range(50, 61)
    failed = sum(int(text) for text in page.locator("#numbers tr td:last-child").all_inner_texts())
    assert f"{failed} failed" in page.locator("#sums").inner_text()
    assert barriers(page) == []


def test_events_are_found_by_filters(page: Page):
    """The list and the timeline are of the same; the address keeps what was asked for."""
    page.select_option("#type", "login_failed")
    page.select_option("#outcome", "failure")
    page.fill("#since", "2026-01-01")
    page.click("#events-filter button")
    said(page, "Found:")
    names = page.locator("#events strong").all_inner_texts()
    assert set(names) == {"login_failed"}
    expect(page.locator("#sums")).to_contain_text(" 0 succeeded")
    expect(page.locator("#events li").first).to_contain_text("Chrome, Linux")
    link = page.locator("#events li").first.get_by_role("link")
    assert str(link.get_attribute("href")).startswith("user?id=")
    page.reload()
    expect(page.locator("#events strong").first).to_have_text("login_failed")
    expect(page.locator("#type")).to_have_value("login_failed")
    page.fill("#since", "2030-01-01")
    page.click("#events-filter button")
    expect(page.locator("#events-none")).to_be_visible()


def test_all_of_it_is_a_file(page: Page):
    """By the filters; as lines and as a table."""
    page.select_option("#type", "login_failed")
    with page.expect_download() as lines:
        page.click("#as-ndjson")
    found = [json.loads(line) for line in lines.value.path().read_text("utf-8").splitlines()]
    assert {one["name"] for one in found} == {"login_failed"}
    said(page, "The file is in your downloads.")
    with page.expect_download() as table:
        page.click("#as-csv")
    with table.value.path().open(encoding="utf-8", newline="") as file:
        assert [row["event_id"] for row in csv.DictReader(file)] == [one["event_id"] for one in found]
    assert table.value.suggested_filename == "audit.csv"


def test_it_fits_into_320_pixels(page: Page):
    """Without scrolling sideways, the table open as well."""
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.locator("#events li")).not_to_have_count(0)
    page.click("summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == []


def test_a_login_that_is_no_longer_fresh_is_asked_for_once(page: Page):
    """Two questions of the page at once, and one dialog; both are answered then."""
    stale = {"status": 401, "content_type": "application/problem+json"}
    body = json.dumps({"code": "insufficient_user_authentication", "max_age": 3600, "status": 401})
    waiting = {"**/admin/api/audit?**", "**/admin/api/audit/timeline?**"}
    for pattern in waiting:
        page.route(pattern, lambda route: route.fulfill(**stale, body=body), times=1)
    page.reload()
    page.fill("#proof-password", PASSWORD)
    page.click("#proof-form button[type=submit]")
    expect(page.locator("#events li")).not_to_have_count(0)
    expect(page.get_by_role("img")).to_be_visible()
    expect(page.locator("#proof")).to_be_hidden()
