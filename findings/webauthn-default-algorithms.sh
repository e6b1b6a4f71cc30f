#!/usr/bin/env bash
# py_webauthn refuses, unless told twice, a passkey of an algorithm that it was told to offer and can verify.
#
# The docstrings of `generate_registration_options` and `verify_registration_response` say of `supported_pub_key_algs`
# "Defaults to all supported algorithm IDs". The default are three of the thirteen that its enumeration names. So options
# that offer ML-DSA or ES512 lead to a passkey that the second call refuses, unless it is given the same list again.
# Seen with webauthn 3.0.1 and cryptography 50.0.2 on Python 3.11 (Linux x86-64):
#   named 13, default 3
#   ML-DSA-65: Unsupported credential public key alg "-49"; with the list: verified
#   ES512:     Unsupported credential public key alg "-36"; with the list: verified
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet webauthn==3.0.1 cryptography==50.0.2

cat >"$folder/seen.py" <<'PYTHON'
import hashlib
import json
import sys
from importlib.metadata import version

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from webauthn import generate_registration_options, verify_registration_response
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.helpers.exceptions import InvalidRegistrationResponse

RP_ID, ORIGIN = "example.com", "https://example.com"


def created(options, key):
    """Answer options as an authenticator does that has made this key; its attestation is none."""
    said = {"type": "webauthn.create", "challenge": bytes_to_base64url(options.challenge), "origin": ORIGIN}
    attested = bytes(16) + (16).to_bytes(2, "big") + b"i" * 16 + cbor2.dumps(key)
    data = hashlib.sha256(RP_ID.encode()).digest() + bytes([0x45]) + bytes(4) + attested
    response = {
        "clientDataJSON": bytes_to_base64url(json.dumps(said).encode()),
        "attestationObject": bytes_to_base64url(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
    }
    name = bytes_to_base64url(b"i" * 16)
    return {"id": name, "rawId": name, "type": "public-key", "response": response}


def verified(algorithm, key, **more):
    """Offer an algorithm, and verify a passkey of it."""
    options = generate_registration_options(
        rp_id=RP_ID, rp_name="n", user_name="n", supported_pub_key_algs=[algorithm]
    )
    assert [one.alg for one in options.pub_key_cred_params] == [algorithm]
    try:
        verify_registration_response(
            credential=created(options, key),
            expected_challenge=options.challenge,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            **more,
        )
    except InvalidRegistrationResponse as error:
        return str(error).partition(",")[0]
    return "verified"


print(f"webauthn {version('webauthn')}, cryptography {version('cryptography')}")
default = generate_registration_options(rp_id=RP_ID, rp_name="n", user_name="n").pub_key_cred_params
print(f"named {len(Algorithm)}, default {len(default)}")
lattice = mldsa.MLDSA65PrivateKey.generate().public_key().public_bytes_raw()
point = ec.generate_private_key(ec.SECP521R1()).public_key().public_numbers()
KEYS = {
    "ML-DSA-65": (Algorithm.ML_DSA_65, {1: 7, 3: -49, -1: lattice}),
    "ES512": (Algorithm.ECDSA_SHA_512, {1: 2, 3: -36, -1: 3, -2: point.x.to_bytes(66, "big"), -3: point.y.to_bytes(66, "big")}),
}
seen = []
for name, (algorithm, key) in KEYS.items():
    alone, told = verified(algorithm, key), verified(algorithm, key, supported_pub_key_algs=[algorithm])
    print(f"{name + ':':10} {alone}; with the list: {told}")
    seen.append(alone == f'Unsupported credential public key alg "{int(algorithm)}"' and told == "verified")
sys.exit(not all(seen) or len(default) == len(Algorithm))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
