"""Signatures are those of Standard Webhooks, by its vectors and by a library of its authors."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.signature import Signer, problem_of, secrets_of

VECTORS = Path(__file__).parents[1] / "vectors" / "standard_webhooks_1.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]
OLD, NEW = ("whsec_" + b64encode(bytes(range(start, start + 64, 2))).decode() for start in (1, 100))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_signature_is_that_of_the_vector(case):
    """To the last character."""
    signer = Signer([Secret(case["secret"])])
    assert signer.sign(case["id"], case["timestamp"], case["body"].encode()) == case["signature"]


@given(octets=st.binary(min_size=24, max_size=64), body=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_library_accepts_every_signature(octets, body):
    """Of any secret and any text."""
    secret = "whsec_" + b64encode(octets).decode()
    now = int(time.time())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": Signer([Secret(secret)]).sign("msg_1", now, body.encode()),
    }
    Webhook(secret).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + "x", headers, json_parse=False)


@pytest.mark.parametrize("known", [OLD, NEW])
def test_while_a_secret_is_exchanged_both_are_good(known):
    """Whoever knows one of them verifies; the newest stands first."""
    now = int(time.time())
    signature = Signer([Secret(NEW), Secret(OLD)]).sign("msg_1", now, b"{}")
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": signature}
    assert Webhook(known).verify(b"{}", headers) == {}
    assert signature.split(" ")[0] == Signer([Secret(NEW)]).sign("msg_1", now, b"{}")


@pytest.mark.parametrize(
    "text", [f"{NEW},{OLD}", f"{NEW} {OLD}", f" {NEW} ,\n{OLD}, ", f"{NEW},,{OLD}"], ids=range(4)
)
def test_secrets_stand_between_commas_or_spaces(text):
    """In their order."""
    assert secrets_of(text) == (Secret(NEW), Secret(OLD))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        NEW.removeprefix("whsec_"),
        "whsec_" + b64encode(bytes(range(23))).decode(),
        "whsec_" + b64encode(bytes(range(65))).decode(),
        NEW.replace("=", "") + "A====",
        NEW[:-4] + "-_A=",
        NEW + "\n",
        "whsec_A" * 8,
        "whsec_" + "A" * 33,
    ],
)
def test_another_form_is_no_secret(text):
    """It is refused with what it must be, and a way to make one, and is not repeated."""
    sentence = problem_of(Secret(text))
    assert sentence.startswith("must be whsec_ and the base64 of 24 to 64 random bytes; make one with: ")
    assert NEW[6:20] not in sentence
    with pytest.raises(ValueError, match="must be whsec_"):
        Signer([Secret(text)])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CASES[0]["secret"], "published"),
        ("whsec_" + b64encode(b"a" * 24).decode(), "a repetition"),
        ("whsec_" + b64encode(bytes(range(32))).decode(), "a sequence"),
        ("whsec_" + b64encode(b"change-me-change-me-in-production").decode(), "published"),
    ],
)
def test_a_known_secret_is_refused(text, why):
    """Of the right form, and good for nothing."""
    assert why in problem_of(Secret(text))


def test_padding_may_be_left_out():
    """As some tools do."""
    bare = Secret(NEW.rstrip("="))
    assert problem_of(bare) is None
    assert Signer([bare]).sign("m", 1, b"") == Signer([Secret(NEW)]).sign("m", 1, b"")


def test_somebody_must_sign():
    """Without a secret there is no signature."""
    with pytest.raises(ValueError, match="at least one"):
        Signer([])
