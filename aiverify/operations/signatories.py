"""From paths, URIs and tokens to whoever signs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiverify.errors import InputError, UsageError
from aiverify.files.extent import Extent, mode_of
from aiverify.signing import certificates, keys, material, tokens
from aiverify.signing.keys import AskPassword, Signer
from aiverify.signing.material import Material
from aiverify.signing.signatories import (
    CertificateSignatory,
    KeylessSignatory,
    KeySignatory,
    Signatory,
    Witnessing,
)

_MAX_TOKEN = 1 << 16


def open_key(where: str, ask: AskPassword) -> Signer:
    """A private key by its path or URI. Raises as `keys.open_signer`."""
    return keys.open_signer(where, ask)


def witnessing(config: Path | None, *, log: bool, timestamp: bool) -> Witnessing:
    """Who is to witness a key's signature.

    Raises:
        InputError: the trust configuration cannot be read.
    """
    return Witnessing(services(config) if log or timestamp else None, log, timestamp)


def by_key(signer: Signer, witnesses: Witnessing) -> Signatory:
    """The holder of a key."""
    return KeySignatory(signer, witnesses)


def by_certificate(
    signer: Signer, own: Path, chain: Sequence[Path], witnesses: Witnessing
) -> Signatory:
    """The holder of a certificate.

    Raises:
        InputError: a certificate cannot be read.
        UsageError: it is not that of the key.
    """
    found = [item for path in (own, *chain) for item in certificates.read_pem(path)]
    return CertificateSignatory(signer, tuple(dict.fromkeys(found)), witnesses)


def by_token(given: str | None, config: Path | None) -> Signatory | None:
    """Somebody by a token that is given or that the environment offers; None without one.

    Raises:
        UsageError: a file that should hold the token holds none.
        UndecidedError: a CI system that should give one does not answer.
    """
    token = _token(given) if given else tokens.ambient()
    return KeylessSignatory(token, services(config), tokens.CLIENT_ID) if token else None


def by_sign_in(config: Path | None, *, browser: bool) -> Signatory:
    """Somebody who signs in now. Raises as `tokens.interactive`."""
    instance = services(config)
    return KeylessSignatory(tokens.interactive(instance, browser=browser), instance)


def services(config: Path | None) -> Material:
    """A Sigstore instance: a file's, or the public-good one.

    Raises:
        InputError: the file cannot be read, or is no trust configuration.
    """
    return material.from_file(config) if config else material.public_good(offline=False)


def _token(given: str) -> str:
    """The token itself, or what a file of that name holds: CI systems write both."""
    if given.count(".") == 2 and "/" not in given:
        return given
    path = Path(given)
    try:
        there = mode_of(path) is not None
    except InputError:
        there = False  # the message would have the token in it
    if not there:
        raise UsageError(
            "--identity-token is neither a token nor a file that holds one",
            hint="A token has three parts between dots.",
        )
    return Extent.of_named(path).read(_MAX_TOKEN).decode("ascii", "replace").strip()
