"""The desk of a service on PostgreSQL and a Redis-protocol server: a journey through what is kept there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import ADMIN, agree, desk, said, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

USER = "eve@example.com"


@pytest.fixture
def origin(tmp_path: Path, postgres_url: str, redis_url: str) -> Iterator[str]:
    """Return the origin of a server with an admin and a role."""
    stores = {"DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    with desk(tmp_path, roles={"editor": "posts:write"}, **stores) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    agree(page)
    yield from quietly(page)


def test_a_user_is_found_changed_acted_for_and_deleted(page: Page):
    """And the admin is the admin again in the end."""
    sign_in(page)
    sent(page, "/auth/register", {"email": USER, "password": PASSWORD, "first_name": "E", "last_name": "A"})
    page.goto(f"/auth/admin/users?prefix={USER}")
    page.click("#users a")
    page.click("#grant-form button")
    said(page, "The role is granted.")
    page.click("#impersonate")
    expect(page.locator("#acting-text")).to_be_visible()
    page.wait_for_url("**/account/profile")
    expect(page.locator("#acting-text")).to_contain_text(f"{ADMIN} acts as {USER}")
    page.click("#acting-end")
    page.wait_for_url("**/admin/users")
    page.select_option("#role", "editor")
    page.click("#users-filter button")
    said(page, "Found: 1")
    page.click("#users a")
    page.click("#delete")
    said(page, "The user will be erased.")
    page.click("#keep")
    said(page, "The user stays.")
    page.goto("/auth/admin/sessions?email=boss@example.com")
    expect(page.locator("#sessions li")).to_have_count(1)
