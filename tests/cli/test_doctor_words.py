"""What the doctor says mends a thing, where the command asks for rights or servers that tests lack."""

import pytest

from jwt_auth_asgi.cli.findings import mending
from jwt_auth_core.settings import Settings

KEY = "the fixes of the doctor have a key of their own"
URL, FROM = {"PUBLIC_URL": "https://www.example.com"}, {"MAIL_FROM": "no-reply@example.com"}


def test_a_dotenv_file_that_is_anothers():
    """D01: it becomes ours; moved away, its settings would be lost."""
    fix = mending.of_setting("/srv/.env cannot be read: Permission denied")
    assert fix == 'sudo chown "$(id -un)" .env'


@pytest.mark.parametrize(
    ("url", "word", "fix"),
    [
        ("smtp://u:p@mx.test:2525", "auth_535", "export MAIL_URL=smtp://user:password@mx.test:2525"),
        ("smtp://u:p@mx.test", "starttls_not_offered", "export MAIL_URL=smtps://user:password@mx.test:465"),
        ("smtps://u:p@mx.test", "tls_failed", "openssl s_client -connect mx.test:465 -verify_return_error"),
        ("smtp://mx.test", "unreachable", "openssl s_client -connect mx.test:587 -starttls smtp -verify"),
    ],
)
def test_a_mail_server_that_takes_nothing(url, word, fix):
    """D60: another password, another port, or a look at its certificate; never the password that is set."""
    values = {"JWT_KEY": KEY, "MAIL_URL": url, **FROM, **URL}
    made = mending.of_mailer(word, Settings.from_env(values))
    assert made.startswith(fix)
