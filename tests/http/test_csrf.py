"""The cross-site rule, as a table of what browsers, scripts and attackers send."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.csrf import CsrfRule, Provenance, origin
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

OWN = "https://app.example"
PARTNER = "https://partner.example"
RULE = CsrfRule(frozenset({PARTNER}))
STRICT = CsrfRule(frozenset({PARTNER}), strict=True)

# Sec-Fetch-Site, Origin, allowed by default, allowed when strict
MATRIX = [
    (["same-origin"], [OWN], True, True),
    (["same-origin"], [], True, True),
    (["same-origin"], ["null"], True, True),  # a form of our own page under Referrer-Policy: no-referrer
    (["same-site"], ["https://www.app.example"], False, False),
    (["same-site"], [PARTNER], True, True),
    (["same-site"], [], False, False),
    (["same-site"], [OWN], False, False),
    (["cross-site"], ["https://evil.example"], False, False),
    (["cross-site"], [PARTNER], True, True),
    (["cross-site"], ["null"], False, False),
    (["cross-site"], [], False, False),
    (["cross-site"], [OWN], False, False),
    (["none"], [], True, False),
    (["none"], [OWN], True, True),
    (["none"], ["https://evil.example"], False, False),
    (["Same-Origin"], [OWN], False, False),
    (["later-invention"], [OWN], False, False),
    ([""], [OWN], False, False),
    (["same-origin", "cross-site"], [OWN], False, False),
    (["same-origin"], [OWN, OWN], False, False),
    ([], [], True, False),
    ([], [OWN], True, True),
    ([], [PARTNER], True, True),
    ([], ["null"], False, False),
    ([], [""], False, False),
    ([], ["https://evil.example"], False, False),
    ([], ["https://sibling.app.example"], False, False),
    ([], ["http://app.example"], False, False),
    ([], ["https://app.example:8443"], False, False),
    ([], ["https://app.example.attacker.example"], False, False),
    ([], ["https://app.example@attacker.example"], False, False),
    ([], ["https://app.example/"], False, False),
    ([], ["https://APP.example"], False, False),
    ([], [f"{OWN} {PARTNER}"], False, False),
    ([], [OWN, "https://evil.example"], False, False),
]


@pytest.mark.parametrize(("fetch_site", "origins", "by_default", "when_strict"), MATRIX)
def test_the_page_decides(fetch_site, origins, by_default, when_strict):
    """Only this origin, a configured one, or no browser at all may act with the cookie."""  # CK-04
    sender = Provenance(tuple(fetch_site), tuple(origins), OWN)
    assert RULE.allows(sender) is by_default
    assert STRICT.allows(sender) is when_strict


def test_null_is_never_an_origin_of_ours():
    """A rule that names "null" by mistake still refuses sandboxed pages."""  # CK-04
    sender = Provenance((), ("null",), "null")
    assert not CsrfRule(frozenset({"null"})).allows(sender)


@pytest.mark.parametrize(
    ("scheme", "host", "expected"),
    [
        ("https", "app.example", "https://app.example"),
        ("https", "App.Example:443", "https://app.example"),
        ("https", "app.example:80", "https://app.example:80"),
        ("http", "app.example:80", "http://app.example"),
        ("http", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http", "[::1]:8000", "http://[::1]:8000"),
        ("ws", "app.example:80", "ws://app.example:80"),
        ("http", "", "http://"),
    ],
)
def test_an_origin_is_written_as_browsers_do(scheme, host, expected):
    """Lower case, and the scheme's own port left out."""
    assert origin(scheme=scheme, host=host) == expected


def test_the_rule_comes_from_the_settings():
    """Configured origins match whatever their case and however the default port is written."""
    key = Secret("zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0")
    settings = Settings(jwt_key=key, allowed_origins=("https://Partner.example:443",), csrf="strict")
    assert CsrfRule.from_settings(settings) == STRICT


@pytest.mark.parametrize(
    ("configured", "sent"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://shop.Bücher.example:8443", "https://shop.xn--bcher-kva.example:8443"),
        ("https://straße.example:443", "https://xn--strae-oqa.example"),
        ("https://ΣΑΣ.example", "https://xn--mxa9ab.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("tauri://localhost", "tauri://localhost"),
        ("chrome-extension://aaaabbbbccccdddd", "chrome-extension://aaaabbbbccccdddd"),
    ],
)
def test_an_origin_is_configured_as_people_write_it(configured, sent):
    """A host in its own letters is what browsers send as xn--; packaged applications have schemes."""
    # CK-04
    settings = Settings.from_env(
        {"JWT_KEY": "w" + "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsG", "ALLOWED_ORIGINS": configured}
    )
    rule = CsrfRule.from_settings(settings)
    assert rule.allows(Provenance(("cross-site",), (sent,), OWN))
    assert not rule.allows(Provenance(("cross-site",), (sent + "x",), OWN))


def test_an_origin_that_cannot_be_is_refused_at_start_up():
    """A host that no browser would send is a slip of the pen."""
    settings = Settings(
        jwt_key=Secret("zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0"), allowed_origins=("https://\u2603.a",)
    )
    with pytest.raises(SettingsError, match="ALLOWED_ORIGINS has one whose host"):
        CsrfRule.from_settings(settings)
