"""``docs/moving-in.md``: its statements bring the users of other systems along, and its code runs."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from functools import partial

import pytest

from jwt_auth_core import AccessTokens, Auth, Client, KeyRing, TokenProfile
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import AuthError, TokenError, TokenInvalidError
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.imports import imported_id
from jwt_auth_core.keys import Hs256Key
from tests.databases import SHARED
from tests.house.sources import ROOT
from tests.servers.postgres import execute

PAGE = (ROOT / "docs" / "moving-in.md").read_text("utf-8")
DJANGO_USERS, DJANGO_ACCOUNTS, FASTAPI_USERS, FASTAPI_ACCOUNTS = re.findall(
    r"```sql\n(.*?)```", PAGE, re.DOTALL
)
IDS, SUPABASE, FASTAPI_TOKENS, SIMPLEJWT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SPELLED = re.findall(r"^\| `(.*)` \| `(.*)` \|$", PAGE, re.MULTILINE)
KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
PASSWORD = "correct horse bättery"
PBKDF2 = "pbkdf2_sha256$1000$seasaltseasalt12$vTp/+LeQNC1sZOtBKW30EA3S9rRtiqIA9p459W1JXhA="
AUTH_USER = """
CREATE TABLE auth_user (id INTEGER PRIMARY KEY, password VARCHAR(128) NOT NULL, is_superuser BOOLEAN NOT NULL,
    username VARCHAR(150) UNIQUE NOT NULL, first_name VARCHAR(150) NOT NULL, last_name VARCHAR(150) NOT NULL,
    email VARCHAR(254) NOT NULL, is_active BOOLEAN NOT NULL, date_joined TIMESTAMP WITH TIME ZONE NOT NULL);
"""
DJANGO_ROWS = f"""
INSERT INTO auth_user VALUES
    (1, '{PBKDF2}', TRUE, 'ada', 'Ada', 'Lovelace', 'Ada@Example.com', TRUE, '2019-05-04 10:00:00+00'),
    (2, '{PBKDF2}', FALSE, 'twin', 'Eva', 'Twin', 'ada@example.com', TRUE, '2020-05-04 10:00:00+00'),
    (3, '{PBKDF2}', FALSE, 'gone', 'Gil', 'Gone', 'gone@example.com', FALSE, '2019-05-04 10:00:00+00'),
    (4, '{PBKDF2}', FALSE, 'mute', 'Mo', 'Mute', '', TRUE, '2019-05-04 10:00:00+00'),
    (5, '!8JkTa2bPsXbRjNQdyPpAHw9VsYJ7SUd7hXw2tWm1', FALSE, 'none', 'No', 'Ne', 'none@example.com', TRUE,
     '2019-05-04 10:00:00+00'),
    (6, '{PBKDF2}', FALSE, 'same', 'Sam', 'E', 'gone@example.com', TRUE, '2021-05-04 10:00:00+00'),
    (7, '{PBKDF2}', FALSE, 'far', 'Fay', 'R', 'far@bücher.example', FALSE, '2021-05-04 10:00:00+00');
"""  # noqa: S608 - rows of a test
ADA, GONE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
USER = f"""
CREATE TABLE "user" (id UUID PRIMARY KEY, email VARCHAR(320) UNIQUE NOT NULL,
    hashed_password VARCHAR(1024) NOT NULL, is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL);
INSERT INTO "user" VALUES ('{ADA}', 'ada@example.com', '{PBKDF2}', TRUE, FALSE, TRUE),
    ('{GONE}', 'gone@example.com', '{PBKDF2}', FALSE, TRUE, FALSE);
"""  # noqa: S608 - rows of a test


@pytest.fixture(params=SHARED)
def site(request, tmp_path):
    """Return an `Auth` with its tables, and what runs a script of SQL in its database."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        run = partial(execute, url)
    else:
        url = f"sqlite:///{tmp_path / 'app.sqlite3'}"
        run = partial(in_sqlite, tmp_path / "app.sqlite3")
    auth = Auth.from_env({"JWT_KEY": KEY, "DATABASE_URL": url})
    auth.migrate()
    yield auth, run
    auth.close()


def in_sqlite(path, sql):
    """Run a script as the page says that it is spelled there, in one transaction."""
    for theirs, ours in SPELLED:
        sql = sql.replace(theirs, ours.replace("\\|", "|"))
    connection = sqlite3.connect(path)
    connection.executescript(f"BEGIN; {sql.rstrip().removesuffix(';')}; COMMIT;")
    connection.close()


def move(site, table, users, accounts):
    """Go through the steps of the page, twice."""
    auth, run = site
    run(table)
    for _ in range(2):
        run(users)
        auth.migrate()
        run(accounts)
    return auth


def opens(auth, email):
    """Tell whether the old password logs in."""
    try:
        auth.login(LoginAttempt.parse({"email": email, "password": PASSWORD}), Client())
    except AuthError:
        return False
    return True


def test_users_of_django_log_in_with_their_old_passwords(site):
    """The older of two with an address; nobody who is inactive or has no password."""
    auth = move(site, AUTH_USER + DJANGO_ROWS, DJANGO_USERS, DJANGO_ACCOUNTS)
    asked = "SELECT first_name, CAST(created_at AS TEXT) AS since FROM users WHERE email = %s"
    row = auth.database.query(asked, ("Ada@Example.com",), fetch="one")
    assert opens(auth, "ada@example.com")
    assert not any(opens(auth, f"{name}@example.com") for name in ("gone", "none"))
    assert (row["first_name"], row["since"][:19]) == ("Ada", "2019-05-04 10:00:00")
    assert auth.database.query("SELECT COUNT(*) AS n FROM users", fetch="one")["n"] == 5


def test_inactive_users_of_django_are_disabled(site):
    """Also one whose domain is adopted by the second migration only."""
    auth = move(site, AUTH_USER + DJANGO_ROWS, DJANGO_USERS, DJANGO_ACCOUNTS)
    asked = "SELECT email_canonical AS email FROM auth_accounts WHERE disabled_at IS NOT NULL ORDER BY 1"
    disabled = [row["email"] for row in auth.database.query(asked, fetch="all")]
    assert disabled == ["far@xn--bcher-kva.example", "gone@example.com"]


def test_users_of_fastapi_users_keep_their_ids(site):
    """And what was verified; who is inactive is disabled."""
    auth = move(site, USER, FASTAPI_USERS, FASTAPI_ACCOUNTS)
    verified = auth.database.query("SELECT user_id, address FROM auth_verified_emails", fetch="all")
    disabled = auth.database.query(
        "SELECT user_id FROM auth_accounts WHERE disabled_at IS NOT NULL", fetch="all"
    )
    assert [(str(row["user_id"]), row["address"]) for row in verified] == [(ADA, "ada@example.com")]
    assert [str(row["user_id"]) for row in disabled] == [GONE]
    assert opens(auth, "ada@example.com")
    assert not opens(auth, "gone@example.com")


def signed(secret, **claims):
    """Return an HS256 token as PyJWT writes it."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signing = ".".join(b64url_encode(json.dumps(part).encode()) for part in parts)
    return f"{signing}.{Hs256Key(secret).sign(signing.encode()).decode()}"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return what runs a block of the page, where an issuer is set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("JWT_ISSUER", "https://id.example.com")

    def execute_block(code):
        names = {}
        exec(code, names)  # noqa: S102 - the page's own code
        return names

    return execute_block


NOW = int(time.time())
OF_SUPABASE = {
    "iss": "https://abcdefgh.supabase.co/auth/v1",
    "aud": "authenticated",
    "role": "authenticated",
    "aal": "aal1",
    "session_id": "s",
    "iat": NOW,
    "sub": ADA,
}
OF_FASTAPI_USERS = {"sub": ADA, "aud": ["fastapi-users:auth"]}
OF_SIMPLEJWT = {"token_type": "access", "jti": "x", "iat": NOW, "user_id": "1"}


DJANGO_SECRET = "what your Django project signs with, of 32 bytes or more"
STRATEGY_SECRET = "what your JWTStrategy signs with, of 32 bytes or more"
PROJECT_SECRET = "the project's JWT secret, as its dashboard shows it"
TOKENS = {
    "supabase": (SUPABASE, PROJECT_SECRET, OF_SUPABASE, {"aud": "anon"}),
    "fastapi-users": (FASTAPI_TOKENS, STRATEGY_SECRET, OF_FASTAPI_USERS, {"aud": ["fastapi-users:reset"]}),
    "simplejwt": (SIMPLEJWT, DJANGO_SECRET, OF_SIMPLEJWT, {"token_type": "refresh"}),
}


@pytest.mark.parametrize("system", TOKENS)
def test_a_token_of_the_old_system_is_ours_by_its_mapped_subject(run, system):
    """Until it ends; a token of another use is refused, and all go by an issuer that is not ours."""
    code, secret, claims, change = TOKENS[system]
    now = int(time.time())
    both, times = run(code)["both"], {"exp": now + 60, **({"iat": now} if "iat" in claims else {})}
    known = both.verify(signed(secret, **{**claims, **times}))
    assert known.subject == (imported_id("django", "1") if system == "simplejwt" else ADA)
    assert known.issuer not in {None, "https://id.example.com"}
    for wrong in ({**times, **change}, {"exp": now - 60}):
        with pytest.raises(TokenError):
            both.verify(signed(secret, **{**claims, **wrong}))
    both.auth.close()


def test_an_id_is_made_of_an_old_one(run):
    """The same as an import makes."""
    assert run(IDS)["ours"] == imported_id("https://shop.eu.auth0.com/", "auth0|5f7c8ec7c33c6c004bbafe82")


@pytest.mark.parametrize("claims", [OF_FASTAPI_USERS, OF_SIMPLEJWT], ids=["fastapi-users", "simplejwt"])
def test_a_token_without_an_issuer_is_refused_where_no_profile_says_so(claims):
    """However right it is otherwise."""
    profile = TokenProfile(name="old", types=frozenset({"jwt"}), algorithms=frozenset({"HS256"}))
    ring = KeyRing.from_foreign_secret(KEY)
    old = AccessTokens(ring, issuer="old", audience="fastapi-users:auth", profile=profile)
    with pytest.raises(TokenInvalidError, match=r"\biss\b|issuer"):
        old.verify(signed(KEY, **claims, exp=int(time.time()) + 60))
