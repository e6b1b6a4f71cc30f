"""In which language somebody is written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.mail.language import language_of
from jwt_auth_core.mail.letter import LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, es ; q=0.5, de;q=0.7", "de"),
        ("fr, ja", "en"),
        ("de;q=0, es;q=0.1", "es"),
        ("ES-419", "es"),
        ("de;q=2, es;q=x, *;q=0.5", "en"),
        (f"{'fr,' * 1000}de", "en"),
    ],
)
def test_the_most_wanted_of_those_there_are(header, language):
    """Weights decide, the first of equals wins, nonsense and the unknown count for nothing."""
    assert language_of(header, default="en") == language


@given(st.text())
def test_no_header_is_an_error(header):
    """Whatever comes, there is a language."""
    assert language_of(header, default="es") in LANGUAGES
