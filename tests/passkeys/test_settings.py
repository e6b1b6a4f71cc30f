"""For whom passkeys are: of the settings, and what they leave to be derived."""

import pytest

from jwt_auth_core.assemble.ceremonies import ceremonies
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.passkeys.passkey import PasskeysNotConfiguredError
from jwt_auth_core.passkeys.relying_party import RelyingParty, relying_party
from tests.auth_app.world import settings

APP = "android:apk-key-hash:" + "A" * 43


def party(**variables):
    """Return for whom passkeys are by these variables."""
    made = settings(**variables)
    return relying_party(made.passkeys, public_url=made.public_url, service_name=made.service_name)


@pytest.mark.parametrize(
    ("url", "rp_id", "origin"),
    [
        ("https://shop.example.com", "shop.example.com", "https://shop.example.com"),
        ("https://Shop.Example.com:443/app", "shop.example.com", "https://shop.example.com"),
        ("https://shop.example.com:8443", "shop.example.com", "https://shop.example.com:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://localhost:80", "localhost", "http://localhost"),
    ],
)
def test_the_public_url_says_it(url, rp_id, origin):
    """As browsers spell an origin."""
    assert party(PUBLIC_URL=url) == RelyingParty(rp_id, "jwt-auth", (origin,))


@pytest.mark.parametrize("url", ["https://192.0.2.7", "https://[2001:db8::1]:8443", "https://shop.example."])
def test_an_address_is_none(url):
    """Browsers take names alone."""
    assert party(PUBLIC_URL=url) is None
    assert party() is None


def test_what_is_set_wins():
    """The domain above, the name, the origins in their order."""
    made = party(
        PUBLIC_URL="https://shop.example.com",
        RP_ID="example.com",
        RP_NAME="Shop",
        RP_ORIGINS=f"https://www.example.com, {APP}",
    )
    assert made == RelyingParty("example.com", "Shop", ("https://www.example.com", APP))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        ("https://example.com.evil.org", "https://example.com"),
        ("https://badexample.com", "https://example.com"),
        (None, "https://example.com"),
    ],
)
def test_a_page_elsewhere_is_not_the_default(url, origin):
    """Where the public URL is of another domain, the page is the RP ID's own."""
    variables = {"RP_ID": "example.com", **({"PUBLIC_URL": url} if url else {})}
    assert party(**variables).origins == (origin,)


@pytest.mark.parametrize(
    "rp_id",
    [
        "https://example.com",
        "example.com:443",
        "Example.com",
        "192.0.2.7",
        "a..b",
        "-a.example",
        "bücher.example",
    ],
)
def test_an_rp_id_is_the_name_of_a_host(rp_id):
    """In ASCII and lower case, as browsers compare it."""
    with pytest.raises(SettingsError, match="RP_ID must be the name of a host"):
        settings(RP_ID=rp_id)


GOOD = [
    "https://app.example",
    "https://app.example:8443",
    "http://localhost",
    "http://app.localhost:8000",
    APP,
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
]
BAD = [
    "http://app.example",
    "https://app.example/",
    "https://APP.example",
    "https://*.example",
    "null",
    "app.example",
    "android:apk-key-hash:short",
    "https://app.example:0",
]


@pytest.mark.parametrize("origin", GOOD)
def test_an_origin_may_be(origin):
    """A page by TLS or on this machine, an application, an extension."""
    assert settings(RP_ID="app.example", RP_ORIGINS=origin).passkeys.rp_origins == (origin,)


@pytest.mark.parametrize("origin", BAD)
def test_an_origin_may_not_be(origin):
    """Without TLS, with a path, a pattern."""
    with pytest.raises(SettingsError, match="RP_ORIGINS each must be an origin in lower case"):
        settings(RP_ID="app.example", RP_ORIGINS=origin)


def test_origins_are_a_tuple():
    """One text would be taken for its letters."""
    made = settings()
    with pytest.raises(SettingsError, match="RP_ORIGINS must be a tuple"):
        type(made)(jwt_key=made.jwt_key, passkeys=type(made.passkeys)(rp_origins="https://app.example"))


def test_origins_alone_are_of_nobody():
    """Without the domain nothing can be verified."""
    with pytest.raises(SettingsError, match="RP_ORIGINS needs RP_ID"):
        ceremonies(settings(RP_ORIGINS=APP))


def test_the_library_is_loaded_once():
    """By whoever comes first; without a relying party never."""
    made = ceremonies(settings(RP_ID="app.example"))
    assert made() is made()
    with pytest.raises(PasskeysNotConfiguredError):
        ceremonies(settings())()
