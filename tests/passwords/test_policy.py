"""Which passwords may be set."""

import gzip
import json
import subprocess
import sys
import time
import tracemalloc
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.passwords import PasswordPolicy, blocklist
from jwt_auth_core.passwords.normalization import folded
from jwt_auth_core.vocabulary import Secret

DEFAULT, NIST = PasswordPolicy.default(), PasswordPolicy.nist()
OWNER = ["Ada.Lovelace+mail@example.com", "Ada", "Lovelace", "Al", "jwt-auth"]


def codes(text, *, policy=DEFAULT, context=()):
    """Return the codes of the policy's problems with a password."""
    return [error.code for error in policy.problems(Secret(text), context=context)]


def words():
    """Return the shipped list."""
    packed = files("jwt_auth_core.passwords").joinpath("common.txt.gz").read_bytes()
    return gzip.decompress(packed).decode().strip("\n").split("\n")


@pytest.mark.parametrize(
    ("policy", "length", "expected"),
    [
        (DEFAULT, 7, ["too_short"]),
        (DEFAULT, 8, []),
        (NIST, 14, ["too_short"]),
        (NIST, 15, []),
        (NIST, 64, []),
        (DEFAULT, 1024, []),
        (NIST, 1024, []),
        (DEFAULT, 1025, ["too_long"]),
    ],
)
@pytest.mark.parametrize(
    "alphabet", ["kqzwvxj%", "密钥马电池订书钉", "🔑🐎🔋📎🧷🗝️🎠"], ids=["ascii", "han", "emoji"]
)
def test_length_counts_code_points(policy, length, expected, alphabet):
    """8 or 15 code points at least, 1,024 at most, whatever they are in bytes."""  # PW-02
    varied = "".join(alphabet[(i * i + i // 7) % len(alphabet)] for i in range(length))
    assert codes(varied, policy=policy) == expected


def test_length_counts_after_normalising():
    """Letters typed with combining marks count once."""  # PW-02, PW-04
    assert codes("e\u0301a\u0300o\u0308u\u0308") == ["too_short"]


def test_five_megabytes_are_refused_at_once():
    """A huge password is refused within 5 ms."""  # PW-02
    huge, times = Secret("e\u0301" * 2_500_000), []
    for _ in range(5):
        start = time.thread_time()  # what the others of a busy machine take counts for nothing
        assert [error.code for error in DEFAULT.problems(huge)] == ["too_long"]
        times.append(time.thread_time() - start)
    assert min(times) < 0.005


@pytest.mark.parametrize(
    "text", ["\ud800" * 8, "long enough\udc00", json.loads(r'"\ud800 as JSON sends it"')]
)
def test_lone_surrogates_are_refused(text):
    """What is not Unicode text is a field error."""  # PW-05
    assert codes(text) == ["not_unicode"]


@pytest.mark.parametrize(
    "text",
    [
        "zwölf boxkämpfer",
        "onlylowercaseletters",
        "73194650281",
        "🔑🐎🔋📎🧷🗝🎠🥕",
        " \0\t\x7f qv ",
        "        z",
    ],
)
def test_there_are_no_composition_rules(text):
    """Any characters will do, in any mixture."""  # PW-04
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "password",
        "PassWord",
        "iloveyou",
        "1qaz2wsx",
        "football",
        "sunshine",
        "ｐａｓｓｗｏｒｄ",
        "pass word",
        "i-love-you",
        "trustno1trustno1",
        "abcdefgh",
        "87654321",
        "11111111",
        "        ",
        "😀😀😀😀😀😀😀😀",
        "abcabcabca",
    ],
)
def test_a_common_password_is_refused(text):
    """The list is compared whole and folded; repetitions need no list."""  # PW-03
    assert codes(text) == ["too_common"]


@pytest.mark.parametrize(
    "text",
    [
        "passwordpassword",
        "PasswordPasswordPassword",
        "password password",
        "correcthorsebatterystaple",
        "correct horse battery staple",
        "Correct-Horse-Battery-Staple",
        "thequickbrownfoxjumpsoverthelazydog",
        "qwertyuiopasdfghjkl",
        "abcdefghijklmnopqrstuvwxyz",
        "123456789012345",
        "aaaaaaaaaaaaaaa",
        "monkeymonkeymonkey",
        "iloveyouiloveyouil",
        "cristianoronaldo",
        "manchesterunited",
        "1q2w3e4r5t6y7u8i9o",
    ],
)
def test_a_long_common_password_is_refused(text):
    """Length alone does not save a well-known one."""  # PW-03
    assert codes(text, policy=NIST) == ["too_common"]


@pytest.mark.parametrize(
    "text",
    [
        "password is not all of it",
        "mypassword in a sentence",
        "----1234----",
        "vkqzvkqz",
        "password\niloveyou",
        "zqxwvkjh zqxwvkjh",
    ],
)
def test_only_the_whole_password_counts(text):
    """A common word within a password is no reason against it."""  # PW-03
    assert codes(text) == []


@pytest.mark.parametrize("least", [8, 15])
def test_the_list_has_3000_entries_of_policy_length(least):
    """Under either policy at least 3,000 listed passwords would be long enough."""  # PW-03
    assert sum(len(word) >= least for word in words()) >= 3000


def test_the_list_is_sorted_and_folded():
    """The file is what its script makes: one folded word a line, sorted, none twice."""  # PW-03
    listed = words()
    assert listed == sorted(set(listed))
    assert [word for word in listed if word != folded(word)] == []


def test_the_notice_counts_right():
    """The notice beside the list says how many words it has."""
    notice = files("jwt_auth_core.passwords").joinpath("common.NOTICE.txt").read_text("utf-8")
    assert f"{len(words()):,} words" in notice


def test_the_list_contains_that_of_django():
    """The source that can be installed is all there."""  # PW-03
    (django,) = find_spec("django").submodule_search_locations
    packed = Path(django, "contrib/auth/common-passwords.txt.gz").read_bytes()
    source = {folded(word) for word in gzip.decompress(packed).decode().split("\n")}
    assert {word for word in source if len(word) >= 8} - set(words()) == set()


def test_the_list_is_loaded_late():
    """Importing the room loads neither the list nor a driver."""
    check = (
        "import sys; from jwt_auth_core.passwords import blocklist; "
        "assert blocklist._lines.cache_info().currsize == 0; assert 'argon2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)


def test_the_list_is_frugal():
    """In memory the list takes less than a megabyte."""  # PW-03
    blocklist._lines.cache_clear()
    tracemalloc.start()
    codes("password")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "Ada.Lovelace+mail@example.com",
        "ADA.LOVELACE+MAIL@EXAMPLE.COM",
        "ada.lovelace+mail",
        "adalovelacemail",
        "Lovelace",
        "LOVELACE",
        "ｌｏｖｅｌａｃｅ",
        "adalovelace",
        "Lovelace, Ada".replace(",", ""),
        "lovelacelovelace",
        "jwt-auth",
        "jwt_auth",
        "JWT Auth Ada",
    ],
)
def test_the_owners_words_are_refused(text):
    """E-mail address, local part, names, service name, and two of them in a row."""  # PW-03
    assert codes(text, context=OWNER) == ["too_personal"]


@pytest.mark.parametrize("text", ["lovelace1815", "my lovelace", "adaadaadax", "al lovelace"])
def test_the_owners_words_may_occur(text):
    """Only the whole password is compared; words of one or two characters are ignored."""  # PW-03
    assert codes(text, context=OWNER) == []


@pytest.mark.parametrize(
    "context", [[""], ["@"], ["\ud800"], ["x" * 1_000_000], ["e\u0301" * 500_000], ["..."]]
)
def test_odd_context_is_no_trouble(context):
    """Empty, broken and huge context words are passed over."""
    assert codes("a fine password", context=context) == []


@pytest.mark.parametrize("least", [-1, 0, 7, 65, 1024])
def test_a_minimum_outside_its_limits_is_refused(least):
    """The minimum is 8 to 64: never weaker, and 64 characters always suffice."""  # PW-02
    with pytest.raises(SettingsError, match="8 to 64"):
        PasswordPolicy(least)


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=4))
def test_no_text_breaks_the_policy(text, context):
    """Any password gets an answer of at most one problem."""  # PW-05
    assert len(codes(text, context=context)) <= 1


@given(st.sampled_from(words()[::97]), st.integers(2, 5), st.integers(0, 3))
def test_a_listed_word_repeated_is_refused(word, times, cut):
    """However often it stands there, and also when the last one is cut short."""  # PW-03
    text = word * times + word[:cut]
    assert codes(text, policy=DEFAULT) == ["too_common"]
