"""A change that goes once, whose answer may be lost."""

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.events import EmailVerified
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.one_time.proof import InvalidCodeError

EVENT = EmailVerified(at=1)
LOST = StoreUnavailableError("database")


class Journal:
    """Keeps what is told."""

    def __init__(self):
        self.told = []

    def tell(self, event):
        """Tell it."""
        self.told.append(event)


def asked(answers, done=None):
    """Return what comes of answers, one a call, and what was told."""
    journal, left = Journal(), iter(answers)

    def do():
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = do_or_find(do, lambda: done, refusal=InvalidCodeError, journal=journal, event=EVENT)
    return found, journal.told


def test_what_is_done_is_done():
    """At once, or when asked again."""
    assert asked([7]) == asked([LOST, 7]) == (7, [])


def test_what_was_done_is_found_and_told():
    """The second time it is refused, for it goes once."""
    assert asked([LOST, InvalidCodeError()], done=8) == (8, [EVENT])


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([InvalidCodeError()], InvalidCodeError),
        ([LOST, InvalidCodeError()], InvalidCodeError),
        ([LOST, LOST], StoreUnavailableError),
    ],
)
def test_what_was_not_done_is_refused(answers, error):
    """And nothing is told."""
    with pytest.raises(error):
        asked(answers)
