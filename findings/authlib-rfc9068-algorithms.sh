#!/usr/bin/env bash
# Authlib's validator of JWT access tokens takes RS256 and ES256 alone, of the algorithms with a public key.
#
# RFC 9068 (section 2.1): "Although JWT access tokens can use any signing algorithm, use of asymmetric cryptography is
# RECOMMENDED"; support of RS256 is the least. Authlib's `authlib.jose.jwt` verifies the same tokens with the same key set.
# Its `JWTBearerTokenValidator` has no option for algorithms and leaves them to joserfc, which takes what it recommends, also
# where the published key says `"alg": "EdDSA"`; the client reads `invalid_token`.
# Seen with Authlib 1.9.10, joserfc 1.8.0, cryptography 50.0.2 on Python 3.11 (Linux x86-64):
#   RS256 jwt accepted, validator accepted
#   ES256 jwt accepted, validator accepted
#   EdDSA jwt accepted, validator refused: Algorithm of 'EdDSA' is not recommended
#   ES384 jwt accepted, validator refused: Algorithm of 'ES384' is not recommended
#   PS256 jwt accepted, validator refused: Algorithm of 'PS256' is not recommended
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet authlib==1.9.10 joserfc==1.8.0 cryptography==50.0.2

cat >"$folder/seen.py" <<'PYTHON'
import sys
import time
import warnings
from importlib.metadata import version

warnings.showwarning = lambda *words, **more: None  # authlib.jose goes with version 2; filters are overruled
from authlib.jose import JsonWebKey, jwt as authlib_jwt
from authlib.oauth2.rfc6750 import InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

ISSUER, AUDIENCE = "https://id.example.com", "api"
KEYS = {
    "RS256": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "ES384": ECKey.generate_key("P-384"),
    "PS256": RSAKey.generate_key(2048),
}
NOW = int(time.time())
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "42", "client_id": "shop", "jti": "1", "iat": NOW, "exp": NOW + 900}


def by_validator(token, jwks):
    class Validator(JWTBearerTokenValidator):
        def get_jwks(self):
            return jwks

    validator = Validator(ISSUER, AUDIENCE)
    try:
        validator.validate_token(validator.authenticate_token(token), [], None)
    except InvalidTokenError as error:
        return f"refused: {error.__cause__.description}"
    return "accepted"


def by_jwt(token, jwks):
    authlib_jwt.decode(token, JsonWebKey.import_key_set(jwks)).validate()
    return "accepted"


print(", ".join(f"{name} {version(name)}" for name in ("Authlib", "joserfc", "cryptography")))
as_written = True
for algorithm, key in KEYS.items():
    token = jwt.encode({"alg": algorithm, "typ": "at+jwt", "kid": "1"}, CLAIMS, key, algorithms=[algorithm])
    jwks = {"keys": [{**key.as_dict(private=False), "kid": "1", "use": "sig", "alg": algorithm}]}
    validated = by_validator(token, jwks)
    print(f"{algorithm} jwt {by_jwt(token, jwks)}, validator {validated}")
    expected = "accepted" if algorithm in ("RS256", "ES256") else f"refused: Algorithm of '{algorithm}' is not recommended"
    as_written &= validated == expected
sys.exit(not as_written)
PYTHON

"$folder/env/bin/python" "$folder/seen.py"
