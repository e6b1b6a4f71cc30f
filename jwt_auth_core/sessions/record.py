"""The record of a session, and the rule that judges a presented token: `decide`, a pure function.

A store only swaps records atomically. ``rotate.lua`` is the rule's translation for Redis: the
two change together, and a test compares them state by state.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import Final

from jwt_auth_core.encoding import same
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import Accepted, NewSession, Refused, Rotation, Session, Verdict
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.sessions.use_limit import MICROSECONDS, Counted, Counts, UseLimit
from jwt_auth_core.vocabulary import Client, SessionId

GRACE_SECONDS: Final = 10
"""How long the token before the current one, and its other children, are refused without alarm."""


_LONGEST_AGENT: Final = 200  # characters
_LONGEST_ADDRESS: Final = 64  # an IPv6 address with its zone is about 60


@dataclass(slots=True)  # a refresh makes three: see Life; nobody changes one
class Record:
    """A session with its lineage of tokens, of which only SHA-256 digests are known.

    ``current`` was confirmed last, at ``confirmed_at``; ``previous`` is what it replaced;
    ``used_at`` tells when the current token was first exchanged. A record with an ``ended_reason`` is a
    tombstone: it is kept until ``session.ends_at`` so that what was ended stays ended. ``counts`` is how
    often its tokens were presented, tombstones' too.
    """

    session: Session
    current: bytes = field(repr=False)
    confirmed_at: int
    generation: int = 0
    previous: bytes | None = field(default=None, repr=False)
    used_at: int | None = None
    ended_reason: str | None = None
    ended_at: int | None = None
    counts: Counts = field(default_factory=dict[str, int])

    def __hash__(self) -> int:
        """Of what tells two apart: who walks through all states of a session keeps sets of them."""
        return hash((self.session, self.current, self.generation, self.previous, self.ended_reason))

    def expires_at(self, idle_seconds: int) -> int:
        """Return when the record stops counting: after idling, or at the absolute end."""
        if self.ended_reason is not None:
            return self.session.ends_at
        return min(self.session.last_used_at + idle_seconds, self.session.ends_at)

    def is_live(self, *, now: int, idle_seconds: int) -> bool:
        """Tell whether a token of this session could still be accepted."""
        return self.ended_reason is None and now < self.expires_at(idle_seconds)

    def ended(self, reason: str, *, now: int) -> Record:
        """Return the tombstone; what has ended stays as it is."""
        if self.ended_reason is not None:
            return self
        return replace(self, ended_reason=reason, ended_at=now)

    def told_to(self, new: NewSession) -> Session:
        """Return the session to who opened it, also when they had to ask twice.

        Raises:
            ValueError: another session has this id.
        """
        owner, is_first = self.session.user_id, same(self.current, new.digest)
        if self.ended_reason is not None or owner != new.user_id or not is_first:
            raise ValueError("the session id is in use")
        return self.session


def opened(new: NewSession, *, now: int, max_age_seconds: int) -> Record:
    """Return the record of a session that is opened at ``now``."""
    session = Session(
        session_id=new.session_id,
        user_id=new.user_id,
        created_at=now,
        authenticated_at=now if new.authenticated_at is None else new.authenticated_at,
        last_used_at=now,
        ends_at=now + max_age_seconds,
        methods=new.methods,
        client=storable(new.client),
        session_version=new.session_version,
    )
    return Record(session, new.digest, confirmed_at=now)


def storable(client: Client) -> Client:
    """Return what is kept of a client with a session: its texts, printable and not too long."""
    return Client(
        address=_shortened(client.address, _LONGEST_ADDRESS),
        user_agent=_shortened(client.user_agent, _LONGEST_AGENT),
    )


def _shortened(text: str | None, longest: int) -> str | None:
    # Header text is whatever the client sent: only printable ASCII is kept, so that it fits every
    # database's encoding, is one line everywhere and shows as it is (LOG-2).
    if not text:
        return None
    kept = text[:longest]
    if kept.isascii() and kept.isprintable():  # as nearly every text is
        return kept
    return "".join(letter if " " <= letter <= "~" else "?" for letter in kept)


@dataclass(slots=True)  # see Record
class Decision:
    """A verdict, and the record as it is to be afterwards (None: there is none).

    ``limited_at`` is when it was one too many, in microseconds.
    """

    verdict: Verdict
    record: Record | None
    limited_at: int | None = None

    def rotation(self, session_id: SessionId) -> Rotation:
        """Return what the caller of a store may know of it."""
        if self.record is None:
            return Refused(self.verdict, session_id)
        session = self.record.session
        if self.verdict in {Verdict.OK, Verdict.RESYNC}:
            return Accepted(self.verdict, session_id, session.user_id, session.life)
        if self.limited_at is not None:
            counted = Counted(self.record.counts, self.limited_at)
            return Refused(self.verdict, session_id, session.user_id, counted=counted)
        return Refused(self.verdict, session_id, session.user_id, self.record.ended_reason)


def decide_within(
    record: Record | None, presented: Presented, *, at: int, idle_seconds: int, limit: UseLimit | None
) -> Decision:
    """Judge a presented token ``at`` a time in microseconds, and count it where there is a limit.

    Whatever leaves a record counts, a retry and a parallel tab, too. One too many changes nothing, so that
    the token is good again a little later; but a spent one ends its session however often it comes (I4).
    """
    decision = decide(record, presented, now=at // MICROSECONDS, idle_seconds=idle_seconds)
    after = decision.record
    if limit is None or record is None or after is None or decision.verdict is Verdict.REUSE:
        return decision
    counts = limit.counted(record.counts, at)
    if counts is None:
        return Decision(Verdict.LIMITED, record, limited_at=at)
    counted = Record(
        after.session,
        after.current,
        after.confirmed_at,
        after.generation,
        after.previous,
        after.used_at,
        after.ended_reason,
        after.ended_at,
        {**record.counts, **counts},
    )
    return Decision(decision.verdict, counted)


def decide(record: Record | None, presented: Presented, *, now: int, idle_seconds: int) -> Decision:
    """Judge a presented token: the table of the refresh protocol, in its order.

    A token only ever confirms itself, or its parent's end, by being presented here; presenting it
    twice changes nothing more (I6). Sources: RFC 9700 §4.14.2; ASVS 10.4.8 for the two ends.
    """
    if record is None:
        return Decision(Verdict.UNKNOWN, None)
    if record.ended_reason is not None:
        return Decision(Verdict.REVOKED, record)
    if now >= record.expires_at(idle_seconds):
        return Decision(Verdict.EXPIRED, None)
    return _judge(record, presented, now)


def _judge(record: Record, presented: Presented, now: int) -> Decision:
    ahead = presented.generation - record.generation
    if ahead == 0 and same(presented.digest, record.current):
        return Decision(Verdict.OK, _repeated(record, now))
    if ahead > 1 or (ahead == 1 and same(presented.parent, record.current)):
        # Further ahead than a child: the MAC proves that we made it, so the record is old (F-06, I9).
        verdict = Verdict.RESYNC if ahead > 1 else Verdict.OK
        return Decision(verdict, _confirmed(record, presented, now))
    if _overtaken(record, presented) and now <= record.confirmed_at + GRACE_SECONDS:
        return Decision(Verdict.SUPERSEDED, record)
    return Decision(Verdict.REUSE, record.ended(EndReason.REUSE.value, now=now))


def _overtaken(record: Record, presented: Presented) -> bool:
    previous = record.previous
    return previous is not None and (same(presented.digest, previous) or same(presented.parent, previous))


# Written out: `replace` looks at each field by its name, and takes longer than the rest of a judgement.
def _used(record: Record, now: int) -> Session:
    session = record.session
    return Session(
        session.session_id,
        session.user_id,
        session.created_at,
        session.authenticated_at,
        now,
        session.ends_at,
        session.methods,
        session.client,
        session.session_version,
    )


def _repeated(record: Record, now: int) -> Record:
    return Record(
        _used(record, now),
        record.current,
        record.confirmed_at,
        record.generation,
        record.previous,
        now if record.used_at is None else record.used_at,
        record.ended_reason,
        record.ended_at,
        record.counts,
    )


def _confirmed(record: Record, presented: Presented, now: int) -> Record:
    return Record(
        _used(record, now),
        presented.digest,
        now,
        presented.generation,
        presented.parent,
        now,
        record.ended_reason,
        record.ended_at,
        record.counts,
    )
