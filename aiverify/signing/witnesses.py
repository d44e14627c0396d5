"""Who else saw a signature, and when: transparency logs and timestamp authorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aiverify.signing import timestamps
from aiverify.signing.log.verify import Logged, Verifier, all_logged
from aiverify.signing.signature_file import SignatureFile

if TYPE_CHECKING:
    from aiverify.signing.means.interface import Ground


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What trusted witnesses say of a signature. Empty where none is trusted or none is there.

    `stamps` are the times of timestamp authorities.
    """

    entries: tuple[Logged, ...] = ()
    stamps: tuple[datetime, ...] = ()

    @property
    def times(self) -> tuple[datetime, ...]:
        """Every time at which somebody trusted saw the signature."""
        logs = (entry.time for entry in self.entries)
        return (*self.stamps, *(time for time in logs if time))


def witness(signature: SignatureFile, verifier: Verifier, ground: Ground) -> Witnesses:
    """Verify everything that is said to witness a signature. All that is there must hold.

    Without Sigstore's keys nothing of it is believed, and nothing is refused for it.

    Raises:
        DeniedError: a log entry or timestamp does not hold, or is not of this signature.
    """
    if ground.material is None or not (signature.entries or signature.timestamps):
        return Witnesses()
    root = ground.material.root
    stamps = tuple(
        timestamps.verify(token, signature.signature, root, ground.now)
        for token in signature.timestamps
    )
    if not signature.entries:
        return Witnesses((), stamps)
    at = min(stamps, default=ground.now)
    return Witnesses(all_logged(signature.entries, signature.content, verifier, root, at), stamps)


def earliest(times: Sequence[datetime]) -> datetime | None:
    """When a signature certainly existed already, or None where nobody knows."""
    return min(times, default=None)
