"""Commands that mend what the doctor finds: for a shell, with the settings in its environment."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from jwt_auth_core.database import sqlite_url
from jwt_auth_core.database.users_table import UnfitTableError
from jwt_auth_core.mail.mail_url import parse_mail_url
from jwt_auth_core.settings import Settings

NEW_KEY: Final = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_NEW_WEBHOOK_SECRET: Final = (
    "python3 -c 'import base64, secrets; "
    'print("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())\''
)
_NEEDED: Final[Mapping[str, str]] = {
    "JWT_KEY": f'"$({NEW_KEY})"',
    "ENCRYPTION_KEYS": f'"$({NEW_KEY})"',
    "WEBHOOK_SECRET": f'"$({_NEW_WEBHOOK_SECRET})"',
    "MAIL_FROM": "no-reply@example.com",
    "PUBLIC_URL": "https://www.example.com",
}
"""What is asked for with others, by its name; whatever else is wrong has a default."""
_PSQL: Final = 'psql "${DATABASE_URL:-postgresql://$DB_USER:$DB_PASSWORD@$DB_HOST:${DB_PORT:-5432}/$DB_NAME}"'
"""As either form of the settings has it; the command shows no password."""
_REDIS_CLI: Final = 'redis-cli -u "$REDIS_URL"'
_NAMING_CLI: Final = 'redis-cli -u "$(echo "$REDIS_URL" | sed s,//:,//default:,)"'
"""Of a URL with a password and no user the tool makes a user without a name, whom no server knows."""
_MADE: Final = ("JWT_KEY", "ENCRYPTION_KEYS", "WEBHOOK_SECRET")
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]+")
_STATEMENT: Final = re.compile(r"(?:ALTER|CREATE|UPDATE|SELECT) [^\n]+")
_GRANT: Final = re.compile(r"GRANT [^;\n]+")


def of_setting(problem: str) -> str:
    """Return what sets a variable anew: to what is needed, else to its default, whatever `.env` says."""
    name, _, text = problem.partition(" ")
    if problem.startswith("the database URL is"):
        return "export DATABASE_URL=postgresql://user:password@localhost:5432/name"
    if problem.endswith(".env cannot be read: Permission denied"):
        return 'sudo chown "$(id -un)" .env'
    if not _NAME.fullmatch(name):
        return "mv .env .env.unreadable"
    if name == "ENCRYPTION_KEYS" and text.startswith("lacks"):
        return 'export ENCRYPTION_KEYS="$ENCRYPTION_KEYS,$OLD"'
    if name in _MADE or "is required" in text:
        return f"export {name}={_NEEDED.get(name, '')}"
    return f"export {name}="


def of_store(store: str, sentence: str, settings: Settings) -> str:
    """Return what has a store say itself what is wrong, or gives us the right that it names."""
    url = settings.database_url.reveal()
    if store == "redis":
        return f"{redis_cli(settings)} ping"
    if url.startswith("sqlite"):
        return 'export DATABASE_URL="sqlite:///$PWD/var/jwt-auth.sqlite3"'
    if grants := _GRANT.findall(sentence):
        return f"{_as_owner(url)} -c {shlex.quote('; '.join(grants))}"
    return f"{_PSQL} -c 'SELECT 1'"


def redis_cli(settings: Settings) -> str:
    """Return what asks the Redis of the settings; a command goes behind it."""
    url = settings.redis_url
    return _NAMING_CLI if url is not None and "://:" in url.reveal() else _REDIS_CLI


def of_rights(lacks: Sequence[str], settings: Settings) -> str:
    """Return what has a role that may give ours what it lacks; each says so behind its colon."""
    statements = "; ".join(one.partition(": ")[2] for one in lacks)
    return f"{_as_owner(settings.database_url.reveal())} -c {shlex.quote(statements)}"


def of_table(error: UnfitTableError, settings: Settings) -> str:
    """Return what runs the statements of all faults that have some; a view makes way for a table."""
    remedies = [fault.remedy for fault in error.faults]
    statements = [remedy for remedy in remedies if _STATEMENT.fullmatch(remedy)]
    is_embedded = settings.database_url.reveal().startswith("sqlite")
    no_view = "DROP VIEW users" if is_embedded else "ALTER VIEW users RENAME TO users_view"
    return of_statements("; ".join(statements) or no_view, settings)


def of_statements(sql: str, settings: Settings) -> str:
    """Return what runs statements in the database of the settings."""
    url = settings.database_url.reveal()
    if not url.startswith("sqlite"):
        return f"{_PSQL} -c {shlex.quote(' '.join(sql.split()))}"
    path = sqlite_url.parse(url).path
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
    return shlex.join(["python3", "-c", code, str(path), " ".join(sql.split())])


def _as_owner(url: str) -> str:
    """Return what asks the same database as a role that may grant."""
    place = urlsplit(url)
    (host,) = parse_qs(place.query).get("host", [place.hostname or "localhost"])[:1]
    port = ["-p", str(place.port)] if place.port else []
    return shlex.join(["psql", "-h", host, *port, "-U", "postgres", "-d", unquote(place.path[1:])])


def of_mailer(word: str, settings: Settings) -> str:
    """Return what helps against a word of the outbox: other words to log in with, TLS, or a look."""
    url = settings.mail.url
    place = parse_mail_url("" if url is None else url.reveal())
    if word.startswith("auth"):
        return f"export MAIL_URL={place.scheme}://user:password@{place.host}:{place.port}"
    if word == "starttls_not_offered":
        return f"export MAIL_URL=smtps://user:password@{place.host}:465"
    how = " -starttls smtp" if place.scheme == "smtp" else ""
    return f"openssl s_client -connect {place.host}:{place.port}{how} -verify_return_error </dev/null"
