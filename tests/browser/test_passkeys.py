"""Passkeys in a real browser, with its virtual authenticators, by the script of docs/passkeys.md."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PASSWORD, sent
from tests.examples.serving import served
from tests.house.sources import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

(SCRIPT,) = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "passkeys.md").read_text("utf-8"), re.DOTALL)
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
KEY = {**TELEPHONE, "transport": "usb"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the running example; browsers want a name, and settings its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    env, options = {"RP_ID": "localhost", "RP_ORIGINS": origin}, ("--port", str(port))
    directory = tmp_path_factory.mktemp("passkeys")
    with served("examples.fastapi_app:app", directory=directory, env=env, options=options):
        yield origin


@pytest.fixture
def plug(page: Page, context: BrowserContext) -> Callable[[dict[str, object]], Callable[..., None]]:
    """Return what plugs an authenticator in, and returns what pulls it out or tells it of its user."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")

    def plugged(kind: dict[str, object]) -> Callable[..., None]:
        made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})["authenticatorId"]

        def tell(command: str, **more: object) -> None:
            devtools.send(f"WebAuthn.{command}", {"authenticatorId": made, **more})

        return tell

    return plugged


@pytest.fixture
def ada(page: Page) -> dict[str, object]:
    """Return the answer to the login of a new user, on a page that has the script."""
    page.goto("/auth/openapi.json")
    page.evaluate(f"() => {{ {SCRIPT}; Object.assign(window, {{add, signIn}}); }}")
    email = f"{abs(hash(page))}@example.com"
    sent(page, "/auth/register", {"email": email, "password": PASSWORD, "first_name": "A", "last_name": "L"})
    status, answer = sent(page, "/auth/login", {"email": email, "password": PASSWORD})
    assert status == 200
    return answer


def tried(page: Page, call: str, *arguments: object) -> object:
    """Return what a call of the script gives, or the name and message of its error."""
    script = f"(all) => {call}(...all).catch(error => `${{error.name}} ${{error.message}}`)"
    return page.evaluate(script, list(arguments))


def test_a_passkey_is_made_and_signs_in(page: Page, ada: dict[str, object], plug: Callable):
    """Without a name; the session is that of the user."""
    plug(TELEPHONE)
    made = tried(page, "add", ada["access_token"], "telephone")
    assert (made["name"], made["synced"], made["transports"]) == ("telephone", False, ["internal"])
    again = tried(page, "signIn")
    assert (again["status"], again["user_id"]) == ("logged in", ada["user_id"])
    assert sent(page, "/auth/refresh")[0] == 200


def test_a_device_makes_no_second_one(page: Page, ada: dict[str, object], plug: Callable):
    """The browser itself refuses."""
    plug(TELEPHONE)
    assert tried(page, "add", ada["access_token"], "one")["name"] == "one"
    assert str(tried(page, "add", ada["access_token"], "two")).startswith("InvalidStateError")


def test_of_two_devices_each_signs_in(page: Page, ada: dict[str, object], plug: Callable):
    """One after the other was taken away, and in its place."""
    session = ada
    for kind, name in ((TELEPHONE, "telephone"), (KEY, "key")):
        tell = plug(kind)
        assert tried(page, "add", session["access_token"], name)["name"] == name
        session = tried(page, "signIn")
        assert session["user_id"] == ada["user_id"]
        tell("removeVirtualAuthenticator")
    script = """async (token) => {
      const answer = await fetch("/auth/passkeys", {headers: {Authorization: `Bearer ${token}`}});
      return (await answer.json()).passkeys.map(one => [one.name, one.last_used_at !== null]);
    }"""
    assert sorted(page.evaluate(script, session["access_token"])) == [["key", True], ["telephone", True]]


def test_a_user_who_is_not_verified_does_not_sign_in(page: Page, ada: dict[str, object], plug: Callable):
    """The browser is asked to verify, and says that it could not."""
    tell = plug(TELEPHONE)
    tried(page, "add", ada["access_token"], "telephone")
    tell("setUserVerified", isUserVerified=False)
    assert str(tried(page, "signIn")).startswith("NotAllowedError")


def test_a_passkey_is_offered_out_of_the_field_of_the_name(
    page: Page, ada: dict[str, object], plug: Callable
):
    """Conditional mediation: the page asks as soon as it is there, and nobody clicks anything."""
    plug(TELEPHONE)
    tried(page, "add", ada["access_token"], "telephone")
    page.evaluate(
        "() => { document.body.innerHTML = '<input autocomplete=\"username webauthn\" autofocus>'; }"
    )
    assert page.evaluate("() => PublicKeyCredential.isConditionalMediationAvailable()") is True
    page.evaluate("() => { window.waiting = signIn('conditional'); waiting.catch(() => 0); }")
    answer = page.evaluate("Promise.race([waiting, new Promise(end => setTimeout(end, 10_000, null))])")
    assert (answer["status"], answer["user_id"]) == ("logged in", ada["user_id"])
