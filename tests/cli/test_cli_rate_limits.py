"""`jwt-auth rate-limits show | reset`."""

from __future__ import annotations

import pytest

from jwt_auth_asgi import cli
from jwt_auth_asgi.http.client_key import PROXY_FACTOR
from jwt_auth_core import Auth, Settings
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.mail.ask_letter import mail_key
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.flows.sessions.login_limits import device_codes_key, device_key
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.rate_limits.sql import SqlLimits
from jwt_auth_core.vocabulary import Client, Email
from tests.revocations.parts import until

pytestmark = pytest.mark.limited

DAILY = {
    "LIMIT_LOGIN": "30/day",
    "LIMIT_LOGIN_FAILURES": "10/day",
    "LIMIT_REGISTER": "20/day",
    "LIMIT_REFRESH": "150/day",
}
OFF = {"LIMIT_TOKEN": "off", "LIMIT_MAIL_ADDRESS": "off"}  # what limits nothing is not shown
UNTOUCHED = [f"{count} in 86400 seconds: {count} left" for count in (30, 10, 20, 150)]


@pytest.fixture
def auth(place, monkeypatch):  # noqa: ARG001 - its directory is where the stores are made
    """Return an `Auth` of another process than the commands', which limits."""
    for name, text in {"LIMITS": "on", **DAILY, **OFF}.items():
        monkeypatch.setenv(name, text)
    made = Auth.from_settings(Settings.from_env())
    yield made
    made.close()


@pytest.fixture
def says(capsys):
    """Return what runs a command and returns the lines that it printed."""

    def run(*words: str) -> list[str]:
        assert cli.main(("rate-limits", *words)) == 0
        return capsys.readouterr().out.splitlines()

    return run


def used_up(auth, key, factor=1):
    """Guess until it is too often."""
    rules = dict.fromkeys(("login", "login_failures"), key)
    for _ in range(10 * factor):
        auth.rate_limits.check_all(rules, times=factor)
    with pytest.raises(RateLimitedError):
        auth.rate_limits.check_all(rules, times=factor)


def may_guess(auth, key):
    """Tell whether one more guess goes, without making it."""
    rules = dict.fromkeys(("login", "login_failures"), key)
    try:
        auth.rate_limits.give_back(auth.rate_limits.check_all(rules))
    except RateLimitedError:
        return False
    return True


def test_what_is_left_is_shown(auth, says):
    """One line a rule, with the time until all is there again."""
    used_up(auth, "192.0.2.1")
    lines = says("show", "192.0.2.1")
    assert [line.split()[0] for line in lines] == ["login", "login_failures", "register", "refresh"]
    assert "30 in 86400 seconds: 20 left, all of them in 2" in lines[0]
    assert "10 in 86400 seconds: 0 left, all of them in 86" in lines[1]
    assert lines[2].endswith("20 in 86400 seconds: 20 left")
    assert all(line.endswith(end) for line, end in zip(says("show", "192.0.2.2"), UNTOUCHED, strict=True))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:3:4:5:6"),
        ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_is_reset(auth, says, key, text):
    """In whatever form it is written; other processes hear of it within a second or so."""
    used_up(auth, key)
    assert says("reset", text) == [f"forgot what was counted of {key}"]
    assert all(line.endswith(end) for line, end in zip(says("show", text), UNTOUCHED, strict=True))
    until(lambda: may_guess(auth, key))
    used_up(auth, key)


def test_a_crowd_is_shown_and_reset(auth, says):
    """A proxy that nobody configured has its own counts, beside those of its address."""
    used_up(auth, "10.0.0.1", PROXY_FACTOR)
    assert [line for line in says("show", "10.0.0.1") if "200 in 86400 seconds: 0 left" in line]
    says("reset", "10.0.0.1")
    assert len(says("show", "10.0.0.1")) == 4


def test_an_account_is_shown_and_reset(auth, says):
    """Under whatever spelling of its address, and whether anybody has it."""
    for _ in range(5):
        auth.rate_limits.check("account_failures", "ada@example.com")
    auth.rate_limits.check("mail", mail_key("reset", Email("ada@example.com")))
    nobody, line, hourly, daily = says("show", " ADA@example.com")
    assert nobody == "nobody has the address ada@example.com; this is counted of it all the same"
    assert line.startswith("account_failures  5 in 300 seconds: 0 left, the next in ")
    assert hourly.startswith("mail              3 in 3600 seconds: 2 left, all of them in ")
    assert daily.startswith("mail              10 in 86400 seconds: 9 left, all of them in ")
    assert {line.endswith(" (reset)") for line in (hourly, daily)} == {True}
    forgot = "forgot what was counted of ada@example.com, an address that nobody has"
    assert says("reset", "Ada@EXAMPLE.com") == [forgot]
    assert [line.partition(": ")[2] for line in says("show", "ada@example.com")[1:]] == ["5 left"]


FIELDS = {
    "email": "ada@example.com",
    "password": "correct tidal lantern",
    "first_name": "A",
    "last_name": "L",
}


@pytest.fixture
def ada(auth):
    """Return a user with a known device."""
    user = auth.register(auth.register.parse(FIELDS), Client())
    auth.login(LoginAttempt.parse({name: FIELDS[name] for name in ("email", "password")}), Client())
    return user


def test_wrong_codes_of_a_user_are_shown_and_reset(auth, says, ada):
    """Those of the account, and what strangers typed for its address."""
    for key in (ada.user_id, "ada@example.com", "ada@example.com"):
        auth.rate_limits.check("codes", key)
    of_letters, of_user = (line for line in says("show", "ada@example.com") if line.startswith("codes"))
    assert ": 3 left, " in of_letters
    assert of_letters.endswith(" (by letter)")
    assert ": 4 left, " in of_user
    assert says("reset", "ada@example.com") == ["forgot what was counted of ada@example.com"]
    assert [line for line in says("show", "ada@example.com") if line.startswith("codes")] == [
        "codes             5 in 300 seconds: 5 left"
    ]


def test_what_a_known_device_has_left_is_shown_and_reset(auth, says, ada):
    """Of wrong passwords and of wrong codes there, once there is something."""
    assert not any("known device" in line for line in says("show", "ada@example.com"))
    (digest,) = auth.login.limits.devices.of_user(ada.user_id)
    auth.rate_limits.check("device_failures", device_key(digest, ada.email))
    auth.rate_limits.check("codes", device_codes_key(digest, ada.user_id))
    at_device = [line for line in says("show", "ada@example.com") if line.endswith("(at known device 1)")]
    assert [line.split()[0] for line in at_device] == ["device_failures", "codes"]
    assert all(": 4 left, all of them in " in line for line in at_device)
    says("reset", "ada@example.com")
    assert not any("known device" in line for line in says("show", "ada@example.com"))


@pytest.mark.parametrize("command", ["show", "reset"])
def test_what_names_nobody_is_told(auth, capsys, command):
    """A slip of the pen is no account with everything left."""
    assert auth.rate_limits.is_on
    assert cli.main(["rate-limits", command, "bogus"]) == 1
    assert "neither an address of a client nor an e-mail address" in capsys.readouterr().err


def test_a_password_that_stopped_is_told_and_reopened(auth, says):
    """How many in a row were wrong, and that the password works from known devices alone."""
    user = auth.register(auth.register.parse(FIELDS), Client())
    failures = auth.login.limits.failures
    failures.count(user.user_id, most=100)
    told = "wrong passwords in a row from elsewhere than known devices"
    assert says("show", "ada@example.com")[-1] == f"1 {told}"
    for _ in range(99):
        failures.count(user.user_id, most=100)
    stop = f"100 {told}: the password works from known devices alone"
    assert says("show", "ADA@example.com")[-1] == stop
    says("reset", "ada@example.com")
    assert told not in "".join(says("show", "ada@example.com"))


def test_a_store_that_is_down_is_told(auth, monkeypatch, capsys):
    """What this process alone would count is nobody's answer."""

    def down(*_, **__):
        raise StoreUnavailableError("database")

    for verb, command in (("take", "show"), ("forget", "reset")):
        monkeypatch.setattr(SqlLimits, verb, down)
        assert cli.main(["rate-limits", command, "192.0.2.1"]) == 1
    assert auth.health()["rate_limits"]["shared"]
    assert "does not answer" in capsys.readouterr().err


def test_off_is_told(auth, says, monkeypatch):
    """Rather than limits that hold for nobody."""
    monkeypatch.setenv("LIMITS", "off")
    assert says("show", "192.0.2.1") == ["LIMITS is off: nothing is limited"]
    assert auth.rate_limits.is_on
