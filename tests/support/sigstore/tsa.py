"""A timestamp authority over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.sigstore import authority, timestamp
from tests.support.sigstore.authority import Authority
from tests.support.sigstore.site import Answer, Call, RefusedError, Site, Switches
from tests.support.sigstore.timestamp import Stamp

PATH = "/api/v1/timestamp"
REPLY = "application/timestamp-reply"


class TsaFault(Enum):
    """What may be wrong with a timestamp.

    FORGED: signed by another key under the authority's certificate. STRANGER: by an authority
    of the same name that nobody trusts. OTHER_MESSAGE, OTHER_NONCE: for another request.
    REJECTED: none is granted. GARBAGE: no response at all.
    """

    NONE = auto()
    FORGED = auto()
    STRANGER = auto()
    OTHER_MESSAGE = auto()
    OTHER_NONCE = auto()
    REJECTED = auto()
    GARBAGE = auto()


@dataclass(frozen=True)
class TsaSwitches(Switches):
    """What the clock shows: a time, or how far it is from the true one. And what is wrong."""

    at: datetime | None = None
    offset: timedelta = timedelta()
    fault: TsaFault = TsaFault.NONE


class Tsa(Site):
    """The authority as a service."""

    switches: TsaSwitches

    def __init__(self) -> None:
        super().__init__()
        self.switches = TsaSwitches()
        self._ours = _Clock()
        self._stranger = _Clock()
        self.routes[f"POST {PATH}"] = self._reply

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificate that signs, up to the root."""
        return self._ours.chain

    @property
    def timestamp_url(self) -> str:
        """Where requests go."""
        return f"{self.url}{PATH}"

    def stamp(self, request: bytes) -> bytes:
        """The response to a request (RFC 3161, 2.4)."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            digest, nonce = imprint["hashed_message"].native, asked["nonce"].native
            algorithm = imprint["hash_algorithm"]["algorithm"].native
        except (TypeError, ValueError) as error:
            raise RefusedError(f"no request for a timestamp: {error}") from None
        switches = self.switches
        if switches.fault is TsaFault.GARBAGE:
            return b"no response"
        if switches.fault is TsaFault.REJECTED:
            return timestamp.rejected()
        if switches.fault is TsaFault.OTHER_MESSAGE:
            digest = digest[::-1]
        if switches.fault is TsaFault.OTHER_NONCE and nonce is not None:
            nonce += 1
        time = switches.at or authority.now() + switches.offset
        stamp = Stamp(algorithm, digest, time.replace(microsecond=0), nonce)
        clock = self._stranger if switches.fault is TsaFault.STRANGER else self._ours
        key = (self._stranger if switches.fault is TsaFault.FORGED else clock).authority.key
        return timestamp.granted(
            stamp, clock.chain[0], key, with_certificate=bool(asked["cert_req"].native)
        )

    def _reply(self, call: Call) -> Answer:
        return Answer(self.stamp(call.body), kind=REPLY)


class _Clock:
    """A root of its own, and a key below it that signs."""

    def __init__(self) -> None:
        root = Authority.root("tsa root")
        signer = ec.generate_private_key(ec.SECP256R1())
        self.authority = Authority(root.timestamping("tsa", signer), signer, root.chain)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return self.authority.chain
