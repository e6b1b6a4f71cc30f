"""Which sessions have lately begun to wait, in this process."""

from jwt_auth_asgi.browser.exchanges import FRESH_SECONDS
from jwt_auth_asgi.http.waiting_sessions import KEPT_SECONDS, WaitingSessions
from jwt_auth_core.sessions import new_session_id


def test_one_waits_for_longer_than_anything_exchanged_is_handed_out():
    """And is forgotten when the next one is noted."""
    now = [0.0]
    waiting, one, other = WaitingSessions(monotonic=lambda: now[0]), new_session_id(), new_session_id()
    waiting.add(one)
    assert (one in waiting, other in waiting) == (True, False)
    now[0] = FRESH_SECONDS
    assert one in waiting
    now[0] = KEPT_SECONDS
    assert one not in waiting
    waiting.add(other)
    assert (len(waiting), other in waiting) == (1, True)


def test_what_has_ended_waits_no_more():
    """Nor does it matter whether it did."""
    waiting, one = WaitingSessions(), new_session_id()
    waiting.add(one)
    for _ in range(2):
        waiting.discard(one)
        assert one not in waiting
