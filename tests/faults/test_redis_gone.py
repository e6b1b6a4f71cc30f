"""The session store fails under a running site: 503, nothing lost, and access tokens keep verifying."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from jwt_auth_core import assemble
from jwt_auth_core.database.redis import connect
from jwt_auth_core.sessions.redis import RedisSessions
from tests.end_to_end.site import settings
from tests.end_to_end.visitor import Visitor, at_once, problem, statuses
from tests.faults.disk import on_file
from tests.faults.markers import SESSION_SCRIPT
from tests.faults.proxy import Cut

pytestmark = pytest.mark.servers

GONE = (503, "store_unavailable")


@pytest.fixture
def site(site_on, redis_proxy):
    """Return a site behind a proxy before its Redis-protocol server."""
    return site_on("starlette", REDIS_URL=redis_proxy.url)


@pytest.fixture
def ada(site):
    """Return Ada, logged in."""
    return site.member()


def refuses_without_harm(visitor: Visitor) -> None:
    """What needs the store says so, and the cookie and the access token stay good."""
    held = visitor.token
    assert problem(visitor.refresh()) == GONE
    assert problem(visitor.login()) == GONE
    assert visitor.token == held
    assert visitor.topics().status_code == 200
    assert visitor.me().status_code == 200


@pytest.mark.fault("F-01", "a proxy cuts the connection before the script is sent")
def test_the_connection_is_cut_before_the_request(site, ada, redis_proxy):
    """503, and the same cookie works at the next try."""
    # F-01
    held = ada.token
    redis_proxy.cut(Cut.BEFORE, SESSION_SCRIPT)
    assert problem(ada.refresh()) == GONE
    assert ada.token == held
    assert ada.refresh().status_code == 200
    site.settle()


@pytest.mark.fault("F-02", "a proxy swallows the reply")
@pytest.mark.parametrize("where", [Cut.AFTER, Cut.INSIDE])
def test_the_reply_is_lost(site, ada, redis_proxy, where):
    """The script ran, nobody heard: it runs once more, and the child goes on."""
    # F-02, RF-02
    assert ada.refresh().status_code == 200
    redis_proxy.cut(where, SESSION_SCRIPT, keep=3)
    for _ in range(3):
        assert ada.refresh().status_code == 200
    site.settle()


@pytest.mark.fault("F-02", "a proxy swallows two replies")
@pytest.mark.parametrize("where", [Cut.AFTER, Cut.INSIDE])
def test_the_reply_is_lost_twice(site, ada, redis_proxy, where):
    """It is not asked a third time; the same token is answered at the next request, and its child goes on."""
    # F-02, RF-02
    assert ada.refresh().status_code == 200
    redis_proxy.cut(where, SESSION_SCRIPT, keep=3)
    redis_proxy.cut(where, SESSION_SCRIPT, keep=3)
    assert problem(ada.refresh()) == GONE
    for _ in range(2):
        assert ada.refresh().status_code == 200
    site.settle()


def test_the_reply_of_a_login_is_lost(site, ada, redis_proxy):
    """A session that nobody holds a token of is of no use to anybody; the next login is a new one."""
    # F-02
    redis_proxy.cut(Cut.AFTER, SESSION_SCRIPT)
    assert problem(ada.login()) == GONE
    assert ada.login().status_code == 200
    assert ada.refresh().status_code == 200
    site.settle()


@pytest.mark.fault("F-03", "a proxy holds the replies back beyond the time-out")
def test_a_late_reply_is_read_by_nobody(site, ada, redis_proxy, measured):
    """What comes after the time-out is thrown away with its connection; everybody gets their own."""
    # F-03
    grace = site.member("grace")
    mine = {person: site.auth.tokens.verify(person.access).session_id for person in (ada, grace)}
    redis_proxy.stall()
    assert {problem(answer) for answer in at_once(Visitor.refresh, mine)} == {GONE}
    redis_proxy.flow()
    measured.healed()
    site.heard()
    for person in (grace, ada, grace, ada):
        assert person.refresh().status_code == 200
        assert site.auth.tokens.verify(person.access).session_id == mine[person]
    site.settle()


@pytest.mark.fault("F-03", "a proxy breaks replies off, eight refreshes at once")
def test_half_a_reply_is_read_by_nobody(site, ada, redis_proxy):
    """Of many at once, whose replies break off anywhere, nobody gets what is another's."""
    # F-03
    people = [ada, *(site.member(f"guest{number}") for number in range(7))]
    mine = {person: site.auth.tokens.verify(person.access).session_id for person in people}
    for keep in (0, 1, 7, 40, 90):
        redis_proxy.cut(Cut.INSIDE, SESSION_SCRIPT, keep=keep)
        assert statuses(at_once(Visitor.refresh, people)).keys() <= {200, 503}
    for person, session_id in mine.items():
        assert person.refresh().status_code == 200
        assert site.auth.tokens.verify(person.access).session_id == session_id
    site.settle()


@pytest.mark.fault("F-01", "kill -9 of Valkey, and a start with its file")
def test_a_killed_server_logs_nobody_out(mortal, own_valkey, measured):
    """While it is gone everything that needs it is refused; afterwards everybody goes on."""
    # F-01, F-05
    people = [mortal.member(name) for name in ("ada", "grace")]
    on_file(own_valkey)
    own_valkey.kill()
    for person in people:
        refuses_without_harm(person)
    own_valkey.start()
    measured.healed()
    for person in people:
        assert person.refresh().status_code == 200
    mortal.settle()


def test_a_logout_while_it_is_gone_is_remembered(mortal, own_valkey):
    """503, for the store may still have the session; but the database knows, and it does not go on."""
    # RF-06, F-18
    ada = mortal.member()
    held = ada.token
    on_file(own_valkey)
    own_valkey.kill()
    assert problem(ada.logout()) == GONE
    own_valkey.start()
    assert problem(ada.present(held)) == (401, "session_revoked")
    assert ada.logout().status_code == 200
    assert problem(ada.present(held)) == (401, "session_revoked")


@pytest.mark.fault("F-04", "SIGSTOP of Valkey, eight refreshes at once")
def test_a_stopped_server_does_not_stop_the_site(mortal, own_valkey, measured):
    """A server that keeps silent costs each request its time-out; other requests are served meanwhile."""
    # F-04
    people = [mortal.member(f"guest{number}") for number in range(8)]
    held = {person: person.token for person in people}
    own_valkey.send(signal.SIGSTOP)
    try:
        waiting = threading.Thread(target=at_once, args=(Visitor.refresh, people))
        waiting.start()
        served = [mortal.visitor().topics(person.access).status_code for person in people * 4]
        waiting.join()
        assert {problem(person.login()) for person in people[:2]} == {GONE}
    finally:
        own_valkey.send(signal.SIGCONT)
        measured.healed()
    assert set(served) == {200}
    assert {person: person.token for person in people} == held
    mortal.heard()
    assert statuses(at_once(Visitor.refresh, people)) == {200: 8}
    mortal.settle()


@pytest.mark.fault("F-04", "SIGSTOP of Valkey, forty refreshes one after the other")
def test_a_silence_is_waited_for_once(mortal, own_valkey, measured):
    """Forty refreshes and logins one after the other cost one time-out; then everybody goes on."""
    # F-04
    people = [mortal.member(f"guest{number}") for number in range(4)]
    held = {person: person.token for person in people}
    own_valkey.send(signal.SIGSTOP)
    try:
        assert problem(people[0].refresh()) == GONE
        asked = {problem(person.refresh()) for person in people * 10}
        assert asked == {GONE}
        assert mortal.happened("refreshed") == 0
    finally:
        own_valkey.send(signal.SIGCONT)
        measured.healed()
    assert {person: person.token for person in people} == held
    mortal.heard()
    assert statuses(at_once(Visitor.refresh, people)) == {200: 4}
    mortal.settle()


def test_who_waits_for_the_store_holds_nobody_up(site_on, redis_proxy):
    """However long refreshes wait, the event loop serves everybody else, and they are answered in the end."""
    # F-04
    patient = connect(redis_proxy.url, timeout_seconds=60)
    sessions = RedisSessions(patient, idle_seconds=3600, max_age_seconds=7200)
    site = site_on(parts={"stores": replace(assemble.stores(settings()), sessions=sessions)})
    people = [site.member(f"guest{number}") for number in range(8)]
    redis_proxy.stall()
    with ThreadPoolExecutor(len(people)) as threads:
        waiting = [threads.submit(person.refresh) for person in people]
        others = [site.visitor() for _ in range(8)]
        assert statuses(other.topics(people[0].access) for other in others) == {200: 8}
        assert statuses(other.me() for other in others) == {401: 8}
        assert not any(one.done() for one in waiting)
        redis_proxy.flow()
        assert statuses(one.result() for one in waiting) == {200: 8}
    site.settle()


@pytest.mark.fault("F-07", "FLUSHALL", ended=2)
def test_an_emptied_server_asks_everybody_to_log_in_again(mortal, own_valkey):
    """Each session is refused once, its cookie cleared; a new login works. No error of the server's."""
    # F-07
    people = [mortal.member(name) for name in ("ada", "grace")]
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.flushall()
    for person in people:
        assert problem(person.refresh()) == (401, "refresh_invalid")
        assert person.token is None
        assert person.topics().status_code == 200
        assert person.login().status_code == 200
        assert person.refresh().status_code == 200


@pytest.mark.fault("F-09", "SCRIPT FLUSH, at once and in the background")
def test_a_server_that_forgot_the_scripts_is_told_them_again(mortal, own_valkey):
    """After SCRIPT FLUSH nobody notices anything."""
    # F-09
    ada = mortal.member()
    for forget in ("SYNC", "ASYNC"):
        with redis.Redis.from_url(own_valkey.url) as direct:
            direct.script_flush(forget)
        assert ada.refresh().status_code == 200
        assert ada.login().status_code == 200
        assert ada.logout().status_code == 200
        assert ada.login().status_code == 200


@pytest.mark.fault("F-10", "maxmemory 1, noeviction")
def test_a_full_server_refuses_and_changes_nothing(mortal, own_valkey, measured):
    """Out of memory: logins and refreshes are refused until there is room again; nobody is logged out."""
    # F-10
    ada = mortal.member()
    with redis.Redis.from_url(own_valkey.url) as direct:
        before = direct.hgetall(direct.keys("refresh:*")[0])
        direct.config_set("maxmemory", "1")
        assert problem(ada.refresh()) == GONE
        assert problem(ada.login()) == GONE
        assert direct.hgetall(direct.keys("refresh:*")[0]) == before
        direct.config_set("maxmemory", "0")
        measured.healed()
    assert ada.refresh().status_code == 200


@pytest.mark.fault("F-08", "REPLICAOF: the master becomes a replica, and a master again")
def test_a_server_that_has_become_a_replica_takes_no_writes(mortal, own_valkey, measured):
    """READONLY is a store that is not there; once it is a master again everybody goes on."""
    # F-08
    ada = mortal.member()
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.replicaof("127.0.0.1", 1)
        refuses_without_harm(ada)
        direct.replicaof("NO", "ONE")
        measured.healed()
    assert ada.refresh().status_code == 200
    mortal.settle()
