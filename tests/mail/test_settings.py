"""Settings of mail: what is wrong is named, with its limit and never its value."""

import sys

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

BASE = {
    "JWT_KEY": "a key that only the tests of mail know",
    "MAIL_URL": "smtp://user:hush@mail.example.com",
    "MAIL_FROM": "Shop <no-reply@example.com>",
    "PUBLIC_URL": "https://example.com",
}


def problems(**variables):
    """Return what is wrong with variables."""
    given = {name: text for name, text in {**BASE, **variables}.items() if text}
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(given)
    assert "hush" not in str(raised.value)
    return raised.value.problems


def test_mail_is_configured_by_three_variables():
    """The rest has defaults."""
    mail = Settings.from_env(BASE).mail
    assert (mail.url, mail.sender) == (Secret(BASE["MAIL_URL"]), BASE["MAIL_FROM"])
    assert (mail.account_url, mail.language, mail.templates) == (None, "en", None)
    assert Settings.from_env({"JWT_KEY": BASE["JWT_KEY"]}).mail == MailSettings()


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"MAIL_FROM": ""}, "MAIL_FROM is required with MAIL_URL"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is required with MAIL_URL: links are made of it"),
        ({"MAIL_URL": "smtp://user:hush@"}, "MAIL_URL must be smtp://user:password@host:587"),
        ({"MAIL_URL": "smtp://a_b-.c/"}, "MAIL_URL must be a host name"),
        ({"MAIL_FROM": "Shop"}, "MAIL_FROM must be an address such as no-reply@example.com, or Name <"),
        ({"MAIL_LANGUAGE": "fr"}, "MAIL_LANGUAGE must be one of en, de, es"),
        ({"ACCOUNT_URL": "https://example.com/?a=b"}, "ACCOUNT_URL must be a URL such as"),
        ({"SERVICE_NAME": "a\nb"}, "SERVICE_NAME must be printable: it stands in the subjects of letters"),
        ({"LIMIT_MAIL": "often"}, "LIMIT_MAIL "),
        ({"LIMIT_MAIL_ADDRESS": "often"}, "LIMIT_MAIL_ADDRESS "),
    ],
)
def test_what_is_wrong_is_named(variables, problem):
    """Each with what it must be."""
    (found,) = problems(**variables)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"url": "memory:"}, 'MAIL_URL must be a Secret: wrap the text as Secret("...")'),
        ({"sender": 7}, "MAIL_FROM must be a str"),
        ({"sender": ""}, "MAIL_FROM must be an address such as no-reply@example.com, or Name <"),
    ],
)
def test_wrong_values_are_named(fields, problem):
    """Python code is told the same."""
    with pytest.raises(SettingsError) as raised:
        Settings(jwt_key=Secret(BASE["JWT_KEY"]), mail=MailSettings(**fields))
    assert raised.value.problems[0].startswith(problem)


@pytest.mark.parametrize(
    ("name", "text"), [("MAIL_URL", "smtp://bücher.example"), ("MAIL_FROM", "a@bücher.example")]
)
def test_domain_beyond_ascii_needs_idna(monkeypatch, name, text):
    """The line that installs it is in the error."""
    monkeypatch.setitem(sys.modules, "idna", None)
    (found,) = problems(**{name: text})
    assert found.startswith(name)
    assert "pip install" in found
