"""The watch over the logs sees what it should see (LOG-1)."""

import logging
import os
import subprocess
import sys

import pytest

from jwt_auth_core.vocabulary import Secret
from tests.house.sources import ROOT
from tests.taint import Taint

RUN = """
import logging
from jwt_auth_core.vocabulary import Secret

def test_leak():
    log = logging.getLogger("quiet")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    log.debug("the password is %s", Secret("correct horse battery").reveal())

def test_traceback():
    try:
        raise ValueError(Secret("correct horse staple").reveal())
    except ValueError:
        logging.getLogger("loud").exception("oh")

def test_fine():
    logging.getLogger("loud").warning("the password is %s", Secret("correct horse saddle"))
"""


@pytest.fixture
def own():
    """Return a watch of the test's own, so that its findings are not the run's."""
    return Taint()


def record(message):
    """Return a log record."""
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, None, None)


@pytest.mark.parametrize("secret", ["correct horse", b"correct horse", Secret("correct horse")])
def test_a_record_with_a_secret_is_found(own, secret):
    """A secret may be registered as text, as bytes or as a Secret."""
    # LOG-1
    own(secret)
    own.keep(record("login of a with correct horse"))
    own.keep(record("login of a"))
    assert own.leaks() == ["x INFO login of a with correct horse"]


def test_a_secret_may_be_remembered_afterwards(own):
    """What was said before a text became known as a secret counts, too."""
    own.keep(record("issued eyJ0eXAiOiJhdCtqd3QifQ"))
    own("eyJ0eXAiOiJhdCtqd3QifQ")
    assert len(own.leaks()) == 1


def test_given_texts_are_checked_in_place_of_the_log(own):
    """The output of a server or a dump of a store can be searched."""
    own("correct horse")
    assert own.leaks("nothing", "a correct horse") == ["a correct horse"]


@pytest.mark.parametrize("chance", ["short", "aaaaaaaaaaaaaaaaaaaa", ""])
def test_what_may_stand_there_by_chance_is_no_secret(own, chance):
    """Short texts and fillings are not searched for."""
    own(chance)
    assert own.secrets == set()


def test_secrets_of_this_run_are_remembered(taint):
    """Making a Secret registers it, without a word of the production code."""
    # LOG-1
    value = "made in a test of the house"
    assert Secret(value).reveal() in taint.secrets


def test_a_leak_fails_the_test_that_made_it(tmp_path):
    """A leaking message, and a leaking traceback, fail their tests; a masked secret does not."""
    # LOG-1
    (tmp_path / "test_run.py").write_text(RUN)
    command = [sys.executable, "-m", "pytest", "-p", "tests.taint", "-p", "no:cacheprovider", str(tmp_path)]
    lean = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=lean, capture_output=True, text=True, check=False, timeout=60
    )
    assert "2 failed, 1 passed" in done.stdout
    assert "the password is correct horse battery" in done.stdout
