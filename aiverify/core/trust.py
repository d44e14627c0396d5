"""Trust: who may sign, how many of them it takes, and what no longer counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.identity import NamePattern
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.errors import UsageError


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when something counts, as aware times; None is open on that side.

    Raises:
        UsageError: it ends before it begins.
    """

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start >= self.end:
            raise UsageError(f"a validity from {self.start:%Y-%m-%d} ends before it begins")

    def holds(self, at: datetime) -> bool:
        """Whether a time lies in it. The end is outside."""
        return (not self.start or self.start <= at) and (not self.end or at < self.end)


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key as PEM SubjectPublicKeyInfo text, and when its signatures count."""

    pem: str
    window: Window = ALWAYS


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """Certificates that may issue a signer's own: DER, one or more.

    `name` is what the signer's certificate must be for; None for whatever they issue.
    """

    roots: tuple[bytes, ...]
    name: NamePattern | None = None


@dataclass(frozen=True, slots=True)
class TrustedIdentity:
    """Somebody by the name that an identity provider gave them. There is no name without one."""

    issuer: str
    name: NamePattern


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may sign, by any of several means. They count once.

    `logged` and `timestamped` demand that a signature of theirs is in a transparency log, or
    bears the time of a timestamp authority.
    """

    name: str
    keys: tuple[TrustedKey, ...] = ()
    authorities: tuple[TrustedAuthority, ...] = ()
    identities: tuple[TrustedIdentity, ...] = ()
    logged: bool = False
    timestamped: bool = False

    @classmethod
    def of_keys(cls, name: str, pems: Iterable[str]) -> Signer:
        """A signer known by keys that always count."""
        return cls(name, tuple(TrustedKey(pem) for pem in pems))


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many distinct signers it takes, and which ones count, by their names."""

    threshold: int
    signers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Revoked:
    """What no longer counts: keys and certificates by fingerprint, artifacts and files by digest.

    Each is written `sha256:<hex>`.
    """

    keys: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trust:
    """The signers that count, and the threshold of distinct ones.

    `kinds` are quorums of their own for some kinds of artifact.

    Raises:
        UsageError: nobody may sign, a signer has nothing to be known by, a name, key or
            identity is given twice, or a threshold cannot be met. An empty list never means
            "anybody".
    """

    signers: tuple[Signer, ...]
    threshold: int = 1
    kinds: Mapping[Kind, Quorum] = field(default_factory=dict)
    revoked: Revoked = field(default_factory=Revoked)

    def __post_init__(self) -> None:
        if not self.signers:
            raise UsageError("trust names no signer, so nothing can be verified")
        names = [signer.name for signer in self.signers]
        _check_names(names)
        for signer in self.signers:
            _check_means(signer)
        _check_owners(self.signers)
        _check_threshold(self.threshold, len(names), "trust")
        for kind, quorum in self.kinds.items():
            unknown = sorted(quorum.signers.difference(names))
            if unknown:
                raise UsageError(
                    f"trust for each {kind} names {printable(unknown[0])}, who is no signer"
                )
            _check_threshold(quorum.threshold, len(quorum.signers), f"trust for each {kind}")

    @property
    def digest(self) -> Digest:
        """SHA-256 over all that it says, the content of its keys and certificates included."""
        return Digest.of(canonical(_plain(asdict(self))))

    def quorum(self, kind: Kind | None) -> Quorum:
        """Whose signatures an artifact of this kind needs, and how many."""
        everybody = Quorum(self.threshold, frozenset(signer.name for signer in self.signers))
        return self.kinds.get(kind, everybody) if kind else everybody


def _plain(value: object) -> Json:
    """A value as JSON, the same for the same one."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def _check_names(names: Sequence[str]) -> None:
    if "" in names:
        raise UsageError("trust names a signer with an empty name")
    if len(set(names)) != len(names):
        raise UsageError("trust names a signer twice")


def _check_means(signer: Signer) -> None:
    if not (signer.keys or signer.authorities or signer.identities):
        raise UsageError(
            f"the signer {signer.name!r} has no key, no certificate and no identity",
            hint="Say how to know this signer: with keys, certificates or identities.",
        )
    pems = [key.pem for key in signer.keys]
    if len(set(pems)) != len(pems):
        raise UsageError(f"the signer {signer.name!r} has a key twice")
    for authority in signer.authorities:
        if not authority.roots:
            raise UsageError(f"the signer {signer.name!r} has certificates from nobody")
    for identity in signer.identities:
        if not identity.issuer:
            raise UsageError(
                f"the signer {signer.name!r} has an identity without an issuer",
                hint="Anybody can have that name somewhere: say which issuer vouches for it.",
            )


def _check_owners(signers: Sequence[Signer]) -> None:
    """Nothing may belong to two signers: a threshold could be met twice by one of them."""
    owners: dict[object, str] = {}
    for signer in signers:
        keys: tuple[object, ...] = tuple(key.pem for key in signer.keys)
        for means in (*keys, *signer.authorities, *signer.identities):
            other = owners.setdefault(means, signer.name)
            if other != signer.name:
                what = "a key" if isinstance(means, str) else "what they are known by"
                raise UsageError(
                    f"the signers {other!r} and {signer.name!r} share {what}, so a threshold "
                    "could be met twice by one of them"
                )


def _check_threshold(threshold: int, count: int, what: str) -> None:
    if not 1 <= threshold <= count:
        raise UsageError(
            f"the threshold is {threshold}, and {what} names {counted(count, 'signer')}",
            hint="Give a threshold of at least 1 and at most the number of signers.",
        )
