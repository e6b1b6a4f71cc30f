"""Keys, clients, outbox and health on the admin's desk, in a real browser."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import quietly, sent
from tests.browser.desk import ADMIN, agree, barriers, desk, said, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("audit", "keys", "outbox", "health")
_DEAD = """
    INSERT INTO auth_outbox (id, kind, recipient, facts, created_at, due_at, attempts, error, dead_at)
    VALUES ('msg_0123456789abcdef', 'letter', 'gone@example.com', '{"type": "verify"}', 1, 1, 12, ?, 1)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the server and its database are."""
    return tmp_path_factory.mktemp("operating")


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    """Return the origin of a server with an admin."""
    with desk(folder) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which an admin is signed in."""
    for tab in quietly(page):
        sign_in(tab)
        agree(tab)
        yield tab


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_fits_into_320_pixels(page: Page, name: str, language: str):
    """By the rules of axe-core, in every language, and without scrolling sideways."""
    page.set_extra_http_headers({"Accept-Language": language})
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/auth/admin/{name}", wait_until="networkidle")
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator("nav [aria-current=page]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == []


def test_a_client_is_added_rotated_and_removed(page: Page):
    """Each secret is shown once and works; a name that is taken, or cannot be, is told beside the field."""
    page.goto("/auth/admin/keys")
    expect(page.locator("#signing")).to_contain_text("Signs new tokens")
    expect(page.locator("#clients-none")).to_be_visible()
    page.fill("#client_id", "billing")
    page.fill("#scopes", "reports:read  reports:write")
    page.keyboard.press("Enter")
    said(page, "The client is added.")
    expect(page.locator("#made h2")).to_be_focused()
    first = page.locator("#secret").inner_text()
    assert first.startswith("jcs_")
    assert barriers(page) == []
    expect(page.locator("#clients")).to_contain_text("reports:read reports:write")
    page.fill("#client_id", "billing")
    page.keyboard.press("Enter")
    said(page, "There is a client of this name.")
    page.fill("#client_id", "no name")
    page.keyboard.press("Enter")
    expect(page.locator("#client_id-error")).to_be_visible()
    page.get_by_role("button", name="Another secret: billing").click()
    expect(page.locator("#overlap_hours")).to_be_focused()
    assert barriers(page) == []
    page.fill("#overlap_hours", "1")
    page.keyboard.press("Enter")
    said(page, "The client has another secret.")
    second = page.locator("#secret").inner_text()
    assert second.startswith("jcs_")
    assert second != first
    expect(page.locator("#clients")).to_contain_text("The old secret is good until")
    page.reload()
    expect(page.locator("#clients li")).to_have_count(1)
    assert first not in page.content()
    assert second not in page.content()
    page.get_by_role("button", name="Remove: billing").click()
    said(page, "The client is removed.")
    expect(page.locator("#clients-none")).to_be_visible()


def test_a_secret_is_not_rotated_by_who_leaves_it(page: Page):
    """The form goes, and with it what was typed stays unsaid."""
    page.goto("/auth/admin/keys")
    page.fill("#client_id", "mailer")
    page.keyboard.press("Enter")
    said(page, "The client is added.")
    page.get_by_role("button", name="Another secret: mailer").click()
    page.click("#rotate-cancel")
    expect(page.locator("#rotate")).to_be_hidden()
    expect(page.locator("h1")).to_be_focused()


def test_a_key_of_a_user_is_revoked(page: Page):
    """It stands beside its owner's address."""
    page.goto("/auth/account/login")
    status, _ = sent(page, "/auth/api-keys", {"name": "<b>nightly</b>"})
    assert status == 201
    page.goto("/auth/admin/keys")
    expect(page.locator("#owned strong")).to_have_text("<b>nightly</b>")
    expect(page.locator("#owned")).to_contain_text(ADMIN)
    page.get_by_role("button", name="Revoke: <b>nightly</b>").click()
    said(page, "The key is revoked.")
    expect(page.locator("#owned-none")).to_be_visible()


def test_what_is_dead_is_tried_again(page: Page, folder: Path):
    """It says to whom it is, and why it was given up; afterwards it waits, or is gone already."""
    database = sqlite3.connect(folder / "desk.sqlite", timeout=10)
    with database:
        database.execute(_DEAD, ("550 no such mailbox <script>",))
    database.close()
    page.goto("/auth/admin/outbox")
    page.select_option("#state", "dead")
    page.click("#messages-filter button")
    said(page, "Found: 1")
    expect(page.locator("#messages li")).to_contain_text("550 no such mailbox <script>")
    expect(page.locator("#counts")).to_contain_text("tried no more: 1")
    assert barriers(page) == []
    page.get_by_role("button", name="Try again: letter: verify").click()
    said(page, "It is tried now.")
    expect(page.locator("#messages-none")).to_be_visible()


def test_the_health_is_told_part_by_part(page: Page):
    """And looked at again."""
    page.goto("/auth/admin/health")
    expect(page.locator("#status")).not_to_be_empty()
    expect(page.locator("#checks")).to_contain_text("database")
    page.click("#again")
    said(page, "Looked again.")
