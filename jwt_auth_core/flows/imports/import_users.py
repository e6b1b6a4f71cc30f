"""Import users of another system: a batch is one transaction, so that a killed import leaves whole ones.

Who is there already is passed over, by id: whoever repeats an import that was killed goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar, Final

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import FieldError, InvalidInputError, UniqueViolationError
from jwt_auth_core.events import UsersImported
from jwt_auth_core.factors.totp_sql import SqlTotp
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.imports.prepared import ImportPlan, Preparation, Prepared, reason
from jwt_auth_core.imports import Entry, ImportedUser, Remark
from jwt_auth_core.imports.seen import Seen
from jwt_auth_core.keys.encryption.vault import Vault
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles.role import LONGEST_OF_USER, RoleNotFoundError, too_many
from jwt_auth_core.roles.sql import SqlRoles
from jwt_auth_core.users.bulk import Occupied, SqlBulkUsers
from jwt_auth_core.vocabulary import Clock

BATCH: Final = 1000
"""How many records one transaction has."""
_KIND: Final = re.compile("[a-z][a-z_-]{0,29}")
ATTEMPTS: Final = 5
"""How often a batch is looked at again in which somebody registered meanwhile."""

TAKEN: Final = "its address is that of another user"
RESERVED: Final = "its address is one that another user may get back for 72 hours"
MOVED: Final = "its id is that of a user who has another address here"
TWICE: Final = "another record of the file has the same id or address"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a batch: how many users were made, how many were there, who was refused and why.

    ``left_behind`` tells of users who came without one of their factors.
    """

    created: int
    there: int
    refused: tuple[Remark, ...]
    left_behind: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class ImportUsers:
    """Writes users batch by batch; a killed import leaves whole batches."""

    executor: ClassVar = Executor.STORE

    users: SqlBulkUsers
    apps: SqlTotp
    roles: SqlRoles
    knows_hash: Callable[[str], bool]
    vault: Vault
    journal: Journal
    clock: Clock

    def __call__(self, entries: Iterable[Entry], plan: ImportPlan) -> Iterator[Imported]:
        """Write users, `BATCH` in a transaction; what each batch came to is known once it is kept.

        Raises:
            RoleNotFoundError: a role that is to be granted is none.
            InvalidInputError: the roles would be too long together; the file cannot be read on.
            UnfitTableError: no new user fits into the table that was there.
            MissingDriverError: a factor has to be encrypted, and the package for that is not installed.
            UnavailableError: the database does not answer; batches before are kept.
        """
        prepare = self._preparation(plan)
        for found in _batches(entries):
            yield self._written(found, prepare)

    def rehearse(self, entries: Iterable[Entry], plan: ImportPlan) -> Iterator[Imported]:
        """Tell the same, and write nothing. Raises the same."""
        prepare, seen = self._preparation(plan), Seen()
        for found in _batches(entries):
            ready, refused = _prepared(found, prepare)
            occupied = self.users.occupied([one.account for one in ready], now=self.clock())
            free, there, also_refused = _sorted(ready, occupied)
            new = [one for one in free if _is_new(one, seen)]
            twice = [Remark(one.line, TWICE) for one in free if one not in new]
            yield _outcome(found, len(new), there, [*refused, *also_refused, *twice], new)

    def _preparation(self, plan: ImportPlan) -> Preparation:
        self._check_roles(plan)
        return Preparation(
            plan=plan,
            knows_hash=self.knows_hash,
            has_keys=bool(self.vault.keys),
            has_hex_ids=self.users.spelled(),
            widths=self.users.widths(),
            now=self.clock(),
        )

    def _check_roles(self, plan: ImportPlan) -> None:
        known = {role.name: role for role in self.roles.all()}
        granted = sorted(set(plan.roles.values()))
        for name in granted:
            if name not in known:
                raise RoleNotFoundError(name)
        # A space behind the name, what stands between roles, quotation marks and the comma in a token.
        if sum(len(name) + len(known[name].text) + 4 for name in granted) > LONGEST_OF_USER:
            raise too_many(granted[-1])

    def _written(self, found: Sequence[Entry], prepare: Preparation) -> Imported:
        ready, refused = _prepared(found, prepare)
        attempts = ATTEMPTS
        while True:
            try:
                free, there, also_refused = self._kept(ready, prepare.plan)
            except UniqueViolationError as error:
                attempts -= 1
                if not attempts:
                    message = f"users cannot be added: the table's rule {error.constraint} refuses them"
                    raise InvalidInputError([FieldError("FILE", "unique_violation", message)]) from error
            else:
                return _outcome(found, len(free), there, [*refused, *also_refused], free)

    def _kept(self, ready: Sequence[Prepared], plan: ImportPlan) -> tuple[list[Prepared], int, list[Remark]]:
        with self.journal.together():
            now = self.clock()
            occupied = self.users.occupied([one.account for one in ready], now=now)
            free, there, refused = _sorted(ready, occupied)
            self._add(free, plan, now=now)
        return free, there, refused

    def _add(self, free: Sequence[Prepared], plan: ImportPlan, *, now: int) -> None:
        if not free:
            return
        self.users.add([one.account for one in free])
        self.apps.add_confirmed([app for one in free for app in one.apps(self.vault, now=now)])
        self.roles.grant_all({one.account.user_id: one.roles for one in free})
        self.journal(UsersImported(at=now, source=plan.source, count=len(free)))


def _called(kind: str) -> str:
    """Return what a file calls a factor, where that cannot paint a terminal (LOG-2) nor be a secret."""
    return kind if _KIND.fullmatch(kind) else "another factor"


def _batches(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _prepared(found: Sequence[Entry], prepare: Preparation) -> tuple[list[Prepared], list[Remark]]:
    """Return who can be written, the first of those with one id or address, and why others cannot."""
    ready, refused, seen = list[Prepared](), list[Remark](), set[str]()
    for entry in found:
        if isinstance(entry, Remark):
            refused.append(entry)
            continue
        try:
            one = prepare(entry)
        except InvalidInputError as error:
            refused.append(Remark(entry.line, reason(error)))
            continue
        keys = {one.account.user_id, one.account.canonical}
        if seen.isdisjoint(keys):
            ready.append(one)
            seen |= keys
        else:
            refused.append(Remark(one.line, TWICE))
    return ready, refused


def _sorted(ready: Sequence[Prepared], occupied: Occupied) -> tuple[list[Prepared], int, list[Remark]]:
    """Return who is new, how many are there, and who cannot come."""
    free, there, refused = list[Prepared](), 0, list[Remark]()
    for one in ready:
        account = one.account
        if account.user_id in occupied.identities:
            if occupied.identities[account.user_id] == account.canonical:
                there += 1
            else:
                refused.append(Remark(one.line, MOVED))
            continue
        spellings = (account.canonical, account.email, account.typed)
        owner = next((word for word in spellings if word in occupied.owners), None)
        if owner is None:
            free.append(one)
        else:
            refused.append(Remark(one.line, RESERVED if occupied.owners[owner] is None else TAKEN))
    return free, there, refused


def _is_new(one: Prepared, seen: Seen) -> bool:
    is_new_id, is_new_address = seen.add(one.account.user_id), seen.add(one.account.canonical)
    return is_new_id and is_new_address


def _outcome(
    found: Sequence[Entry], created: int, there: int, refused: list[Remark], new: Sequence[Prepared]
) -> Imported:
    lines = {one.line for one in new}
    left = [
        Remark(user.line, f"came without: {', '.join(map(_called, user.left_behind))}")
        for user in found
        if isinstance(user, ImportedUser) and user.left_behind and user.line in lines
    ]
    refused.sort(key=lambda remark: remark.line)
    return Imported(created, there, tuple(refused), tuple(left))
