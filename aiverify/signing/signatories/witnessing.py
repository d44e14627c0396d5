"""Having a signature witnessed: timestamped, and written into a transparency log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiverify.errors import InputError, UsageError
from aiverify.signing import timestamps
from aiverify.signing.log import client
from aiverify.signing.log.verify import Verifier
from aiverify.signing.material import Material
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.signing_config import Service


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Who is to witness a signature: the services of `material`, or nobody."""

    material: Material | None = None
    log: bool = False
    timestamp: bool = False

    def witnessed(self, signature: SignatureFile, verifier: Verifier) -> SignatureFile:
        """The same signature with what its witnesses gave, each answer verified.

        Raises:
            UsageError: the trust configuration names no such service.
            DeniedError: a service refuses, or gives what does not hold.
            UndecidedError: a service is out of reach.
        """
        if self.material is None or not (self.log or self.timestamp):
            return signature
        stamps = self._timestamps(self.material, signature) if self.timestamp else ()
        entries = signature.entries
        if self.log:
            entries = tuple(
                client.submit(
                    service.url,
                    service.version,
                    signature.content,
                    verifier,
                    self.material.root,
                    now=datetime.now(UTC),
                )
                for service in _some(self.material, "logs")
            )
        return replace(signature, entries=entries, timestamps=stamps)

    def _timestamps(self, material: Material, signature: SignatureFile) -> tuple[bytes, ...]:
        found: list[bytes] = []
        for service in _some(material, "timestampers"):
            token = timestamps.request(service.url, signature.signature)
            timestamps.verify(token, signature.signature, material.root)
            found.append(token)
        return tuple(found)


NOBODY = Witnessing()


def _some(material: Material, what: str) -> tuple[Service, ...]:
    choose = material.services.logs if what == "logs" else material.services.timestampers
    try:
        services = choose(datetime.now(UTC))
    except InputError as error:
        raise UsageError(f"{material.where}: {error.message}") from error
    if not services:
        words = "no transparency log" if what == "logs" else "no timestamp authority"
        raise UsageError(f"{material.where} names {words} to ask")
    return services
