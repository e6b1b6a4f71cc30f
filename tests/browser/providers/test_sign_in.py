"""Signing in with a provider on another site, in a real browser: links, Lax cookies, a posted answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, sent
from tests.browser.providers.conftest import served
from tests.examples.serving import ROOT
from tests.identities.issuer import Issuer, variables_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server whose users sign in there, by one name that posts its answer, too."""
    variables = {**variables_of(issuer, "apple"), "OIDC_PROVIDERS": "acme,apple"}
    with served(issuer, tmp_path_factory.mktemp("providers"), variables) as origin:
        yield origin


@pytest.fixture(autouse=True)
def person(issuer: Issuer, page: Page) -> dict[str, object]:
    """Return who somebody is at the provider: another one in each test."""
    name = str(abs(hash(page)))
    issuer.person |= {"sub": name, "email": f"{name}@example.com", "email_verified": True}
    return issuer.person


@pytest.mark.parametrize("name", ["Acme", "Apple"])
def test_somebody_signs_in(page: Page, name: str):
    """By a link; the answer comes by the address, or is posted and then sent again from here."""
    page.goto("/auth/account/login")
    page.get_by_role("link", name=f"Continue with {name}").click()
    page.wait_for_url("**/auth/account/profile")
    expect(page.locator("#first_name")).to_have_value("Ada")
    _, answer = sent(page, "/auth/refresh", {"transport": "cookies"})
    assert "access_token" in answer


def test_somebody_comes_back_where_they_wanted_to_go(page: Page):
    """A path of this site."""
    page.goto("/auth/account/login?next=/auth/account/devices")
    page.get_by_role("link", name="Continue with Acme").click()
    page.wait_for_url("**/auth/account/devices")


def test_what_goes_wrong_is_told_in_words(page: Page, person: dict[str, object]):
    """On the page where one signs in."""
    person["email_verified"] = False
    page.goto("/auth/account/login")
    page.get_by_role("link", name="Continue with Acme").click()
    expect(page.locator("#said")).to_contain_text("not verified there")


def test_each_reason_has_words(page: Page):
    """Whatever a browser comes back with, by the table of the documentation."""
    table = (ROOT / "docs" / "sign-in-with.md").read_text("utf-8").partition("## What goes wrong")[2]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    codes = re.findall(r"`([a-z_]+)`", " ".join(rows))
    assert "cross_site" in codes
    for code in codes:
        page.goto(f"/auth/account/signin?error={code}")
        expect(page.locator("#said")).not_to_have_text("")
        text = page.locator("#said").text_content() or ""
        assert "That did not work" not in text, code
        assert "  " not in text, code


def test_a_second_factor_is_shown_where_one_signs_in(page: Page):
    """The challenge is taken out of the address."""
    pyotp = pytest.importorskip("pyotp")
    page.goto("/auth/account/login")
    page.get_by_role("link", name="Continue with Acme").click()
    page.wait_for_url("**/auth/account/profile")
    _, made = sent(page, "/auth/factors/totp", {})
    _, confirmed = sent(page, "/auth/factors/totp/confirm", {"code": pyotp.TOTP(made["secret"]).now()})
    code = confirmed["recovery_codes"][0]
    page.goto("/auth/account/login?next=/auth/account/devices")
    page.get_by_role("link", name="Continue with Acme").click()
    expect(page.locator("#second")).to_be_visible()
    assert "challenge" not in page.url
    page.locator("#use-recovery").click()
    page.locator("#recovery_code").fill(code)
    page.locator("#recovery-form button[type=submit]").click()
    page.wait_for_url("**/auth/account/devices")


def test_a_provider_is_added_and_taken_off(page: Page):
    """By who is signed in with a password; the page says which there are."""
    page.goto("/auth/account/login")
    email = f"{abs(hash(page))}@elsewhere.example"
    sent(page, "/auth/register", {"email": email, "password": PASSWORD, "first_name": "A", "last_name": "L"})
    sent(page, "/auth/login", {"email": email, "password": PASSWORD, "transport": "cookies"})
    page.goto("/auth/account/identities")
    expect(page.locator("#identities-none")).to_be_visible()
    page.get_by_role("button", name="Add Acme").click()
    row = page.locator("#identities li")
    expect(row).to_contain_text("127.0.0.1")
    assert page.url.endswith("/auth/account/identities")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("#identities-none")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("removed")
