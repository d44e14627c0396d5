"""Fulcio, version 2 of its interface: a short-lived certificate for an identity token."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any

import jwt
from asn1crypto.core import UTF8String
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tests.support.sigstore import authority, github, keys
from tests.support.sigstore.authority import Authority, Extension
from tests.support.sigstore.ctlog import CtLog
from tests.support.sigstore.issuer import ACTIONS, PEOPLE, Issuer
from tests.support.sigstore.keys import Public
from tests.support.sigstore.site import (
    Answer,
    Call,
    Json,
    RefusedError,
    Site,
    Switches,
    json_answer,
)

AUDIENCE = "sigstore"
ISSUER_RAW = "1.3.6.1.4.1.57264.1.1"
ISSUER = "1.3.6.1.4.1.57264.1.8"


class Promise(Enum):
    """What of the certificate transparency log's stands in a certificate."""

    GOOD = auto()
    NONE = auto()
    FORGED = auto()


@dataclass(frozen=True)
class FulcioSwitches(Switches):
    """How certificates come out.

    `offset` is when they begin, from now; `lifetime` how long they hold; `promise` what the
    transparency log promises; `stranger` has another root issue them.
    """

    offset: timedelta = timedelta()
    lifetime: timedelta = timedelta(minutes=10)
    promise: Promise = Promise.GOOD
    stranger: bool = False


class Fulcio(Site):
    """A certificate authority for the identities of an issuer."""

    switches: FulcioSwitches

    def __init__(self, issuer: Issuer, log: CtLog) -> None:
        super().__init__()
        self.switches = FulcioSwitches()
        self.authority = Authority.root("fulcio root").below("fulcio")
        self._stranger = Authority.root("fulcio root").below("fulcio")
        self._issuer = issuer
        self._log = log
        self.routes["POST /api/v2/signingCert"] = self._sign
        self.routes["GET /api/v2/trustBundle"] = self._trust_bundle

    def issue(self, token: dict[str, Any], key: Public) -> x509.Certificate:
        """The certificate for what a token says and a key."""
        switches = self.switches
        issuer = self._stranger if switches.stranger else self.authority
        start = authority.now() + switches.offset
        valid = (start, start + switches.lifetime)
        builder = issuer.builder(x509.Name([]), key, _extensions(token), valid)
        if switches.promise is Promise.NONE:
            return issuer.sign(builder)
        forged = switches.promise is Promise.FORGED
        promise = self._log.promise(
            issuer.sign(builder).tbs_certificate_bytes,
            issuer.certificate,
            self._log.strangers_key if forged else self._log.key,
        )
        return issuer.sign(builder.add_extension(promise, critical=False))

    def _sign(self, call: Call) -> Answer:
        request = call.json()
        token = self._claims(_token(call, request))
        certificate = self.issue(token, _proven_key(request, token))
        issuer = self._stranger if self.switches.stranger else self.authority
        certificates = [_pem(each) for each in (certificate, *issuer.chain)]
        # So it is called even where the promise is left out: the client is the one to look.
        return json_answer(
            {"signedCertificateEmbeddedSct": {"chain": {"certificates": certificates}}}
        )

    def _claims(self, token: str) -> dict[str, Any]:
        """What a token says, if it holds and was meant for us."""
        realms = [self._issuer.realm_url(realm) for realm in (PEOPLE, ACTIONS)]
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._issuer.key.public_key(),
                algorithms=["ES256"],
                audience=AUDIENCE,
                issuer=realms,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise RefusedError(f"the identity token is refused: {error}", 401) from None
        return claims

    def _trust_bundle(self, _: Call) -> Answer:
        chain = {"certificates": [_pem(each) for each in self.authority.chain]}
        return json_answer({"chains": [chain]})


def _token(call: Call, request: Json) -> str:
    header = call.headers.get("Authorization", "")
    if header:
        return header.removeprefix("Bearer ")
    return str(request.get("credentials", {}).get("oidcIdentityToken", ""))


def _proven_key(request: Json, token: dict[str, Any]) -> Public:
    """The key in a request, whose private half the sender has shown to have."""
    try:
        if "certificateSigningRequest" in request:
            pem = base64.b64decode(request["certificateSigningRequest"])
            asked = x509.load_pem_x509_csr(pem)
            key, proven = keys.known(asked.public_key()), asked.is_signature_valid
        else:
            asked_for = request["publicKeyRequest"]
            key = keys.known(load_pem_public_key(asked_for["publicKey"]["content"].encode()))
            proof = base64.b64decode(asked_for["proofOfPossession"])
            challenge = str(token.get("email", token["sub"])).encode()
            proven = keys.verifies(key, proof, challenge)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RefusedError(f"the request has no key: {error}") from None
    if not proven:
        raise RefusedError("the key is not proven to be the sender's")
    return key


def _extensions(token: dict[str, Any]) -> list[Extension]:
    """What stands in the certificate, for what the token says."""
    raw, encoded = {ISSUER_RAW: token["iss"]}, {ISSUER: token["iss"]}
    if github.is_workflow(token):
        more_raw, more_encoded = github.extensions(token)
        raw, encoded = raw | more_raw, encoded | more_encoded
    values = {oid: text.encode() for oid, text in raw.items()}
    values |= {oid: UTF8String(text).dump() for oid, text in encoded.items()}
    return [
        authority.usage(signing=True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
        (x509.SubjectAlternativeName([_identity(token)]), True),
        *(
            (x509.UnrecognizedExtension(ObjectIdentifier(oid), value), False)
            for oid, value in values.items()
        ),
    ]


def _identity(token: dict[str, Any]) -> x509.GeneralName:
    if github.is_workflow(token):
        return x509.UniformResourceIdentifier(github.identity(token))
    if "email" in token:
        if token.get("email_verified") is not True:
            raise RefusedError("the address is not verified", 401)
        return x509.RFC822Name(token["email"])
    if "://" not in token["sub"]:
        raise RefusedError("the subject is no URI", 401)
    return x509.UniformResourceIdentifier(token["sub"])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
