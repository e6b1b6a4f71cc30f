"""The ceremonies by ``webauthn`` (py_webauthn), the only file that imports it.

Where the library is lenient or silent, this is not: the algorithm and the form of a key, whose id an
attestation is about, whether a passkey may be copied. Whatever it raises is a `CeremonyError`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.passkeys.ceremony import (
    TIMEOUT_SECONDS,
    Answer,
    Assertion,
    CeremonyError,
    NewCredential,
    Options,
)
from jwt_auth_core.passkeys.passkey import Passkey
from jwt_auth_core.passkeys.relying_party import RelyingParty

try:
    import webauthn
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        options_to_json_dict,
        parse_registration_credential_json,
    )
    from webauthn.helpers.cose import COSECRV, COSEKTY, COSEAlgorithmIdentifier
    from webauthn.helpers.decode_credential_public_key import (
        DecodedEC2PublicKey,
        DecodedMLDSAPublicKey,
        DecodedOKPPublicKey,
        DecodedRSAPublicKey,
    )
    from webauthn.helpers.structs import (
        AttestationConveyancePreference,
        AuthenticatorSelectionCriteria,
        AuthenticatorTransport,
        CredentialDeviceType,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )
except ImportError as missing:
    raise MissingDriverError("webauthn", extra="passkeys") from missing

_CLASSIC: Final = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
_ML_DSA_BYTES: Final = {
    COSEAlgorithmIdentifier.ML_DSA_44: 1312,
    COSEAlgorithmIdentifier.ML_DSA_65: 1952,
    COSEAlgorithmIdentifier.ML_DSA_87: 2592,
}
_COORDINATE_BYTES: Final = 32  # of Ed25519 and P-256
_RSA_BYTES: Final = range(256, 513)  # 2048 to 4096 bits
_RSA_EXPONENT: Final = b"\x01\x00\x01"


def _algorithms() -> tuple[COSEAlgorithmIdentifier, ...]:
    """Return what is offered, the most wanted first; ML-DSA where the build of ``cryptography`` has it."""
    return (*_CLASSIC, *(algorithm for algorithm in _ML_DSA_BYTES if _has(algorithm)))


def _has(algorithm: COSEAlgorithmIdentifier) -> bool:
    key = DecodedMLDSAPublicKey(kty=COSEKTY.ML_DSA, alg=algorithm, pub=bytes(_ML_DSA_BYTES[algorithm]))
    try:
        decoded_public_key_to_cryptography(key)
    except Exception:  # noqa: BLE001 - whatever it lacks
        return False
    return True


ALGORITHMS: Final = _algorithms()


class WebauthnCeremonies:
    """`Ceremonies` of one relying party; a class because all of them are for the same one."""

    def __init__(self, party: RelyingParty) -> None:
        self._party = party
        self._origins = list(party.origins)

    def registration(
        self, challenge: str, *, handle: str, name: str, display_name: str, known: Sequence[Passkey]
    ) -> Options:
        """See `Ceremonies.registration`."""
        options = webauthn.generate_registration_options(
            rp_id=self._party.rp_id,
            rp_name=self._party.name,
            user_id=b64url_decode(handle),
            user_name=name,
            user_display_name=display_name,
            challenge=b64url_decode(challenge),
            timeout=TIMEOUT_SECONDS * 1000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_descriptors(known),
            supported_pub_key_algs=list(ALGORITHMS),
        )
        return options_to_json_dict(options)

    def register(self, answer: Answer) -> NewCredential:
        """See `Ceremonies.register`."""
        with _refusing():
            credential = parse_registration_credential_json(dict(answer.members))
            found = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=b64url_decode(answer.challenge),
                expected_rp_id=self._party.rp_id,
                expected_origin=self._origins,
                supported_pub_key_algs=list(ALGORITHMS),
            )
            is_fit = _is_fit(found.credential_public_key)
        if b64url_encode(found.credential_id) != answer.credential_id or not is_fit:
            raise CeremonyError("unfit")
        transports = {one.value for one in credential.response.transports or ()}
        return NewCredential(
            credential_id=answer.credential_id,
            public_key=b64url_encode(found.credential_public_key),
            sign_count=found.sign_count,
            transports=tuple(sorted(transports)),
            aaguid=found.aaguid,
            is_synced=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            is_backed_up=found.credential_backed_up,
            is_user_verified=found.user_verified,
        )

    def login(
        self, challenge: str, *, allowed: Sequence[Passkey] = (), must_verify_user: bool = True
    ) -> Options:
        """See `Ceremonies.login`."""
        wanted = UserVerificationRequirement
        options = webauthn.generate_authentication_options(
            rp_id=self._party.rp_id,
            challenge=b64url_decode(challenge),
            timeout=TIMEOUT_SECONDS * 1000,
            allow_credentials=_descriptors(allowed),
            user_verification=wanted.REQUIRED if must_verify_user else wanted.PREFERRED,
        )
        return options_to_json_dict(options)

    def verify(self, answer: Answer, passkey: Passkey, *, must_verify_user: bool = True) -> Assertion:
        """See `Ceremonies.verify`."""
        with _refusing():
            found = webauthn.verify_authentication_response(
                credential=dict(answer.members),
                expected_challenge=b64url_decode(answer.challenge),
                expected_rp_id=self._party.rp_id,
                expected_origin=self._origins,
                credential_public_key=b64url_decode(passkey.public_key),
                # The library compares before it verifies: what nobody has signed would tell of a copy.
                credential_current_sign_count=0,
                require_user_verification=must_verify_user,
            )
        is_synced = found.credential_device_type is CredentialDeviceType.MULTI_DEVICE
        if b64url_encode(found.credential_id) != passkey.credential_id or is_synced != passkey.is_synced:
            raise CeremonyError("unfit")
        return Assertion(
            passkey=passkey,
            sign_count=found.new_sign_count,
            is_backed_up=found.credential_backed_up,
            is_user_verified=found.user_verified,
        )


@contextmanager
def _refusing() -> Generator[None]:
    """Make one error of whatever the library raises: it promises two, malformed input has it raise more."""
    try:
        yield
    except Exception as error:  # KeyError, TypeError, ValueError, InvalidBackupFlags, ...
        raise CeremonyError("refused") from error


def _is_fit(key: bytes) -> bool:
    """Tell whether a key is of the kind and size that its algorithm is offered for, on its curve."""
    decoded = decode_credential_public_key(key)
    decoded_public_key_to_cryptography(decoded)
    algorithm: Any = decoded.alg
    match decoded:
        case DecodedOKPPublicKey(crv=curve, x=x):
            return (algorithm, curve, len(x)) == (_CLASSIC[0], COSECRV.ED25519, _COORDINATE_BYTES)
        case DecodedEC2PublicKey(crv=curve, x=x, y=y):
            sizes = (len(x), len(y)) == (_COORDINATE_BYTES, _COORDINATE_BYTES)
            return (algorithm, curve) == (_CLASSIC[1], COSECRV.P256) and sizes
        case DecodedRSAPublicKey(n=n, e=e):
            return algorithm == _CLASSIC[2] and len(n) in _RSA_BYTES and n[0] > 0 and e == _RSA_EXPONENT
        case _:
            return _ML_DSA_BYTES.get(algorithm) == len(decoded.pub)


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=b64url_decode(one.credential_id), transports=list(map(AuthenticatorTransport, one.transports))
        )
        for one in passkeys
    ]
