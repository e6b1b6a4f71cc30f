"""Users in memory: for tests and for trying things out; gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from jwt_auth_core.errors import EmailTakenError, UserNotFoundError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.standing import PURGED_AT_ONCE, Standing
from jwt_auth_core.users.user import NewUser, User, new_user_id, scopes_text
from jwt_auth_core.vocabulary import Email, SessionId, UserId


@dataclass(frozen=True, slots=True)
class _Ended:
    """Why and when a session was ended, and until when that is remembered."""

    user_id: UserId | None
    reason: str
    revoked_at: int
    expires_at: int


class MemoryUsers:
    """A UserStore, Standings and Accounts over dictionaries; one lock makes each call atomic."""

    def __init__(self) -> None:
        self._users: dict[UserId, User] = {}
        self._ids: dict[Email, UserId] = {}
        self._ended: dict[SessionId, _Ended] = {}
        self.after_fork()
        renew_in_children(self)

    def add(self, new: NewUser) -> User:
        """Store a user under a new id; raises EmailTakenError."""
        scopes = frozenset(scopes_text(new.scopes).split())
        names = new.email, new.first_name, new.last_name
        user = User(new_user_id(), *names, new.password_hash, scopes, own_scopes=scopes)
        with self._lock:
            if new.canonical in self._ids:
                raise EmailTakenError
            self._ids[new.canonical] = user.user_id
            self._users[user.user_id] = user
        return user

    def find(self, user_id: UserId) -> User | None:
        """Return the user, or None."""
        return self._users.get(user_id)

    def find_settled(self, user_id: UserId) -> User | None:
        """Return the same: each change is one call."""
        return self.find(user_id)

    def find_by_email(self, canonical: Email) -> User | None:
        """Return the user with this e-mail identity, or None."""
        with self._lock:
            user_id = self._ids.get(canonical)
            return None if user_id is None else self._users[user_id]

    def replace_password_hash(self, user_id: UserId, *, expected_hash: str, new_hash: str) -> bool:
        """Swap the hash if it still is ``expected_hash``; tell whether it was."""
        with self._lock:
            user = self._users.get(user_id)
            if user is None or user.password_hash != expected_hash:
                return False
            self._users[user_id] = replace(user, password_hash=new_hash)
            return True

    def read(self, pairs: Sequence[tuple[UserId, SessionId]]) -> list[Standing]:
        """Return the standing of each pair, in order."""
        with self._lock:
            return [Standing(self._users.get(u), s in self._ended) for u, s in pairs]

    def end_session(
        self, session_id: SessionId, *, user_id: UserId | None, reason: str, now: int, expires_at: int
    ) -> bool:
        """Record that a session is over, tell whether it is news; forget some whose time has come."""
        with self._lock:
            is_news = session_id not in self._ended
            self._ended.setdefault(session_id, _Ended(user_id, reason, now, expires_at))
            over = (key for key, ended in self._ended.items() if ended.expires_at <= now)
            for key in list(islice(over, PURGED_AT_ONCE)):
                del self._ended[key]
            return is_news

    def adopt(self, user_id: UserId) -> None:
        """See that the user is there: whoever is has an account."""
        self._change(user_id, lambda user: user)

    def set_scopes(self, user_id: UserId, scopes: Iterable[str]) -> None:
        """Replace the user's scopes."""
        chosen = frozenset(scopes_text(scopes).split())
        self._change(user_id, lambda user: replace(user, scopes=chosen, own_scopes=chosen))

    def disable(self, user_id: UserId, *, now: int) -> int:
        """Disable the user from ``now`` on and end all sessions; return the session version."""

        def disabled(user: User) -> User:
            since = now if user.disabled_at is None else user.disabled_at
            return replace(_cut_off(user, now), disabled_at=since)

        return self._change(user_id, disabled).session_version

    def enable(self, user_id: UserId) -> None:
        """Take `disable` back; what began before stays over."""

        def enabled(user: User) -> User:
            if user.disabled_at is None:
                return user
            return replace(_cut_off(user, user.disabled_at), disabled_at=None)

        self._change(user_id, enabled)

    def cut_off(self, user_id: UserId, *, now: int, expected_version: int | None = None) -> int | None:
        """End all sessions; return the session version, or None where it is not the expected one."""
        with self._lock:
            user = self._users.get(user_id)
            if user is None:
                raise UserNotFoundError
            if expected_version not in {None, user.session_version}:
                return None
            self._users[user_id] = _cut_off(user, now)
            return user.session_version + 1

    def cut_off_tokens(self, user_id: UserId, *, now: int) -> None:
        """End the user's access tokens, and no session."""

        def cut_off(user: User) -> User:
            latest = max(now, user.tokens_valid_after or 0)
            return replace(user, token_version=user.token_version + 1, tokens_valid_after=latest)

        self._change(user_id, cut_off)

    def change_password(
        self, user_id: UserId, *, expected_hash: str, new_hash: str, expected_version: int, now: int
    ) -> bool:
        """Swap the hash and end all sessions; tell whether it was done."""
        with self._lock:
            user = self._users.get(user_id)
            if user is None or user.password_hash != expected_hash:
                return False
            if user.session_version != expected_version:
                return False
            self._users[user_id] = replace(_cut_off(user, now), password_hash=new_hash)
            return True

    def delete(self, user_id: UserId) -> None:
        """Remove the user."""
        with self._lock:
            if self._users.pop(user_id, None) is None:
                raise UserNotFoundError
            self._ids = {canonical: owner for canonical, owner in self._ids.items() if owner != user_id}

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _change(self, user_id: UserId, change: Callable[[User], User]) -> User:
        with self._lock:
            if user_id not in self._users:
                raise UserNotFoundError
            changed = self._users[user_id] = change(self._users[user_id])
            return changed


def _cut_off(user: User, now: int) -> User:
    latest = max(now, user.sessions_valid_after or 0)
    return replace(user, session_version=user.session_version + 1, sessions_valid_after=latest)
