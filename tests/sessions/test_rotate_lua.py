"""``rotate.lua`` does what `decide` says, over every small state and every small token."""

from dataclasses import replace
from itertools import product

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.rate_limits.rate import parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.sessions.record import Record, decide_within
from jwt_auth_core.sessions.session import Session, Verdict, new_session_id
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import SessionId
from tests.contracts.rigs import IDLE, START, USER, RedisRig, key_of

pytestmark = pytest.mark.servers

CURRENT, PREVIOUS, OTHER, NOBODY = b"c" * 32, b"p" * 32, b"o" * 32, bytes(32)
SESSION = SessionId("cd" * 16)
NOT_OF_A_RECORD = {Verdict.UNKNOWN, Verdict.BUSY, Verdict.UNAVAILABLE}
LIMIT = RecordLimit(Rule("refresh", parse_rates("2/minute;7/3 hours")))
AT = START * 1_000_000


def records():
    """Yield every small record: live, used, confirmed long ago or just now, idle, ending, ended."""
    ages = {"confirmed": (-5, 0, 10, 11), "last": (0, IDLE - 1, IDLE), "ends": (0, 1, IDLE // 2)}
    facts = product((0, 1, 5), (None, PREVIOUS), *ages.values(), (None, START - 3), (None, "logout"))
    for generation, previous, confirmed, last, ends, used, ended in facts:
        times = (START - 100, START - 90, START - last, START + ends)
        record = Record(
            Session(SESSION, USER, *times), CURRENT, START - confirmed, generation, previous, used_at=used
        )
        yield record if ended is None else record.ended(ended, now=START - 1)


def tokens(generation):
    """Yield every small token beside a generation."""
    for digest, parent, ahead in product(
        (CURRENT, PREVIOUS, OTHER), (CURRENT, PREVIOUS, NOBODY), (-1, 0, 1, 2)
    ):
        if generation + ahead >= 0:
            yield Presented(SESSION, generation + ahead, digest, parent)


def counts():
    """Yield what may be kept of rates: nothing, some left, none left, what a clock that was set back left."""
    yield {}
    for short, long in product((-5, 29_999_999, 30_000_000, 30_000_001, 10**12), (1, 10**10, 10**12)):
        yield {"2/60": AT + short, "7/10800": AT + long}
    yield {"2/60": AT + 10**8}
    yield {"7/10800": AT + 10_800_000_000}
    yield {"1/9": AT + 1}  # of a rate that is no more


def fields(record):
    """Return the hash of a record."""
    session = record.session
    if record.ended_reason is not None:
        ending = {"rev": record.ended_reason, "at": record.ended_at}
        return {"uid": session.user_id, "abs": session.ends_at, **ending, **record.counts}
    found = {
        "uid": session.user_id,
        "cur": b64url_encode(record.current),
        "gen": record.generation,
        "prev": None if record.previous is None else b64url_encode(record.previous),
        "confirmed": record.confirmed_at,
        "used": record.used_at,
        "last": session.last_used_at,
        "abs": session.ends_at,
        "created": session.created_at,
        "auth": session.authenticated_at,
        "methods": "pwd",
        "v": session.session_version,
    }
    return {**{name: value for name, value in found.items() if value is not None}, **record.counts}


def shown(record):
    """Return the hash as the server shows it."""
    return {} if record is None else {n.encode(): str(v).encode() for n, v in fields(record).items()}


@pytest.fixture
def patient(redis_url):
    """Return a store that waits for a slow server: thousands are asked for at once."""
    rig = RedisRig(f"{redis_url}?socket_timeout=120")
    yield rig
    rig.client.close()


def judged(rig, cases, limit):
    """Have the script judge each token by its record, and compare with the rule; return the verdicts."""
    pipe = rig.client.pipeline(transaction=False)
    for record, token in cases:
        pipe.hset(key_of(token.session_id), mapping=fields(record))
    pipe.execute()
    told = rig.made(limit).rotate([token for _, token in cases])
    for _, token in cases:
        pipe.hgetall(key_of(token.session_id))
    kept = pipe.execute()
    for (record, token), rotation, found in zip(cases, told, kept, strict=True):
        decision = decide_within(record, token, at=AT, idle_seconds=IDLE, limit=limit)
        assert rotation == decision.rotation(token.session_id), (record, token)
        # The server counts the last second of a session by its own clock: it may be over by now.
        is_gone = not found and record.session.ends_at == START + 1
        assert is_gone or found == shown(decision.record), (record, token)
    return {one.verdict for one in told}


def cases(chosen):
    """Return each record with each token beside it, in a session of its own."""
    return [
        (replace(record, session=replace(record.session, session_id=name)), replace(token, session_id=name))
        for record in chosen
        for token in tokens(record.generation)
        for name in [new_session_id()]
    ]


@pytest.mark.untraced
@pytest.mark.parametrize("generation", [0, 1, 5])
def test_the_script_is_the_rule(patient, generation):
    """Verdict, answer and the hash afterwards are equal for thousands of states and tokens."""
    made = cases(record for record in records() if record.generation == generation)
    assert len(made) > 5_000
    assert judged(patient, made, None) == set(Verdict) - NOT_OF_A_RECORD - {Verdict.LIMITED}


@pytest.mark.untraced
def test_the_script_limits_as_the_rule_does(patient):
    """Whatever was counted before, of a record of each kind: what goes, what is kept, what is told."""
    plain = [
        record
        for record in records()
        if record.generation == 1
        and record.session.last_used_at == START
        and record.session.ends_at == START + IDLE // 2
    ]
    made = cases(replace(record, counts=kept) for record in plain for kept in counts())
    assert len(made) > 5_000
    assert judged(patient, made, LIMIT) == set(Verdict) - NOT_OF_A_RECORD - {Verdict.EXPIRED}


def test_a_stranger_is_unknown(own_store):
    """Where there is no hash there is no session, and none is made."""
    token = Presented(new_session_id(), 0, OTHER, NOBODY)
    assert own_store.rotate(token) == [Verdict.UNKNOWN]
    assert own_store.client.exists(key_of(token.session_id)) == 0
