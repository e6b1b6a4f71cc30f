"""What a store of proofs promises, on SQLite and PostgreSQL; two connections stand for two processes."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import dataclass, replace

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import CODE_ATTEMPTS, CODE_SECONDS, RESET, Proof
from jwt_auth_core.one_time.proofs import FORGET_EVERY, SqlProofs
from tests.contracts.people import NOBODY
from tests.databases import SHARED

OTHER = Purpose("other", ttl_seconds=86_400)
ADA = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
FIRST = Proof(RESET.name, ADA, "msg_1", "ada@example.com", 3)
LATER = replace(FIRST, letter_id="msg_2")
AT_ONCE = 50


@dataclass
class Ground:
    """Two stores on one database, and the time of both."""

    database: object
    one: SqlProofs
    other: SqlProofs
    now: int = 1_800_000_000

    def put(self, proof=FIRST, *, seconds=1800, code=None):
        """Keep a new token, and return its digest; None where it was not kept."""
        digest = RESET.digest_of(RESET.new().reveal())
        return digest if self.one.put(digest, proof, seconds=seconds, code_digest=code) else None

    def dump(self):
        """Return the digests that are there."""
        return {row["digest"] for row in self.database.query("SELECT digest FROM auth_proofs", fetch="all")}


@pytest.fixture(params=SHARED)
def here(request, tmp_path):
    """Return a ground."""
    if request.param == "postgres":
        with request.getfixturevalue("recycled").lent() as url:
            yield from _on(PostgresDatabase(url), PostgresDatabase(url))
    else:
        yield from _on(SqliteDatabase(tmp_path / "a.sqlite3"), SqliteDatabase(tmp_path / "a.sqlite3"))


def _on(one, other):
    with closing(one), closing(other):
        migrate(one)
        ground = Ground(
            one, SqlProofs(one, clock=lambda: ground.now), SqlProofs(other, clock=lambda: ground.now)
        )
        yield ground


def at_once(number, step):
    """Return what so many threads got that began at one moment."""
    got, begin = [], threading.Barrier(number)

    def run():
        begin.wait(60)
        got.append(step())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def test_a_proof_is_good_once(here):
    """In whichever process it is used first; what was looked at is still good."""
    digest = here.put()
    assert here.other.find(digest) == FIRST
    assert here.other.take(digest) == FIRST
    assert here.one.take(digest) is here.one.find(digest) is here.other.take(digest) is None


def test_of_fifty_at_once_one_gets_it(here):
    """Threads of two processes bring the same token."""
    # RST-1
    digest = here.put()
    stores = iter([here.one, here.other] * (AT_ONCE // 2))
    got = at_once(AT_ONCE, lambda: next(stores).take(digest))
    assert [proof for proof in got if proof is not None] == [FIRST]
    assert len(got) == AT_ONCE


def test_a_use_that_is_undone_spent_nothing(here):
    """What was to be done with it was not done either."""
    digest = here.put()
    with suppress(ZeroDivisionError), here.database.transaction():
        assert here.one.take(digest) == FIRST
        _ = 1 / 0
    assert here.other.take(digest) == FIRST


def test_a_proof_is_good_for_seconds(here):
    """At its last moment it is good, at the end it is not, nor looked at."""
    # RST-1
    in_time, late = here.put(), here.put(seconds=1801)
    here.now += 1799
    assert here.one.take(in_time) == FIRST
    late = here.put(seconds=1)
    here.now += 1
    assert here.one.find(late) is here.one.take(late) is None


def test_a_later_letter_voids_what_earlier_ones_brought(here):
    """Also when the later one was sent first: then the earlier one brings nothing."""
    # RST-2
    old = here.put()
    new = here.put(LATER)
    assert here.other.find(old) is here.other.take(old) is None
    assert here.put() is None
    assert here.other.take(new) == LATER


def test_a_later_letter_that_nobody_saw_coming_voids_them_too(here):
    """Two are sent at one moment, and neither removed the other: the later one counts."""
    # RST-2
    old, new = here.put(), here.put()
    here.database.query("UPDATE auth_proofs SET letter_id = 'msg_2' WHERE digest = %s", (new,))
    assert here.one.find(old) is here.one.take(old) is None
    assert here.one.take(new) == LATER
    assert here.dump() == set()


def test_copies_of_one_letter_are_each_good_until_one_is_used(here):
    """A letter whose sending nobody heard of goes out again; whichever arrived works, and one of them."""
    one, copy = here.put(), here.put()
    assert here.one.find(copy) == here.one.find(one) == FIRST
    assert here.one.take(one) == FIRST
    assert here.one.take(copy) is None


def test_other_purposes_and_users_are_left_alone(here):
    """Their proofs stand beside it."""
    others = [replace(FIRST, purpose="other"), replace(FIRST, user_id=NOBODY)]
    digests = [here.put(one) for one in others]
    here.one.take(here.put(LATER))
    assert [here.one.find(digest) for digest in digests] == others


def test_what_is_about_something_else_is_left_alone(here):
    """Neither a later letter about one thing nor the use of it voids what another brought, or its looks."""
    about = replace(FIRST, about="one")
    digest, other = here.put(about, code="of one"), here.put(replace(LATER, about="other"), code="of other")
    assert [here.one.attempt(RESET, ADA, about="one")[0].code_digest for _ in range(CODE_ATTEMPTS)]
    assert here.other.attempt(RESET, ADA, about="one") == here.one.attempt(RESET, ADA) == []
    assert here.one.attempt(RESET, ADA, about="other")[0].digest == other
    assert here.other.take(other) == replace(LATER, about="other")
    assert here.one.take(digest) == about


def test_a_code_is_looked_at_three_times(here):
    """Right or wrong, by whichever process; the link in the same letter stays good."""
    digest = here.put(code="of the code")
    found = [here.one.attempt(RESET, ADA), here.other.attempt(RESET, ADA), here.one.attempt(RESET, ADA)]
    assert [(one.digest, one.code_digest) for [one] in found] == [(digest, "of the code")] * CODE_ATTEMPTS
    assert here.other.attempt(RESET, ADA) == here.one.attempt(RESET, ADA) == []
    assert here.other.take(digest) == FIRST


def test_of_fifty_looks_at_once_three_see_it(here):
    """Each is counted before anybody knows whether it was right."""
    here.put(code="of the code")
    stores = iter([here.one, here.other] * (AT_ONCE // 2))
    got = at_once(AT_ONCE, lambda: next(stores).attempt(RESET, ADA))
    assert sorted(map(len, got)) == [0] * (AT_ONCE - CODE_ATTEMPTS) + [1] * CODE_ATTEMPTS


def test_a_code_lives_shorter_than_its_link(here):
    """A quarter of an hour; the link goes on."""
    digest = here.put(seconds=86_400, code="of the code")
    here.now += CODE_SECONDS - 1
    assert len(here.one.attempt(RESET, ADA)) == 1
    here.now += 1
    assert here.one.attempt(RESET, ADA) == []
    assert here.one.find(digest) == FIRST


def test_a_code_lives_no_longer_than_its_link(here):
    """A link of a second has a code of a second."""
    here.put(seconds=1, code="of the code")
    here.now += 1
    assert here.one.attempt(RESET, ADA) == []


def test_codes_are_those_of_the_latest_letter(here):
    """Copies of one letter have a code each; what an earlier letter said is none."""
    here.put(code="old")
    here.put(code="copy")
    here.put(code="new")
    here.database.query("UPDATE auth_proofs SET letter_id = 'msg_2' WHERE code_digest <> 'old'")
    assert {one.code_digest for one in here.one.attempt(RESET, ADA)} == {"copy", "new"}


def test_what_has_no_code_has_none_to_look_at(here):
    """Nor has a purpose or a user that no letter went to."""
    here.put()
    assert (
        here.one.attempt(RESET, ADA) == here.one.attempt(OTHER, ADA) == here.one.attempt(RESET, NOBODY) == []
    )


def test_what_nobody_brings_back_goes(here):
    """After a while of new ones, the old ones have left."""
    old = here.put()
    here.now += 1801
    for number in range(FORGET_EVERY):
        here.put(replace(FIRST, user_id=str(number)))
    assert old not in here.dump()


def test_without_a_clock_the_time_is_the_databases(here):
    """All workers go by one clock."""
    # F-22
    store, digest = SqlProofs(here.database), RESET.digest_of(RESET.new().reveal())
    assert store.put(digest, FIRST, seconds=1800, code_digest="of the code")
    assert len(store.attempt(RESET, ADA)) == 1
    here.now = 10_000_000_000
    assert here.one.find(digest) is None
    assert store.find(digest) == store.take(digest) == FIRST
