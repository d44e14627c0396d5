"""Keys by the words of a command line: a path, an environment variable, a service, a token."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.signing.keys import aws, azure, gcp, hsm, vault
from aiverify.signing.keys.interface import AskPassword, Signer
from aiverify.signing.keys.pem import MAX_PEM, parse_private, read_private, read_public
from aiverify.signing.keys.public import PublicKey, parse_public
from aiverify.signing.keys.remote import RemoteSigner


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a key elsewhere is written, and what opens it."""

    prefix: str
    open: Callable[[str, str, AskPassword], RemoteSigner]


SCHEMES: tuple[Scheme, ...] = (
    Scheme("awskms:", aws.open_key),
    Scheme("gcpkms:", gcp.open_key),
    Scheme("azurekms:", azure.open_key),
    Scheme("hv:", vault.open_key),
    Scheme("hashivault:", vault.open_key),
    Scheme("hsm:", hsm.open_key),
    Scheme("pkcs11:", hsm.open_pkcs11),
)
"""Keys that are not ours to hold. A file of such a name is written `./hsm:2`."""

ENV = "env://"


def open_signer(where: str, ask: AskPassword) -> Signer:
    """What signs with the private key that `where` names.

    `where` is a path, `env://VARIABLE` with a key in PEM, or a URI of `SCHEMES`.

    Raises:
        UsageError: it names no key, one of a kind that nothing here is signed with, or one
            whose library is not installed.
        InputError: the key cannot be read, or its service refused it.
        MalformedError: it is not a key.
        UndecidedError: its service did not answer.
    """
    scheme = _scheme(where)
    if scheme is not None:
        return scheme.open(where.removeprefix(scheme.prefix), _shown(where), ask)
    if where.startswith(ENV):
        return parse_private(_variable(where), _shown(where), ask)
    return read_private(Path(where), ask)


def open_public(where: str) -> PublicKey:
    """The public key that `where` names, as for `open_signer`. Nobody is asked for a PIN.

    Raises:
        UsageError, InputError, MalformedError, UndecidedError: as `open_signer`.
    """
    scheme = _scheme(where)
    if scheme is not None:
        return scheme.open(where.removeprefix(scheme.prefix), _shown(where), _nobody).public
    if where.startswith(ENV):
        return parse_public(_variable(where), _shown(where))
    return read_public(Path(where))


def is_remote(where: str) -> bool:
    """Whether a key lies in a service or a token, and not in a file or a variable."""
    return _scheme(where) is not None


def _scheme(where: str) -> Scheme | None:
    for scheme in SCHEMES:
        if where.startswith(scheme.prefix):
            return scheme
    if re.match("[A-Za-z][A-Za-z0-9+.-]*://", where) and not where.startswith(ENV):
        known = ", ".join((ENV, *(scheme.prefix for scheme in SCHEMES)))
        raise UsageError(
            f"{_shown(where)} is neither a path nor one of {known}",
            hint="Write a path as it is, without a scheme.",
        )
    return None


def _shown(where: str) -> str:
    # What follows may be a PIN.
    return printable(where.partition("?")[0])


def _variable(where: str) -> bytes:
    name = where.removeprefix(ENV)
    text = os.environb.get(os.fsencode(name)) if name and "\0" not in name else None
    if not text:
        raise UsageError(f"{_shown(where)} names a variable that is not set, or empty")
    if len(text) > MAX_PEM:
        raise MalformedError(f"{_shown(where)} is {len(text)} bytes; the limit here is {MAX_PEM}")
    return text


def _nobody(shown: str) -> bytes:
    raise UsageError(
        f"{shown} does not show its public key without a PIN", hint=f"Set {hsm.PIN} to it."
    )
