"""What pages of the account are like on paper, to a screen reader, and with an odd provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import quietly
from tests.browser.desk import desk, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server that has a provider, too."""
    provider = {"OIDC_PROVIDERS": "google", "OIDC_GOOGLE_CLIENT_ID": "nobody-asks-for-it-here"}
    with desk(tmp_path_factory.mktemp("looks"), **provider) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which somebody is signed in, and nothing but refusals is said to the console."""
    sign_in(page)
    yield from quietly(page)


def test_who_speaks_no_protocol_may_have_any_issuer(page: Page):
    """A provider of an application's own need not be known by a URL."""
    one = {"id": "id_1", "issuer": "intranet", "subject": "7", "email": None, "name": None}
    one |= {"linked_at": "2026-11-29T12:00:00Z", "last_used_at": None}
    page.route("**/auth/identities", lambda route: route.fulfill(json={"identities": [one], "providers": []}))
    page.goto("/auth/account/identities")
    expect(page.locator("#identities li")).to_contain_text("intranet")


def test_paper_is_white(page: Page):
    """What is printed by who likes screens dark is black on it: recovery codes are to be read."""
    page.goto("/auth/account/factors")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_live_region_is_there_before_it_speaks(page: Page):
    """Screen readers listen to what they know already; without a text it takes no place."""
    page.goto("/auth/account/profile")
    for region in ("#said", "#proof [role=status]"):
        assert page.eval_on_selector(region, "(one) => one.hidden") is False
    assert page.eval_on_selector("#said", "(one) => one.getBoundingClientRect().height") == 0
