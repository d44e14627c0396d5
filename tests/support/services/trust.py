"""What clients have to know: the trusted root and the signing configuration, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.support.services.keys import VALID_FROM, Key, spki

_MEDIA_TYPE = "application/vnd.dev.sigstore."
TRUSTED_ROOT = _MEDIA_TYPE + "trustedroot+json;version=0.1"
SIGNING_CONFIG = _MEDIA_TYPE + "signingconfig.v0.2+json"
TRUST_CONFIG = _MEDIA_TYPE + "clienttrustconfig.v0.1+json"

_VALID = {"start": VALID_FROM.strftime("%Y-%m-%dT%H:%M:%SZ")}


def log(url: str, key: Key, key_id: bytes) -> dict[str, object]:
    """A `TransparencyLogInstance`."""
    edwards = isinstance(key, ed25519.Ed25519PrivateKey)
    details = "PKIX_ED25519" if edwards else "PKIX_ECDSA_P256_SHA_256"
    return {
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {"rawBytes": _b64(spki(key)), "keyDetails": details, "validFor": _VALID},
        "logId": {"keyId": _b64(key_id)},
    }


def authority(url: str, chain: Sequence[x509.Certificate]) -> dict[str, object]:
    """A `CertificateAuthority`, of signers or of timestamps."""
    der = serialization.Encoding.DER
    name = {item.oid: str(item.value) for item in chain[0].subject}
    return {
        "subject": {
            "organization": name[x509.NameOID.ORGANIZATION_NAME],
            "commonName": name[x509.NameOID.COMMON_NAME],
        },
        "uri": url,
        "certChain": {
            "certificates": [{"rawBytes": _b64(item.public_bytes(der))} for item in chain]
        },
        "validFor": _VALID,
    }


def signing_config(
    fulcio: str, issuer: str, rekor: Sequence[str], timestamps: Sequence[str]
) -> dict[str, object]:
    """A `SigningConfig` of version 0.2, whose logs are of Rekor v2."""
    return {
        "mediaType": SIGNING_CONFIG,
        "caUrls": [_service(fulcio, 1)],
        "oidcUrls": [_service(issuer, 1)],
        "rekorTlogUrls": [_service(url, 2) for url in rekor],
        "rekorTlogConfig": _any(rekor),
        "tsaUrls": [_service(url, 1) for url in timestamps],
        "tsaConfig": _any(timestamps),
    }


def _any(urls: Sequence[str]) -> dict[str, object]:
    return {"selector": "ANY"} if urls else {}


def _service(url: str, version: int) -> dict[str, object]:
    return {
        "url": url,
        "majorApiVersion": version,
        "validFor": _VALID,
        "operator": "sigstore.test",
    }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
