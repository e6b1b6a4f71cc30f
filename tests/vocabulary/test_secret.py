"""Secret: shown to nobody who does not ask by name."""

import copy
import json
import pickle
import traceback

import pytest

from jwt_auth_core.vocabulary import Secret

TEXT = "correct horse battery staple"


def test_reveal_returns_the_text():
    """There is one way out."""
    assert Secret(TEXT).reveal() == TEXT


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>40}".format, "%s".__mod__, "%r".__mod__])
def test_every_rendering_is_masked(show):
    """No rendering contains the text."""  # LOG-4
    assert TEXT not in show(Secret(TEXT))
    assert "***" in show(Secret(TEXT))


@pytest.mark.parametrize("dump", [pickle.dumps, json.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_serialised(dump):
    """Pickle, JSON and copy refuse."""  # LOG-4
    with pytest.raises(TypeError):
        dump(Secret(TEXT))


def test_a_traceback_with_locals_does_not_show_it():
    """A traceback that prints local variables shows the mask."""  # LOG-4
    secret = Secret(TEXT)
    try:
        raise ValueError(secret)
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Secret('**********')" in shown


def test_equality_is_of_the_text():
    """Two secrets of one text are equal and hash alike; a plain text is not a secret."""
    assert Secret(TEXT) == Secret(TEXT)
    assert hash(Secret(TEXT)) == hash(Secret(TEXT))
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT


def test_lone_surrogates_compare():
    """A text that is no valid Unicode still compares."""
    assert Secret("\ud800") == Secret("\ud800")


def test_an_empty_secret_is_false():
    """Truth says whether there is a text."""
    assert not Secret("")
    assert Secret("x")
