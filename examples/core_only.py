"""The core without any web framework: passwords, access tokens, safe queries.

    python -m examples.core_only

`safe_query` works on the database that the environment names; here that is one in memory.
"""

import os
import secrets

from jwt_auth_core import AccessTokens, KeyRing, Secret, TokenExpiredError, safe_query, transaction
from jwt_auth_core.passwords import OWASP, PasswordPolicy, Passwords
from jwt_auth_core.passwords.argon2 import Argon2Hasher


def passwords() -> None:
    passwords = Passwords(Argon2Hasher(OWASP), PasswordPolicy.default())
    for problem in passwords.problems(Secret("password1")):
        print("a bad password:", problem.message)
    stored = passwords.hash(Secret("a long and quiet river"))
    print("stored as:", stored[:30] + "...")
    print("the right one:", passwords.verify(Secret("a long and quiet river"), stored))
    print("a wrong one:", passwords.verify(Secret("a short and loud river"), stored))


def tokens() -> None:
    tokens = AccessTokens(KeyRing.from_secret(secrets.token_urlsafe(48)), ttl_seconds=900)
    token = tokens.issue(subject="42", scopes={"topics:read"})
    claims = tokens.verify(token)
    print("a token of", claims.subject, "with", sorted(claims.scopes))
    try:
        tokens.verify(token, now=claims.expires_at)
    except TokenExpiredError as error:
        print("a quarter of an hour later:", error)


def queries() -> None:
    safe_query("CREATE TABLE topics (name TEXT NOT NULL)")
    with transaction():
        for name in ("algebra", "logic'; DROP TABLE topics; --"):
            safe_query("INSERT INTO topics (name) VALUES (%s)", (name,))
    print("rows:", [row["name"] for row in safe_query("SELECT name FROM topics", fetch="all")])


if __name__ == "__main__":
    os.environ.setdefault("JWT_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("DATABASE_URL", "sqlite://")
    passwords()
    tokens()
    queries()
