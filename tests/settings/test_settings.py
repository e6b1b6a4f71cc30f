"""Settings: read from a mapping, checked as a whole, silent about values."""

import dataclasses
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jwt_auth_core
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings, variables
from jwt_auth_core.variables.dotenv import DATABASE_PARTS
from jwt_auth_core.vocabulary import Secret

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
OLD, OLDER = KEY[::-1], KEY.swapcase()


def problems(**variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"JWT_KEY": KEY, **variables})
    return caught.value.problems


def test_one_variable_suffices():
    """With JWT_KEY alone the documented defaults hold."""
    settings = Settings.from_env({"JWT_KEY": KEY})
    assert settings.jwt_key == Secret(KEY)
    assert (settings.access_token_ttl_seconds, settings.refresh_token_ttl_seconds) == (900, 1_209_600)
    assert (settings.session_max_age_seconds, settings.cookie_secure) == (7_776_000, True)
    assert (settings.trusted_proxy_count, settings.redis_url, settings.jwt_previous_keys) == (0, None, ())


def test_the_process_environment_is_the_default(monkeypatch):
    """Without a mapping the process environment is read, at the call."""
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("JWT_ISSUER", "https://issuer.example")
    assert Settings.from_env().jwt_issuer == "https://issuer.example"


def test_every_kind_of_value_is_read():
    """Numbers, flags, lists and secrets arrive with their types."""
    settings = Settings.from_env(
        {
            "JWT_KEY": KEY,
            "JWT_PREVIOUS_KEYS": f"{OLD},{OLDER}",
            "COOKIE_SECURE": "False",
            "ALLOWED_ORIGINS": "https://a.example,http://localhost:3000",
            "ACCESS_TOKEN_TTL_SECONDS": "60",
        }
    )
    assert settings.jwt_previous_keys[:2] == (Secret(OLD), Secret(OLDER))
    assert settings.allowed_origins == ("https://a.example", "http://localhost:3000")
    assert (settings.cookie_secure, settings.access_token_ttl_seconds) == (False, 60)


def test_a_missing_key_is_named():
    """Without JWT_KEY the error says that it is required."""
    with pytest.raises(SettingsError, match="JWT_KEY is required") as caught:
        Settings.from_env({})
    assert caught.value.code == "invalid_settings"


def test_all_problems_come_at_once():
    """One error names every offending variable, each once."""
    found = problems(JWT_KEY="short", COOKIE_SECURE="perhaps", TRUSTED_PROXY_COUNT="-1", CSRF="off")
    assert sorted(line.split()[0] for line in found) == [
        "COOKIE_SECURE",
        "CSRF",
        "JWT_KEY",
        "TRUSTED_PROXY_COUNT",
    ]


@pytest.mark.parametrize(
    ("variable", "value", "limit"),
    [
        ("JWT_KEY", "x" * 31, "at least 32 bytes"),
        ("JWT_PREVIOUS_KEYS", "old", "at least 32 bytes"),
        ("ACCESS_TOKEN_TTL_SECONDS", "forever", "from 10 to 86400"),
        ("ACCESS_TOKEN_TTL_SECONDS", "9", "from 10 to 86400"),
        ("DATABASE_URL", "mysql://h/d", "postgresql://"),
        ("REDIS_URL", "http://h", "redis://"),
        ("ALLOWED_ORIGINS", "https://a.example/path", "without a path"),
        ("ALLOWED_ORIGINS", "a.example", "without a path"),
        ("ALLOWED_ORIGINS", "https://a.example/", "without a path"),
        ("ALLOWED_ORIGINS", "https://u@a.example", "an origin"),
        ("ALLOWED_ORIGINS", "https://a.example:x", "an origin"),
        ("ALLOWED_ORIGINS", "https://a.example:65536", "an origin"),
        ("ALLOWED_ORIGINS", "https://*.example", "an origin"),
        ("ALLOWED_ORIGINS", "ionic://", "an origin"),
        ("ALLOWED_ORIGINS", "file://", "an origin"),
        ("PASSWORD_PROFILE", "fast", "owasp"),
        ("COOKIE_SECURE", "perhaps", "true or false"),
        ("PUBLIC_URL", "https://shop.example.com:99999", "must be a URL"),
        ("PUBLIC_URL", "shop.example.com", "must be a URL such as https://api.example.com"),
        ("PUBLIC_URL", "https://api.example.com/?x=1", "without a query"),
        ("PUBLIC_URL", "https://ada@api.example.com", "a user"),
        ("COOKIE_NAME", "__host-refresh", "without __Host-"),
        ("COOKIE_NAME", "shop; Path=/", "letters"),
        ("COOKIE_NAME", "x" * 65, "1 to 64"),
        ("REVOCATION_CHECK", "sometimes", "one of feed, always, off"),
        ("REVOCATION_POLICY", "lenient", "one of stateless, strict"),
        ("REVOCATION_MAX_SILENCE_SECONDS", "0", "from 1 to 3600"),
        ("OAUTH_CLIENTS", f"api:{KEY},mail:" + "x" * 32, "mail, whose secret is refused: it is a"),
        ("OAUTH_CLIENTS", "a b:" + "x" * 32, "id:secret"),
        ("OAUTH_CLIENTS", ",".join(["api:" + "x" * 32] * 2), "no id twice"),
    ],
)
def test_a_problem_names_the_limit_and_not_the_value(variable, value, limit):
    """Each problem says which variable and which limit, and never what was set."""
    (problem,) = problems(**{variable: value})
    assert problem.startswith(variable)
    assert limit in problem
    assert len(value) < 6 or value not in problem


@pytest.mark.parametrize("variable", ["JWT_KEY", "JWT_PREVIOUS_KEYS"])
def test_a_well_known_secret_is_a_problem_like_any_other(variable):
    """A secret out of a tutorial is refused by name, with all else that is wrong."""  # JWT-06
    tutorial = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
    found = problems(**{variable: tutorial, "CSRF": "off"})
    assert [line.split()[0] for line in found] == [variable, "CSRF"]
    assert "published" in found[0]
    assert tutorial not in found[0]


def test_the_parts_of_a_database_make_one_url():
    """DB_* variables are quoted into one PostgreSQL URL; the port has its default."""
    settings = Settings.from_env(
        {"JWT_KEY": KEY, "DB_HOST": "db", "DB_NAME": "app", "DB_USER": "u@x", "DB_PASSWORD": "p/w:@"}
    )
    assert settings.database_url.reveal() == "postgresql://u%40x:p%2Fw%3A%40@db:5432/app"


def test_an_ipv6_host_is_bracketed():
    """An IPv6 address as DB_HOST gets its brackets."""
    values = {"JWT_KEY": KEY, "DB_HOST": "::1", "DB_NAME": "a", "DB_USER": "u", "DB_PORT": "6000"}
    assert Settings.from_env(values).database_url.reveal() == "postgresql://u:@[::1]:6000/a"


def test_half_a_database_is_refused():
    """Some DB_* without the others are a mistake, not the embedded default."""
    assert problems(DB_NAME="app", DB_PORT="70000") == (
        "DB_HOST is required with DB_PORT",
        "DB_USER is required with DB_PORT",
        "DB_PORT must be a whole number from 1 to 65535",
    )


def test_two_ways_to_name_a_database_are_refused():
    """DATABASE_URL and DB_* together leave open which one is meant."""
    (problem,) = problems(DATABASE_URL="sqlite:///x.db", DB_HOST="db")
    assert problem == "DB_HOST is set beside DATABASE_URL; use one of the two ways"


def test_secrets_are_masked():
    """No form of the settings shows a key or a database password."""
    settings = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "postgresql://u:hunter2@h/d"})
    shown = repr(settings) + str(settings) + f"{settings}"
    assert KEY not in shown
    assert "hunter2" not in shown


def test_settings_are_frozen():
    """A settings object cannot be changed."""
    settings = Settings(jwt_key=Secret(KEY))
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.csrf = "strict"  # type: ignore[misc]


def test_direct_construction_is_checked_too():
    """Settings made from arguments obey the same limits."""
    with pytest.raises(SettingsError) as caught:
        Settings(jwt_key="plain" * 10, redis_url="redis://h", hash_threads=True, cookie_secure=1)  # type: ignore[arg-type]
    assert [line.split()[0] for line in caught.value.problems] == [
        "JWT_KEY",
        "REDIS_URL",
        "COOKIE_SECURE",
        "HASH_THREADS",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jwt_key", KEY),
        ("jwt_key", KEY.encode()),
        ("jwt_keys", "keys"),
        ("jwt_previous_keys", (OLD,)),
        ("jwt_previous_keys", OLD),
        ("jwt_previous_keys", Secret(OLD)),
        ("database_url", "postgresql://u:hunter2@h/d"),
        ("redis_url", "redis://:hunter2@h"),
        ("oauth_clients", (("api", KEY),)),
    ],
)
def test_a_text_in_place_of_a_secret(field, value):
    """The sentence says how to make one and where it comes from, and blames nothing else."""
    with pytest.raises(SettingsError) as caught:
        Settings(**{"jwt_key": Secret(KEY), field: value})
    (problem,) = caught.value.problems
    assert problem.startswith(variables()[field].name)
    assert (
        'must be a Secret: wrap the text as Secret("..."), after "from jwt_auth_core import Secret"'
        in problem
    )
    assert not any(piece in problem for piece in ("hunter2", "begins with", "bytes", KEY, OLD))


def test_what_the_sentence_says_helps():
    """The import that it names is there, and what it makes is taken."""
    texts = {"jwt_key": KEY, "database_url": "postgresql://h/d", "redis_url": "redis://h"}
    settings = Settings(**{field: jwt_auth_core.Secret(text) for field, text in texts.items()})
    assert settings.jwt_key == Secret(KEY)


@pytest.mark.parametrize(
    ("field", "value", "limit"),
    [
        ("jwt_issuer", 5, "must be a str"),
        ("jwt_issuer", "", "must not be empty"),
        ("service_name", b"shop", "must be a str"),
        ("allowed_origins", "https://a.example", "must be a tuple of origins"),
        ("allowed_origins", None, "must be a tuple of origins"),
        ("allowed_origins", (1,), "each must be an origin"),
        ("jwt_previous_keys", None, "must be a tuple, each must be a Secret"),
        ("oauth_clients", None, "must be a tuple of pairs"),
        ("oauth_clients", ("api:" + KEY,), "must be a tuple of pairs"),
        ("oauth_clients", ("api", Secret(KEY)), "must be a tuple of pairs"),
        ("oauth_clients", ((1, Secret(KEY)),), "must be a tuple of pairs"),
    ],
)
def test_a_value_of_another_type_is_one_sentence(field, value, limit):
    """Whatever is given for a field, the answer is its limit and no traceback."""
    with pytest.raises(SettingsError) as caught:
        Settings(**{"jwt_key": Secret(KEY), field: value})
    (problem,) = caught.value.problems
    assert problem.startswith(f"{variables()[field].name} {limit}")


@pytest.mark.parametrize("name", sorted({v.name for v in variables().values()} | set(DATABASE_PARTS)))
def test_what_is_not_utf8_is_one_sentence(name):
    """Octets of another encoding, as the system hands them on, are named by their variable alone."""
    given = {"JWT_KEY": KEY, "DB_HOST": "h", "DB_NAME": "d", "DB_USER": "u"}
    given = given if name in DATABASE_PARTS else {"JWT_KEY": KEY}
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**given, name: os.fsdecode(b"https://h.example/" + OLD.encode() + b"\xff")})
    assert caught.value.problems == (f"{name} is not UTF-8 text",)


@pytest.mark.parametrize("value", ["\udcff" * 40, ("x", "\udcff")], ids=["text", "texts"])
def test_a_lone_surrogate_is_no_text(value):
    """The same is said of arguments."""
    field = "jwt_key" if isinstance(value, str) else "allowed_origins"
    given = {"jwt_key": Secret(KEY)} | {field: Secret(value) if field == "jwt_key" else value}
    with pytest.raises(SettingsError, match="is not UTF-8 text"):
        Settings(**given)


@given(st.dictionaries(st.sampled_from([v.name for v in variables().values()]), st.text(max_size=40)))
def test_any_environment_is_accepted_or_refused_in_words(mapping):
    """Whatever the variables hold, the answer is settings or a SettingsError."""
    try:
        Settings.from_env(mapping)
    except SettingsError as error:
        assert error.problems


@pytest.mark.parametrize(
    ("host", "port", "query"),
    [
        ("/run/postgresql", "", "?host=%2Frun%2Fpostgresql&port=5432"),
        ("[::1],a", "", "?host=%3A%3A1%2Ca&port=5432"),
        ("@pg", "6000", "?host=%40pg&port=6000"),
        ("a,b", "", "?host=a%2Cb&port=5432"),
        ("a,/run/pg", "1,2", "?host=a%2C%2Frun%2Fpg&port=1%2C2"),
    ],
)
def test_a_directory_or_a_list_as_host(host, port, query):
    """DB_HOST is what libpq takes as host: also a directory of sockets, and several hosts."""
    values = {"JWT_KEY": KEY, "DB_HOST": host, "DB_PORT": port, "DB_NAME": "a", "DB_USER": "u"}
    assert Settings.from_env(values).database_url.reveal() == f"postgresql://u:@/a{query}"


@pytest.mark.parametrize(
    "host", ["db:5433", "postgresql://db", "db/app", "u@db", "a b", "[::1", "db?x", "a,b:1"]
)
def test_what_is_no_host(host):
    """What libpq would look for in vain is refused before it is used."""
    found = problems(DB_HOST=host, DB_NAME="a", DB_USER="u")
    assert any(problem.startswith("DB_HOST must be") for problem in found)


@pytest.mark.parametrize(("host", "port"), [("a,b", "1,2,3"), ("a", "1,2")])
def test_ports_are_as_many_as_hosts(host, port):
    """One port is for all hosts; several are one each."""
    (problem,) = problems(DB_HOST=host, DB_PORT=port, DB_NAME="a", DB_USER="u")
    assert problem == "DB_PORT must be one port, or one for each host of DB_HOST"
