"""The cost of a hash: named profiles and their floor."""

import pytest

from jwt_auth_core import passwords
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.passwords import PROFILES, Profile, profile
from jwt_auth_core.settings import PASSWORD_PROFILES


def test_the_named_profiles_are_those_of_owasp_and_rfc_9106():
    """Each profile has the numbers of its source."""  # PW-01
    costs = {name: (p.memory_kib, p.passes, p.lanes) for name, p in PROFILES.items()}
    assert costs == {
        "owasp": (19456, 2, 1),
        "rfc9106-low-memory": (65536, 3, 4),
        "rfc9106-high-memory": (2097152, 1, 4),
    }


def test_settings_offer_every_profile():
    """What settings accept as a name is what exists."""
    assert tuple(PROFILES) == PASSWORD_PROFILES


def test_a_profile_is_found_by_its_name():
    """The name in a setting leads to the profile."""
    assert profile("rfc9106-low-memory") is passwords.RFC_9106_LOW_MEMORY


def test_an_unknown_name_is_refused_with_the_known_ones():
    """The error lists what may be chosen."""
    with pytest.raises(SettingsError, match="one of owasp, rfc9106-low-memory, rfc9106-high-memory"):
        profile("cheap")


@pytest.mark.parametrize(
    ("cost", "word"),
    [
        ((19456, 2, 0), "lanes"),
        ((19456, 2, 17), "lanes"),
        ((19456, 0, 1), "passes"),
        ((19456, 2**32, 1), "passes"),
        ((7, 2, 1), "memory"),
        ((127, 2, 16), "memory"),
        ((2**32, 2, 1), "memory"),
    ],
)
def test_parameters_that_argon2_does_not_have_are_refused(cost, word):
    """A profile is within the limits of RFC 9106 §3.1, and 16 lanes."""
    with pytest.raises(SettingsError, match=word):
        Profile(*cost)
