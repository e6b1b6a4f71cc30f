"""What an attacker with the store in hand, or without it, gets: nothing that is accepted."""

import base64
import os
from pathlib import Path

import pytest
import redis

from jwt_auth_core.database.redis import connect
from jwt_auth_core.errors import RefreshInvalidError
from jwt_auth_core.sessions.redis import RedisSessions
from jwt_auth_core.sessions.session import NewSession, new_session_id
from tests.contracts.rigs import LIFETIMES, TOKENS, USER, key_of, promoted, seen

pytestmark = pytest.mark.servers


def lived(store):
    """Return every token of a session that was used a few times."""
    session_id = new_session_id()
    minted = [TOKENS.first(session_id)]
    store.open(NewSession(session_id, USER, minted[0].digest))
    for _ in range(5):
        store.rotate([seen(minted[-1])])
        minted.append(TOKENS.child(seen(minted[-1])))
    return minted


def spellings(minted):
    """Yield a token, and its secret and its MAC, in every spelling that could stand in a file."""
    text = minted.text.reveal()
    octets = base64.urlsafe_b64decode(text)
    yield text.encode()
    for secret in (octets[21:53], octets[85:]):
        yield from (secret, secret.hex().encode(), base64.b64encode(secret)[:40])
        yield base64.urlsafe_b64encode(secret)[:40]


def test_redis_never_sees_a_token(own_valkey):
    """Neither what is sent nor what is stored holds a token or anything it is made of."""
    # RF-07
    client = connect(own_valkey.url)
    with redis.Redis.from_url(own_valkey.url, protocol=2) as watching, watching.monitor() as monitor:
        minted = lived(RedisSessions(client, **LIFETIMES))
        client.echo("the last word")
        words = iter(lambda: monitor.next_command()["command"], "ECHO the last word")
        sent = "\n".join(words).encode()
    key = key_of(seen(minted[0]).session_id)
    seen_anywhere = [sent, client.dump(key), repr(client.hgetall(key)).encode()]
    seen_anywhere += [path.read_bytes() for path in Path(own_valkey.directory).rglob("*") if path.is_file()]
    client.close()
    assert b"EVALSHA" in sent
    for spelling in (spelling for one in minted for spelling in spellings(one)):
        assert not any(spelling in place for place in seen_anywhere)


def test_a_dump_opens_nothing(own_store):
    """From all that the store holds no token can be made that is accepted (I7)."""
    token = promoted(own_store)
    found = own_store.client.hgetall(key_of(token.session_id))
    for digest in (found[b"cur"], found[b"prev"]):
        raw = base64.urlsafe_b64decode(digest + b"=")
        body = b"\x01" + bytes.fromhex(token.session_id) + (2).to_bytes(4, "big") + raw + raw
        for mac in (raw, bytes(32)):
            with pytest.raises(RefreshInvalidError):
                TOKENS.parse(base64.urlsafe_b64encode(body + mac).decode())


def test_guessing_reaches_no_store(own_store):
    """A hundred thousand random tokens cost the store not one command."""
    # RF-08
    before = own_store.commands()
    for _ in range(100_000):
        guess = base64.urlsafe_b64encode(b"\x01" + os.urandom(116)).decode()
        with pytest.raises(RefreshInvalidError):
            own_store.rotate(TOKENS.parse(guess))
    assert own_store.commands() - before == 1  # the first count
