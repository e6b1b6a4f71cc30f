"""Forked children: they inherit memory and no threads."""

import os

import pytest

from jwt_auth_core.revocations import EndedSession, Recorded
from jwt_auth_core.revocations.revocations import _begin_anew
from tests.processes import in_children
from tests.revocations.parts import NOW, SID, StagedFeed, claims, refused, threads

MULTI_THREADED = pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")


@MULTI_THREADED
def test_a_forked_child_follows_by_itself(made):
    """A child has its own thread, reads all anew and refuses; the parent's goes on."""
    # F-28
    feed = StagedFeed()
    revocations = made(feed)
    revocations.check(claims())
    feed.recorded = [Recorded(EndedSession(SID), NOW)]

    def work(_number):
        assert not revocations.is_started
        assert refused(revocations, claims())
        assert len(threads()) == 1
        revocations.close()

    assert in_children(2, work) == [0, 0]
    assert revocations.is_started
    assert not refused(revocations, claims())


@MULTI_THREADED
def test_a_child_of_an_idle_parent_starts_too(made, feed):
    """Also where the parent never asked, as under a preloading server."""
    revocations = made(feed)

    def work(_number):
        feed.publish(Recorded(EndedSession(SID), NOW))
        assert refused(revocations, claims())

    assert in_children(1, work) == [0]


@MULTI_THREADED
def test_a_child_inherits_what_is_known(made):
    """Memory is not lost with the fork, whatever the ledger says."""
    feed = StagedFeed()
    revocations = made(feed)
    revocations.check(claims())
    revocations.revoke_session(SID)

    def work(_number):
        assert revocations.is_revoked(claims())

    assert in_children(1, work) == [0]


def test_a_new_beginning_takes_nothing_over(made, feed, monkeypatch):
    """What a child does on its way: a new thread, a new lock, no finalizer of the parent's."""
    revocations, idle = made(feed), made(feed)
    revocations.start()
    parents = revocations._reader._follower
    monkeypatch.setattr("jwt_auth_core.revocations.revocations._of_this_process", {revocations, idle})
    _begin_anew()
    assert not revocations.is_started
    feed.publish(Recorded(EndedSession(SID), NOW))
    assert refused(revocations, claims())
    assert revocations._reader._follower is not parents
    parents.stop.set()


def test_systems_without_fork_are_fine(made, feed, monkeypatch):
    """Where nothing can be registered, nothing is."""
    monkeypatch.delattr(os, "register_at_fork")
    monkeypatch.setattr("jwt_auth_core.revocations.revocations._watched", set())
    revocations = made(feed)
    revocations.revoke_session(SID)
    assert refused(revocations, claims())
