"""ENCRYPTION_KEYS: newest first, each as good as a signing key, none of them one."""

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
NEW, OLD = "p8KxQ2-vL5nWc9_Tz7RbY4mHd6JsFg3E", "Hn3_Xq7LzV-2cB9mKt5WrP8yDf4GsJ6a"


def test_the_order_is_kept():
    """The first one seals, the others verify; without any nothing is sealed."""
    settings = Settings.from_env({"JWT_KEY": KEY, "ENCRYPTION_KEYS": f" {NEW}, {OLD},"})
    assert settings.encryption_keys == (Secret(NEW), Secret(OLD))
    assert Settings.from_env({"JWT_KEY": KEY}).encryption_keys == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("short", "must be at least 32 bytes long"),
        (f"{NEW},short", "must be at least 32 bytes long"),
        ("a" * 40, "is refused"),
        (f"{NEW},{NEW}", "has one key twice"),
        (KEY, "must not have a key of JWT_KEY"),
        (f"{NEW},{OLD}x", None),
    ],
)
def test_a_key_that_will_not_do(text, problem):
    """The variable and its limit are named, its value is not."""
    given = {"JWT_KEY": KEY, "ENCRYPTION_KEYS": text}
    if problem is None:
        assert Settings.from_env(given)
        return
    with pytest.raises(SettingsError, match=f"ENCRYPTION_KEYS .*{problem}") as caught:
        Settings.from_env(given)
    assert text not in str(caught.value)


@pytest.mark.parametrize("keys", [Secret(NEW), NEW, (NEW,)])
def test_they_are_a_tuple_of_secrets(keys):
    """A text would be shown by whoever prints the settings."""
    with pytest.raises(SettingsError, match=r"ENCRYPTION_KEYS .*must be a"):
        Settings(jwt_key=Secret(KEY), encryption_keys=keys)
