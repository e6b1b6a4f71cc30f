"""A kind of second factors for tests: words that a user has, each good once."""

from __future__ import annotations

from dataclasses import replace

from jwt_auth_core.factors.enrolled import EnrolledFactors
from jwt_auth_core.vocabulary import Secret

WORD = 1 << 20
"""A bit that no kind of ours has."""


class Words:
    """A `Factor`; class because it keeps the words."""

    name, field = "word", "word"

    def __init__(self):
        self.words = {"blue", "green", "red"}
        self.challenges = []

    def is_enrolled(self, _user_id):
        """Tell whether a word is left."""
        return bool(self.words)

    def read(self, value):
        """Return the word."""
        if not isinstance(value, str):
            raise ValueError("must be a text")  # noqa: TRY004 - as the protocol says
        return Secret(value)

    def verify(self, _user_id, answer, *, challenge):
        """Spend it."""
        self.challenges.append(challenge)
        if answer.reveal() not in self.words:
            return None
        self.words.remove(answer.reveal())
        return ("otp",)


def with_words(auth, words=None):
    """Return the same `Auth` whose only second factor are words."""
    factors = (words or Words(),)
    opening = auth.login.open_session
    opening = replace(opening, second_factor=replace(opening.second_factor, factors=factors))
    complete = replace(auth.factors.complete_login, factors=factors)
    return replace(
        auth,
        login=replace(auth.login, open_session=opening),
        reauthenticate=replace(auth.reauthenticate, open_session=opening),
        factors=replace(auth.factors, complete_login=complete),
    )


def enrol(auth, user_id, kind=WORD):
    """Have the user's row say that there is a factor."""
    EnrolledFactors(auth.database).add(user_id, kind)
