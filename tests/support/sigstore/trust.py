"""The trust configuration: where the services are, and what is trusted for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.sigstore import authority, keys
from tests.support.sigstore.authority import ORGANIZATION
from tests.support.sigstore.keys import Public, b64
from tests.support.sigstore.site import Json

CONFIG = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
ROOT = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
SIGNING = "application/vnd.dev.sigstore.signingconfig.v0.2+json"


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is trusted. Without a beginning: since the services began."""

    start: datetime | None = None
    end: datetime | None = None

    def stated(self) -> Json:
        """As JSON."""
        start = self.start or authority.now() - authority.FOUNDED
        value = {"start": _time(start)}
        return value if self.end is None else {**value, "end": _time(self.end)}


ALWAYS = Period()


def log(url: str, key: Public, log_id: bytes, valid: Period) -> Json:
    """A transparency log in a trusted root."""
    stated = {
        "rawBytes": b64(keys.spki(key)),
        "keyDetails": keys.details(key),
        "validFor": valid.stated(),
    }
    return {
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": stated,
        "logId": {"keyId": b64(log_id)},
    }


def certificates(url: str, chain: Sequence[x509.Certificate], valid: Period) -> Json:
    """An authority in a trusted root."""
    (common_name,) = chain[-1].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    stated = [{"rawBytes": b64(each.public_bytes(Encoding.DER))} for each in chain]
    return {
        "subject": {"organization": ORGANIZATION, "commonName": common_name.value},
        "uri": url,
        "certChain": {"certificates": stated},
        "validFor": valid.stated(),
    }


def service(url: str, version: int = 1) -> Json:
    """A service in a signing configuration."""
    return {
        "url": url,
        "majorApiVersion": version,
        "validFor": ALWAYS.stated(),
        "operator": ORGANIZATION,
    }


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
