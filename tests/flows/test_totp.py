"""Authenticator apps: enrolled, used at a login, removed."""

import threading

import pytest

from jwt_auth_core.errors import AuthError, UserNotFoundError
from jwt_auth_core.factors.factor import FactorInvalidError
from jwt_auth_core.factors.totp import FactorNotFoundError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from tests.factors.apps import HERE, KEYS, AppStory
from tests.factors.words import enrol as pretend
from tests.flows.parts import process


@pytest.fixture
def variables():
    """Return keys that encrypt."""
    return {"ENCRYPTION_KEYS": KEYS}


@pytest.fixture
def story(world):
    """Return Ada, without a factor."""
    return AppStory(world)


def test_a_code_completes_the_login_once(story):
    """Neither the same nor an older one goes a second time, in whatever login."""  # OTP-2
    app, _ = story.enrolled()
    story.world.now += 60
    code, older = story.code(app), story.code(app, -1)
    story.go_on(story.begin(), totp=code)
    for spent in (code, older):
        with pytest.raises(FactorInvalidError):
            story.go_on(story.begin(), totp=spent)
    assert isinstance(story.go_on(story.begin(), totp=story.code(app, 1)), Grant)


def test_the_code_that_confirmed_is_spent(story):
    """It was seen by whoever looked over a shoulder."""
    app, _ = story.enrolled()
    with pytest.raises(FactorInvalidError):
        story.go_on(story.begin(), totp=story.code(app))


@pytest.mark.parametrize(("step", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(story, step, is_good):
    """Not two."""  # OTP-2
    app, _ = story.enrolled()
    story.world.now += 120
    if is_good:
        assert isinstance(story.go_on(story.begin(), totp=story.code(app, step)), Grant)
    else:
        with pytest.raises(FactorInvalidError):
            story.go_on(story.begin(), totp=story.code(app, step))


@pytest.mark.slow
def test_of_fifty_at_once_one_is_right(story):
    """With one code, each in a login of its own, in two processes."""  # OTP-2
    app, _ = story.enrolled()
    story.world.now += 60
    found, start, code = [], threading.Barrier(50), story.code(app)
    challenges = [story.begin().token.reveal() for _ in range(50)]

    def answer(auth, challenge):
        complete = auth.factors.complete_login
        step = complete.parse({"challenge": challenge, "totp": code})
        start.wait()
        try:
            found.append(complete(step, HERE))
        except AuthError as error:
            found.append(error.code)

    with process(story.world) as other:
        auths = [story.auth, other] * 25
        run_all(answer, zip(auths, challenges, strict=True))
    assert [one for one in found if isinstance(one, str)] == ["factor_invalid"] * 49


def run_all(call, arguments):
    """Call it in a thread for each."""
    threads = [threading.Thread(target=call, args=one) for one in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_user_has_several_apps(story):
    """A code of any of them is good; those of one are gone with it."""
    first, _ = story.enrolled()
    story.log_in(first)
    second = story.enrol(name="tablet")
    assert story.confirm(story.code(second)) == ()
    assert [app.name for app in story.listed.apps] == ["phone", "tablet"]
    story.log_in(second)
    story.auth.factors.remove_totp(story.ada.user_id, first.factor_id, HERE, story.claims)
    story.world.now += 60
    with pytest.raises(FactorInvalidError):
        story.go_on(story.begin(), totp=story.code(first))


def test_without_the_last_factor_the_password_is_enough(story):
    """The recovery codes are gone with it."""
    app, _ = story.enrolled()
    story.log_in(app)
    story.auth.factors.remove_totp(story.ada.user_id, None, HERE, story.claims)
    assert isinstance(story.begin(), Grant)
    assert (story.listed.apps, story.listed.recovery_codes_left) == ([], 0)


def test_where_a_factor_of_another_kind_is_left_the_codes_stay(story):
    """They stand for that one, too."""
    app, _ = story.enrolled()
    pretend(story.auth, story.ada.user_id)
    story.log_in(app)
    story.auth.factors.remove_totp(story.ada.user_id, None, HERE, story.claims)
    assert story.begin().factors == ("recovery",)


def test_what_is_not_there_cannot_be_removed(story):
    """Neither an unknown app nor another user's."""
    eve = AppStory(story.world, "eve@example.com")
    app, _ = eve.enrolled()
    for factor_id in (None, "totp_0", app.factor_id):
        with pytest.raises(FactorNotFoundError):
            story.auth.factors.remove_totp(story.ada.user_id, factor_id, HERE, story.claims)
    assert len(eve.listed.apps) == 1


def test_a_changed_factor_forgets_remembered_devices(story):
    """Whoever is in doubt changes one, and all are asked again."""
    app, _ = story.enrolled()
    story.world.now += 60
    grant = story.go_on(story.begin(), totp=story.code(app), remember_device=True)
    device = grant.device.reveal()
    assert isinstance(story.begin(device=device), Grant)
    story.claims = story.claims_of(grant)
    story.auth.factors.renew_recovery_codes(story.ada.user_id, HERE, story.claims)
    assert isinstance(story.begin(device=device), Challenge)


def test_remembered_devices_are_listed_and_forgotten_one_by_one(story):
    """By an id that opens nothing."""
    app, _ = story.enrolled()
    story.world.now += 60
    device = story.go_on(story.begin(), totp=story.code(app), remember_device=True).device.reveal()
    (listed,) = story.listed.remembered_devices
    assert listed.remembered_until == story.world.now + 30 * 86_400
    assert listed.device_id not in device
    story.auth.factors.forget_device(story.ada.user_id, listed.device_id)
    assert story.listed.remembered_devices == []
    assert isinstance(story.begin(device=device), Challenge)
    with pytest.raises(FactorNotFoundError):
        story.auth.factors.forget_device(story.ada.user_id, "unknown")


def test_an_app_that_another_system_enrolled_still_verifies(story):
    """With a secret of 80 bits."""
    story.enrolled()
    (stored,) = story.listed.apps
    vault = story.auth.factors.enrol_totp.vault
    secret = vault.encrypt(b"JBSWY3DPEHPK3PXP", place=stored.place)
    story.auth.database.query("UPDATE auth_totp SET secret = %s", (secret.text,))
    story.world.now += 60
    code = hotp(b"Hello!\xde\xad\xbe\xef", story.world.now // 30)
    assert isinstance(story.go_on(story.begin(), totp=code), Grant)


def hotp(key, counter):
    """Return a code by the words of RFC 4226."""
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    digest = hmac.digest(key, counter.to_bytes(8), hashlib.sha1)
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_secret_that_was_moved_to_another_user_is_good_for_nobody(story, caplog):
    """The row is bound to its user; other factors of hers go on."""
    app, codes = story.enrolled()
    eve = AppStory(story.world, "eve@example.com")
    theirs, _ = eve.enrolled()
    moved = "SELECT secret FROM auth_totp WHERE factor_id = %s"
    sql = f"UPDATE auth_totp SET secret = ({moved}) WHERE factor_id = %s"  # noqa: S608 - both are ours
    story.auth.database.query(sql, (theirs.factor_id, app.factor_id))
    story.world.now += 60
    with pytest.raises(FactorInvalidError):
        story.go_on(story.begin(), totp=story.code(theirs))
    assert app.factor_id in caplog.text
    assert isinstance(story.go_on(story.begin(), recovery_code=codes[0].reveal()), Grant)


def test_an_operator_removes_all(story):
    """The user logs in by the password, and hears of it."""
    story.enrolled()
    assert story.auth.factors.reset(story.ada.user_id)
    assert isinstance(story.begin(), Grant)
    assert story.listed.recovery_codes_left == 0
    assert "factors_reset" in story.world.names()
    assert not story.auth.factors.reset(story.ada.user_id)


def test_of_one_who_is_gone_nothing_is_removed(story):
    """There is no such user."""
    with pytest.raises(UserNotFoundError):
        story.auth.factors.reset("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")


@pytest.mark.parametrize("since", [None, 0, 1])
def test_what_a_stranger_added_is_void_with_the_rest(story, since):
    """What the owner had before stays; the recovery codes are void in any case."""  # RST-6
    app, _ = story.enrolled()
    moment = None if since is None else story.world.now + since
    user = story.world.stores.users.find(story.ada.user_id)
    voiders = story.auth.verify_email.prove_address.void
    assert voiders(user, now=story.world.now, reason="test", since=moment)
    assert [one.factor_id for one in story.listed.apps] == ([app.factor_id] if since else [])
    assert bool(story.world.stores.users.find(user.user_id).factor_kinds) == bool(since)
    assert story.listed.recovery_codes_left == 0
    assert ("factors_reset" in story.world.names()) == (not since)
