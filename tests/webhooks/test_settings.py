"""What can be configured of webhooks, and what is said of what cannot."""

from __future__ import annotations

from base64 import b64encode

import pytest

from jwt_auth_core.variables.record import problems_of
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.settings import WebhookSettings

SECRET = Secret("whsec_" + b64encode(bytes(range(7, 71, 2))).decode())


def problems(url=None, *, secrets=(SECRET,), allow_private=False):
    """Return what is said of settings."""
    made = WebhookSettings(
        url=None if url is None else Secret(url), secrets=secrets, allow_private=allow_private
    )
    return problems_of(made) or list(made.conflicts())


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:8443/hooks/auth?token=t",
        "HTTPS://EXAMPLE.com/",
        "https://[2606:4700::1]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_https_url_is_fine(url):
    """With a path, a query, a port."""
    assert problems(url) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "https://",
        "ftp://example.com",
        "http://example.com",
        "http://10.0.0.1/",
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://example.com/#part",
        "https://example.com/#",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:x/",
        "https://[::1/",
        "https://exa mple.com",
        "https://example.com/\n",
        "https://bücher.example/",
        "https://example.com\\@evil.example/",
    ],
)
def test_another_url_is_refused(url):
    """In one sentence that does not repeat it."""
    (sentence,) = problems(url, allow_private=True)
    assert sentence.startswith("WEBHOOK_URL must be an https URL")
    assert "secret" not in sentence


@pytest.mark.parametrize("host", ["localhost:8001", "127.0.0.1", "[::1]:8001"])
def test_http_is_for_this_machine_and_on_demand(host):
    """What is not encrypted leaves it never, and stays only where that was said."""
    assert problems(f"http://{host}/hook", allow_private=True) == []
    (sentence,) = problems(f"http://{host}/hook")
    assert sentence.startswith("WEBHOOK_URL must be https")


def test_nothing_is_posted_without_a_signature():
    """A URL asks for a secret; without a URL nothing is posted, whatever else is set."""
    assert problems("https://example.com", secrets=()) == ["WEBHOOK_SECRET is required with WEBHOOK_URL"]
    assert problems() == problems(secrets=()) == []


@pytest.mark.parametrize("secrets", ["whsec_", ["whsec_"], (SECRET, "whsec_"), None, 1])
def test_secrets_are_a_tuple_of_secrets(secrets):
    """Whatever else is given is named, and never shown."""
    (sentence,) = problems("https://example.com", secrets=secrets)
    assert sentence.startswith("WEBHOOK_SECRET must be a tuple")


def test_secrets_are_not_without_number():
    """Each makes the header longer."""
    (sentence,) = problems("https://example.com", secrets=(SECRET,) * 11)
    assert sentence == "WEBHOOK_SECRET must be at most 10 secrets"


def test_a_url_is_a_secret():
    """Its path may be all that the other side asks for."""
    settings = WebhookSettings(url="https://example.com")
    assert problems_of(settings)[0].startswith("WEBHOOK_URL must be a Secret")
    assert "example" not in repr(WebhookSettings(url=Secret("https://example.com/path"), secrets=(SECRET,)))
