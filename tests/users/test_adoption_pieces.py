"""A table of any size is adopted in pieces, with one outcome however it is cut."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.users.adoption import adoption, unadopted
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from tests.users import test_adoption
from tests.users.test_adoption import identities, left, user_id, wrote

db = test_adoption.db


@pytest.mark.parametrize("window", [1, 2, 3, 100])
def test_the_earliest_is_first_wherever_it_stands(db, monkeypatch, window):
    """Of rows with one identity that lie in different pieces of the table the earliest gets it."""
    # ID-1
    monkeypatch.setattr(unadopted, "WINDOW", window)
    wrote(db, "a@x.com", "b@x.com", "A@x.com", "B@x.com", "c@x.com", "A@X.com")
    times = {1: "2020-01-03", 2: "2020-01-02", 3: "2020-01-02", 4: "2020-01-02", 6: "2020-01-01"}
    for number, time in times.items():
        db.query("UPDATE users SET created_at = %s WHERE user_id = %s", (time, user_id(number)))
    assert set(left(db)) == {user_id(1), user_id(3), user_id(4)}
    assert identities(db) == {"a@x.com": 6, "b@x.com": 2, "c@x.com": 5}


def test_an_adoption_that_is_cut_short_says_so(db, monkeypatch, caplog):
    """What is done stays, a line says how far it came and what helps; the next run does the rest alone."""
    monkeypatch.setattr(adoption, "PAGE", 2)
    monkeypatch.setattr(adoption, "BATCH", 2)
    monkeypatch.setattr(unadopted, "WINDOW", 2)
    wrote(db, *(f"{number}@x.com" for number in range(5)))
    insert, calls = adoption._adopt, iter([1])

    def cut_short(*words):
        next(calls, None) or _unreachable()
        return insert(*words)

    with monkeypatch.context() as broken:
        broken.setattr(adoption, "_adopt", cut_short)
        with pytest.raises(StoreUnavailableError):
            adopt(db)
    assert "stopped after 2 users" in caplog.text
    assert adopt(db) == Adoption(3, ())


def _unreachable():
    raise StoreUnavailableError("database", "took too long for the statement")
