"""Sigstore's own keys and services: those of a file, or of the public-good instance."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError, UndecidedError, UsageError
from aiverify.files.extent import Extent
from aiverify.signing import protojson
from aiverify.signing.dsse import member
from aiverify.signing.signing_config import SigningConfig
from aiverify.signing.trusted_root import CLIENT_CONFIG, MAX_SIZE, Authority, TrustedRoot, part

if TYPE_CHECKING:
    from sigstore.models import ClientTrustConfig
    from sigstore.models import TrustedRoot as SigstoreRoot


@dataclass(frozen=True)
class Material:
    """A trusted root, or a client's trust configuration that holds one with its services.

    `load` gives the JSON document when it is first asked for, `where` names it in messages.
    `instance` tells one Sigstore from another: the digest of what is believed by a file, or a
    name where that changes and stays the same instance's.
    """

    load: Callable[[], bytes]
    where: str
    instance: str = ""

    @cached_property
    def data(self) -> bytes:
        """The JSON document.

        Raises:
            UndecidedError: it has to be fetched, and cannot be.
        """
        return self.load()

    @cached_property
    def root(self) -> TrustedRoot:
        """The logs and authorities that are believed.

        Raises:
            MalformedError: it is no trusted root.
        """
        return TrustedRoot.parse(self.data, self.where)

    @cached_property
    def services(self) -> SigningConfig:
        """The services that a signer asks.

        Raises:
            UsageError: it has none.
            MalformedError: they are not named, or not as they should be.
        """
        self._refuse_root_alone()
        return SigningConfig.parse(self.data, self.where)

    def check(self) -> None:
        """Raise what `root` raises."""
        TrustedRoot.parse(self.data, self.where)

    def for_sigstore(
        self, times: tuple[datetime, ...] = (), revoked: Set[str] = frozenset()
    ) -> SigstoreRoot:
        """The trusted root in sigstore-python's form.

        It goes without the certificate authorities that were not trusted at one of some times,
        for which sigstore-python does not look, and without those of which a certificate or
        key was revoked. Raises as `root`.
        """
        from sigstore.models import TrustedRoot as SigstoreRoot
        from sigstore_models.trustroot.v1 import TrustedRoot as Inner

        known = self.root.certificate_authorities
        document = member(part(self.data, "trustedRoot", self.where), self.where)
        stated = protojson.items(document, "certificateAuthorities", self.where, len(known))
        trusted = [
            item
            for item, authority in zip(stated, known, strict=True)
            if all(authority.valid.covers(time) for time in times)
            and revoked.isdisjoint(_fingerprints(authority))
        ]
        if known and not trusted:
            raise DeniedError(
                "every certificate authority is revoked, or was not trusted when it was made"
            )
        try:
            value = {**document, "certificateAuthorities": trusted}
            return SigstoreRoot(Inner.from_json(canonical(value)))
        except (ValueError, TypeError) as error:
            raise MalformedError(f"{self.where} is not a trusted root that can be used") from error

    def config(self) -> ClientTrustConfig:
        """All of it in sigstore-python's form.

        Raises:
            UsageError: it has no services.
            MalformedError: as `root`.
        """
        from sigstore.models import ClientTrustConfig

        self.check()
        self._refuse_root_alone()
        try:
            return ClientTrustConfig.from_json(self.data.decode())
        except (ValueError, TypeError) as error:
            raise MalformedError(f"{self.where} is not a client trust configuration") from error

    def _refuse_root_alone(self) -> None:
        if load_object(self.data, self.where).get("mediaType") != CLIENT_CONFIG:
            raise UsageError(
                f"{self.where} is a trusted root alone, and signing needs services too",
                hint="Give --trust-config a client trust configuration, which names both.",
            )


def _fingerprints(authority: Authority) -> Iterator[str]:
    from aiverify.signing.certificates import reading

    for one in map(reading.parse, authority.chain):
        yield from (one.fingerprint, one.key_fingerprint)


def from_file(path: Path) -> Material:
    """Read a trust configuration.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is no trusted root and no client trust configuration.
    """
    data = Extent.of_named(path).read(MAX_SIZE)
    where = printable(str(path))
    root = canonical(part(data, "trustedRoot", where))
    material = Material(lambda: data, where, str(Digest.of(root)))
    material.check()
    return material


def public_good(*, offline: bool) -> Material:
    """The public-good instance's, through its TUF repository or, offline, as last seen.

    Nothing is fetched before it is needed.
    """
    where = "the public Sigstore instance"
    return Material(lambda: _from_tuf(offline=offline), where, "public-good")


def _from_tuf(*, offline: bool) -> bytes:
    from sigstore.errors import Error as SigstoreError
    from sigstore.models import ClientTrustConfig

    for name in ("sigstore", "tuf"):
        # Without a handler, Python prints their warnings to the terminal.
        logging.getLogger(name).addHandler(logging.NullHandler())
    try:
        config = ClientTrustConfig.production(offline=offline)
    except (SigstoreError, OSError, ValueError) as error:
        raise UndecidedError(
            "the keys of the public Sigstore instance cannot be had",
            hint="Give a trust configuration with --trust-config, which needs no network.",
        ) from error
    return config._inner.to_json().encode()  # noqa: SLF001 - it has no public form
