"""Keys in HashiCorp Vault's transit engine: `hv:NAME[/VERSION]`, `hashivault://NAME[/VERSION]`.

The service and the token are in VAULT_ADDR and VAULT_TOKEN, as for every client of Vault.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.signing.keys import remote
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.public import HEADS, from_crypto, load_public, pem_of
from aiverify.signing.keys.remote import Faults, RemoteSigner

_NAME = re.compile(r"(?://)?([A-Za-z0-9_.-]+)(?:/([0-9]{1,9}))?")


def open_key(key: str, where: str, ask: AskPassword) -> RemoteSigner:
    """A key of Vault, in its newest version unless one is named.

    `key` is what follows the scheme.

    Raises:
        UsageError: the words name no key, its kind is none of ours, or hvac is missing.
        UndecidedError: the service did not answer.
        InputError: it refused, or has no such version.
        MalformedError: what it gave is not a key.
    """
    del ask
    named = _NAME.fullmatch(key)
    if named is None:
        raise UsageError(f"{where} names no key", hint="Write `hv:NAME` or `hv:NAME/VERSION`.")
    hvac = remote.library("hvac", where, "vault")
    theirs = remote.library("securesystemslib.signer", where, "vault")
    faults = _faults(where)
    with faults.told(where):
        answer = hvac.Client(timeout=remote.READ_SECONDS).secrets.transit.read_key(named[1])
        version, text = _chosen(answer, named[2], where)
        public = load_public(_pem(text, where), where)
        ours = from_crypto(public)
        if ours.algorithm in ("p384", "p521"):
            # The signer asks for SHA-256, which OMS takes with P-256 alone.
            raise UsageError(f"{where} is a key on {ours.algorithm}; Vault's are p256 or ed25519")
        signer = theirs.VaultSigner(named[1], theirs.SSlibKey.from_crypto(public), version)
    return RemoteSigner(where, ours, signer, faults)


def _chosen(answer: object, version: str | None, where: str) -> tuple[int, str]:
    """The number and the public key of a version, from JSON that a server gave."""
    try:
        versions = answer["data"]["keys"]  # type: ignore[index]
        number = int(version) if version else max(map(int, versions))
        if str(number) not in versions:
            raise InputError(f"{where} does not exist: the key has no such version")
        held: Mapping[str, object] = versions[str(number)]
        text = held["public_key"]
    except (LookupError, TypeError, ValueError) as error:
        raise MalformedError(f"{where} has no public key") from error
    return number, str(text)


def _pem(text: str, where: str) -> bytes:
    try:
        if text.startswith("-----BEGIN"):
            return text.encode()
        return pem_of(HEADS["ed25519"][0] + base64.b64decode(text))
    except ValueError as error:
        raise MalformedError(f"{where} has no public key") from error


def _faults(where: str) -> Faults:
    errors = remote.library("hvac.exceptions", where, "vault")
    network = remote.library("requests.exceptions", where, "vault")
    outages = (
        network.RequestException,
        errors.VaultDown,
        errors.InternalServerError,
        errors.BadGateway,
        errors.RateLimitExceeded,
        errors.VaultNotInitialized,
    )
    types = (network.RequestException, errors.VaultError)
    return Faults(types, lambda error: isinstance(error, outages))
