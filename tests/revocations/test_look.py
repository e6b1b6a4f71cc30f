"""The quick look at what was recorded lately, by whoever did not live to tell of it."""

from jwt_auth_core.revocations import follower
from jwt_auth_core.revocations.revocation import CutOff, Recorded
from tests.revocations.parts import NOW, OTHER, USER


def test_who_was_cut_off_is_known_within_a_second(stage):
    """Though nobody lived to tell of it: it is looked for all the time, a few seconds back."""
    # F-18
    stage.turn()
    stage.feed.cut_off = [
        Recorded(CutOff(USER, NOW, token_version=1), NOW - follower.LOOK_BACK_SECONDS),
        Recorded(CutOff(OTHER, NOW, 1), NOW - follower.LOOK_BACK_SECONDS - 1),
    ]
    stage.turn()
    assert not stage.revoked.cut_offs
    stage.seconds += follower.LOOK_SECONDS
    stage.turn()
    assert stage.revoked.cut_offs == {USER: (CutOff(USER, NOW, token_version=1),)}


def test_a_look_that_fails_is_no_doubt(stage):
    """While the feed speaks, the database may rest, and is not asked at once again."""
    stage.feed.cut_off = [Recorded(CutOff(USER, NOW, 1), NOW)]
    stage.fail("lately")
    assert stage.follower.complete_at == stage.seconds
    stage.seconds += follower.LOOK_SECONDS
    stage.turn()
    assert not stage.revoked.cut_offs
    stage.seconds += follower.RECONCILE_AGAIN_SECONDS
    stage.turn()
    assert stage.revoked.cut_offs
