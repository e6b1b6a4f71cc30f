"""What the tests of changed addresses share: a change, and what its letters bring."""

from __future__ import annotations

import re
from typing import Any

from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.email_change import EmailChange
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.proofs import CLIENT

ADA, NEW, THIRD = "ada@example.com", "Ada@example.org", "ada@example.net"
MAIL = {
    "MAIL_URL": "memory:",
    "MAIL_FROM": "Example <no-reply@example.com>",
    "PUBLIC_URL": "https://app.example",
}


def ask(world: Any, user: Any, new: str = NEW, *, client: Client = CLIENT) -> None:
    """Ask for another address, with a fresh login."""
    found, tokens = world.stores.users.find(user.user_id), world.auth.tokens
    version = 0 if found is None else found.session_version
    token = tokens.issue(subject=user.user_id, auth_time=world.now, session_version=version)
    claims = tokens.verify(token)
    world.auth.email.change(user.user_id, parse_email(new), client, claims, language="en")


def letters(world: Any) -> list[tuple[str, Secret | None]]:
    """Send what waits; return to whom, and the token in each."""
    world.auth.mail.mailer.sent.clear()
    while world.auth.outbox.run() != (0, 0):
        pass
    found = [(one.recipient, re.search(r"#token=(\S+)", one.letter.text)) for one in _sent(world)]
    return [(recipient, Secret(token[1]) if token else None) for recipient, token in found]


def _sent(world: Any) -> list[Any]:
    return list(world.auth.mail.mailer.sent)


def token(world: Any, recipient: str) -> Secret:
    """Return the token of the one letter to an address that waits."""
    (found,) = [one for to, one in letters(world) if to == recipient]
    assert found is not None
    return found


def confirm(world: Any, brought: Secret) -> None:
    """Confirm a new address."""
    world.auth.email.confirm(brought, CLIENT, language="en")


def undo(world: Any, brought: Secret) -> None:
    """Undo a change."""
    world.auth.email.undo(brought, CLIENT, language="en")


def changed(world: Any, user: Any, new: str = NEW) -> Secret:
    """Give a user another address; return what undoes it, of the letter to the one before."""
    before = address(world, user)
    ask(world, user, new)
    confirm(world, token(world, new))
    return token(world, before)


def address(world: Any, user: Any) -> str:
    """Return the address that a user has."""
    return world.stores.users.find(user.user_id).email


def changes(world: Any) -> list[EmailChange]:
    """Return the changes that are known."""
    rows = world.stores.database.query(
        "SELECT letter_id FROM auth_email_changes ORDER BY letter_id", fetch="all"
    )
    return [world.stores.email_changes.find(row["letter_id"]) for row in rows]
