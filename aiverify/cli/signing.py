"""The options that say who signs, and the one way from them to whoever signs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.cli import passwords, terminal
from aiverify.cli.options import (
    Certificate,
    CertificateChain,
    IdentityToken,
    KeyUri,
    Log,
    Oob,
    PasswordFile,
    Timestamp,
    TrustConfig,
)
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.signing.signatories import Signatory


@dataclass(frozen=True, slots=True)
class Words:
    """What a command line says of who signs."""

    key: KeyUri = None
    cert: Certificate = None
    cert_chain: CertificateChain = None
    identity_token: IdentityToken = None
    oob: Oob = False
    trust_config: TrustConfig = None
    log: Log = False
    timestamp: Timestamp = False
    password_file: PasswordFile = None


def signatory(words: Words) -> Signatory:
    """Whoever signs: by a key, by a key with its certificate, or by an identity.

    Raises:
        UsageError: the options contradict each other, or leave open who signs.
        InputError: a key, certificate or token cannot be read.
        UndecidedError: a service that is needed is out of reach.
    """
    from aiverify.operations import signatories

    _refuse_contradictions(words)
    if words.key is None:
        return _by_identity(words)
    signer = signatories.open_key(
        words.key, lambda shown: passwords.for_reading(words.password_file, shown)
    )
    witnesses = signatories.witnessing(words.trust_config, log=words.log, timestamp=words.timestamp)
    if words.cert:
        return signatories.by_certificate(signer, words.cert, words.cert_chain or (), witnesses)
    return signatories.by_key(signer, witnesses)


def _by_identity(words: Words) -> Signatory:
    from aiverify.operations import signatories

    found = signatories.by_token(words.identity_token, words.trust_config)
    if found is None:
        if not sys.stdin.isatty():
            raise UsageError(
                "nobody is named who signs",
                hint="Give --key, or --identity-token to sign by identity.",
            )
        terminal.remark("Signing by identity: the public log will show it to everybody, for ever.")
        found = signatories.by_sign_in(words.trust_config, browser=not words.oob)
    return found


def _refuse_contradictions(words: Words) -> None:
    if words.key and (words.identity_token or words.oob):
        raise UsageError("a signature is made by a key or by an identity, not by both")
    if words.cert and not words.key:
        raise UsageError("a certificate signs nothing by itself", hint="Give its key with --key.")
    if words.cert_chain and not words.cert:
        raise UsageError(
            "a chain of certificates begins with the signer's own", hint="Give it with --cert."
        )
    if (words.log or words.timestamp) and not words.key:
        raise UsageError(
            "a signature by identity is always logged and timestamped",
            hint="Leave --log and --timestamp out.",
        )
