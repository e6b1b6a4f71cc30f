#!/usr/bin/env bash
# Authlib's `PrivateKeyJWT` reads a client's key as an RSA key, whatever `alg` it was given.
#
# A client that authenticates by `private_key_jwt` (RFC 7523) may sign by any algorithm that the server supports. With
# `PrivateKeyJWT(..., alg="ES256")` and the key in PEM or as a JWK, which is how an RSA key is given, no request is sent: the
# session raises while it signs. The same key made an object of joserfc beforehand is taken.
# Seen with Authlib 1.9.10, joserfc 1.8.0, cryptography 50.0.2 on Python 3.11 (Linux x86-64):
#   RS256 as PEM: signed, as JWK: signed, as object: signed
#   ES256 as PEM: InvalidKeyTypeError, as JWK: KeyParameterError, as object: signed
#   EdDSA as PEM: InvalidKeyTypeError, as JWK: KeyParameterError, as object: signed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet authlib==1.9.10 joserfc==1.8.0 cryptography==50.0.2 requests==2.32.5

cat >"$folder/seen.py" <<'PYTHON'
import sys
from importlib.metadata import version

from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OKPKey, RSAKey

KEYS = {
    "RS256": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
}


class Client:
    """What Authlib's session is to the method: it has an id and a key."""

    def __init__(self, key):
        self.client_id, self.client_secret = "reports", key


def outcome(algorithm, key):
    method = PrivateKeyJWT("https://id.example.com/token", alg=algorithm)
    try:
        method.sign(Client(key), "https://id.example.com/token")
    except Exception as error:
        return type(error).__name__
    return "signed"


print(", ".join(f"{name} {version(name)}" for name in ("Authlib", "joserfc", "cryptography")))
as_written = True
for algorithm, key in KEYS.items():
    forms = {"PEM": key.as_pem(private=True), "JWK": key.as_dict(private=True), "object": key}
    seen = {name: outcome(algorithm, form) for name, form in forms.items()}
    print(f"{algorithm} " + ", ".join(f"as {name}: {said}" for name, said in seen.items()))
    as_written &= seen["object"] == "signed"
    as_written &= (seen["PEM"] == "signed") == (seen["JWK"] == "signed") == (algorithm == "RS256")
sys.exit(not as_written)
PYTHON

"$folder/env/bin/python" "$folder/seen.py"
