"""What happens to sessions in a database between the reading of a rotation and its writing."""

from dataclasses import replace

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.sessions.record import decide_within
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import SqlRig, child, promoted
from tests.contracts.stores import rigged
from tests.servers.postgres import execute
from tests.sessions.test_sql import DATABASES, count

OK = Verdict.OK
KILL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture(params=DATABASES)
def rig(request, tmp_path):
    """Return a store on each database."""
    with rigged(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def deciding(monkeypatch):
    """Return how to have each decision wait for something that happens between reading and writing."""

    def before_each(*happenings):
        left = [*happenings]

        def decide(*arguments, **named):
            if left:
                left.pop(0)()
            return decide_within(*arguments, **named)

        monkeypatch.setattr("jwt_auth_core.sessions.sql.decide_within", decide)

    return before_each


def test_what_changed_since_it_was_read_is_judged_again(rig, deciding):
    """Somebody ends one session between reading and writing: it stays ended, and the others go on (I11)."""
    tokens = [child(promoted(rig)) for _ in range(3)]
    deciding(lambda: rig.store.end(tokens[1].session_id, "logout"))
    assert rig.rotate(*tokens) == [OK, Verdict.REVOKED, OK]
    assert rig.rotate(*[child(one) for one in tokens]) == [OK, Verdict.REVOKED, OK]


def test_what_vanished_since_it_was_read_is_unknown(rig, deciding):
    """Its user is erased between reading and writing: nothing comes back."""
    tokens = [promoted(rig) for _ in range(2)]
    deciding(lambda: rig.store.forget(tokens[0].session_id))
    assert rig.rotate(*[child(one) for one in tokens]) == [Verdict.UNKNOWN, OK]
    assert count(rig) == 1


def test_a_token_spent_between_reading_and_writing_ends_its_session(rig, deciding):
    """Two children of one token at once: the second is not accepted for what the first has left."""
    token = promoted(rig)
    one, other = child(token), replace(child(token), digest=bytes(32))
    deciding(lambda: rig.rotate(one))
    assert rig.rotate(other) == [Verdict.SUPERSEDED]
    assert rig.rotate(child(one)) == [OK]


@pytest.mark.servers
def test_killed_between_reading_and_writing(postgres_url, deciding):
    """A batch whose connection dies changes nothing; the same tokens go on afterwards (I10)."""
    # F-14
    database = PostgresDatabase(postgres_url)
    migrate(database)
    rig = SqlRig(database)
    token = child(promoted(rig))
    rival = "UPDATE auth_sessions SET last_used_at = last_used_at + 1"
    deciding(lambda: execute(postgres_url, rival), lambda: execute(postgres_url, KILL))
    with pytest.raises(StoreUnavailableError):
        rig.rotate(token)
    assert database.query("SELECT generation FROM auth_sessions", fetch="one")["generation"] == 1
    assert rig.rotate(token) == [OK]
    database.close()
