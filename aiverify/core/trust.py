"""Trust: who may sign, and how many of them it takes."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.words import counted
from aiverify.errors import UsageError


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may sign.

    `keys` are public keys as PEM SubjectPublicKeyInfo text; any of them counts as this
    signer, and the signer counts once.
    """

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """The signers that count, and the threshold of distinct ones.

    Raises:
        UsageError: nobody may sign, a signer has no key, a name or key is given twice, or
            the threshold cannot be met. An empty list never means "anybody".
    """

    signers: tuple[Signer, ...]
    threshold: int = 1

    def __post_init__(self) -> None:
        if not self.signers:
            raise UsageError("trust names no signer, so nothing can be verified")
        if not 1 <= self.threshold <= len(self.signers):
            named = counted(len(self.signers), "signer")
            raise UsageError(
                f"the threshold is {self.threshold}, and trust names {named}",
                hint="Give a threshold of at least 1 and at most the number of signers.",
            )
        owners: dict[str, str] = {}
        for signer in self.signers:
            if not signer.name:
                raise UsageError("trust names a signer with an empty name")
            if not signer.keys:
                raise UsageError(f"the signer {signer.name!r} has no key")
            if len(set(signer.keys)) != len(signer.keys):
                raise UsageError(f"the signer {signer.name!r} has a key twice")
            for key in signer.keys:
                other = owners.setdefault(key, signer.name)
                if other != signer.name:
                    raise UsageError(
                        f"the signers {other!r} and {signer.name!r} share a key, so a threshold "
                        "could be met twice by one of them"
                    )
        if len({signer.name for signer in self.signers}) != len(self.signers):
            raise UsageError("trust names a signer twice")
